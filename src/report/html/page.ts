import { createHash } from 'node:crypto'
import { type Report, unreadFiles } from '../../model/report.ts'
import type { TestRun } from '../../model/verification.ts'
import { checklistByChange } from '../checklist.ts'
import { decisions } from '../decisions.ts'
import { groupedBy } from '../grouped.ts'
import { observationLine, unplacedWords } from '../observation.ts'
import { number, plural } from '../style.ts'
import { moreTests, type NotedTest, runWords, testFacts } from '../tests.ts'
import { placeOfError, saidOfError, typeCheckFacts, typeCheckLine, typeErrorGroups } from '../type-check.ts'
import { ignoreProblem, LEDGER_ORDER, ledgerLabel, NOT_LOOKED_AT, outcomeLabel } from '../wording.ts'
import { SCRIPT, STYLE } from './assets.ts'
import { breakageChart, changeChart, packageChart, progressChart } from './charts.ts'
import { html, json, link, Markup, type Part, prose } from './markup.ts'
import { pageData } from './sites.ts'

/** A report with what it is called, for example its file. */
export interface NamedReport {
  readonly name: string
  readonly report: Report
}

/**
 * The report as one HTML file that needs nothing else: it loads nothing, and a policy in it forbids the browser to run or
 * load what is not ours. Of several reports, oldest first, the last is shown in full and the others as progress.
 */
export function htmlReport(reports: readonly [NamedReport, ...NamedReport[]]): string {
  const { report } = reports.at(-1) ?? reports[0]
  const { recipe } = report
  const title = `${recipe.provider} ${recipe.from} → ${recipe.to}`
  const policy = `default-src 'none'; script-src '${sha256(SCRIPT)}'; style-src '${sha256(STYLE)}'; base-uri 'none'; form-action 'none'`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} · upgrade-kit</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${head(report, title)}
<main>
<div class="wrap">
${verdict(report)}
${tiles(report)}
<div class="charts">${progressChart(reports)}${breakageChart(report)}${packageChart(report) ?? changeChart(report)}</div>
<noscript><p class="verdict unsure">The places are listed by a script, which this viewer does not run. The summary is complete.</p></noscript>
</div>
${findings(report)}
<div class="wrap">
${checklist(report)}
${types(report)}
${tests(report)}
${observed(report)}
${comments(report)}
${unread(report)}
${ledger(report)}
${packages(report)}
${footer(report)}
</div>
</main>
${keys()}
<script type="application/json" id="data">${json(pageData(report))}</script>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.text
}

/** As a Content Security Policy names a script or a style within the page. */
function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

// ---- above the call sites -------------------------------------------------------------------------

function head({ packages, mode, repository, tool }: Report, title: string): Markup {
  const names = packages.filter(({ inScope }) => inScope).map(({ name, folder }) => name ?? folder)
  const about = [
    names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', '),
    { apply: 'upgraded', 'dry-run': 'dry run, nothing was written', scan: 'scan, nothing was written' }[mode],
    ...(repository ? [`commit ${repository.commit.slice(0, 10)}`] : []),
    `${tool.name} ${tool.version}`,
  ].filter((part) => part !== '')
  return html`<header class="top"><div class="wrap"><div><p class="eyebrow">${about.join(' · ')}</p><h1>${title}</h1></div><button class="quiet" type="button" id="theme" title="Light or dark (t)">Theme</button></div></header>`
}

function verdict(report: Report): Markup {
  const { packages, verification } = report
  if (packages.length > 0 && !packages.some(({ inScope }) => inScope)) {
    return html`<p class="verdict unsure"><b>Nothing was looked at:</b> no package is in scope.</p>`
  }
  const tone =
    verification === undefined
      ? ''
      : verification.verdict === 'still-green'
        ? 'good'
        : verification.verdict === 'broke-it'
          ? 'bad'
          : 'unsure'
  return html`<p class="verdict ${tone}"><b>Tests:</b> ${prose(testFacts(report).line)}</p>`
}

function tiles(report: Report): Markup {
  const { findings, mode, baseline, changes } = report
  const count = (outcome: string) => findings.filter((finding) => finding.outcome === outcome).length
  const open = decisions(report).reduce((sum, [, sites]) => sum + sites.length, 0)
  const tile = (value: number, label: string, tone = '') =>
    html`<div class="tile ${tone}"><b>${number(value)}</b><span>${label}</span></div>`
  const hit = new Set(findings.map(({ change }) => change)).size
  return html`<div class="tiles">${[
    tile(findings.length, `places in ${plural(new Set(findings.map(({ file }) => file)).size, 'file')}`),
    tile(count('written'), outcomeLabel('written', mode), count('written') > 0 ? 'done' : ''),
    tile(open, 'to decide', open > 0 ? 'open' : ''),
    ...(baseline ? [tile(baseline.fresh, 'new since the baseline', baseline.fresh > 0 ? 'open' : '')] : []),
    ...(unreadFiles(report).length > 0 ? [tile(unreadFiles(report).length, 'files could not be read', 'open')] : []),
    ...(count('ignored') > 0 ? [tile(count('ignored'), 'ignored by a comment')] : []),
    tile(hit, `of ${plural(changes.length, 'breaking change')} concern you`),
  ]}</div>`
}

function findings(report: Report): Markup {
  const { findings: all, changes } = report
  if (all.length === 0) {
    const unread = unreadFiles(report).length
    const doubt = unread > 0 ? `, but ${plural(unread, 'file')} could not be read` : ''
    return html`<div class="wrap part"><div class="nothing"><b>Nothing found.</b> Nothing here is affected by any of ${plural(changes.length, 'change')}${doubt}.</div></div>
<div hidden><input id="search"><button id="clear" type="button"></button><button id="help" type="button"></button><span id="shown"></span><div id="facets"></div><div id="sites"></div><div id="empty"></div></div>`
  }
  return html`<div class="bar"><div class="wrap"><h2>Places</h2><input class="search" id="search" type="search" placeholder="Search files, code and messages  ( / )" aria-label="Search places" autocomplete="off" spellcheck="false"><span class="shown" id="shown" role="status"></span><button class="quiet" type="button" id="clear" title="Clear all filters (c)">Clear</button><button class="quiet keys" type="button" id="help" title="Keyboard (?)">?</button></div></div>
<div class="wrap columns"><nav class="facets" id="facets" aria-label="Filters"></nav><div><div id="sites"></div><div class="nothing" id="empty" hidden>No place fits these filters.</div></div></div>`
}

// ---- below the call sites -------------------------------------------------------------------------

function part(title: string, about: string, ...content: readonly Part[]): Markup {
  return html`<section class="part"><h2>${title}</h2>${about === '' ? undefined : html`<p class="soft">${about}</p>`}${content}</section>`
}

function checklist(report: Report): Part {
  if (report.checklist.length === 0) return undefined
  const box = (text: string) => html`<label><input type="checkbox"><span>${prose(text)}</span></label>`
  const items = checklistByChange(report).map(({ title, source, items: own }) => {
    const more = source === undefined ? undefined : link(source, 'source')
    const [only, ...others] = own
    if (others.length === 0)
      return html`<li><label><input type="checkbox"><span><b>${prose(title)}</b><br>${prose(only!)} ${more}</span></label></li>`
    return html`<li><b>${prose(title)}</b> ${more}<ul>${own.map((one) => html`<li>${box(one)}</li>`)}</ul></li>`
  })
  return part(
    `Check by hand (${report.checklist.length})`,
    'No file of the project can show whether these concern it.',
    html`<ul class="card">${items}</ul>`,
  )
}

function types({ typeCheck }: Report): Part {
  if (!typeCheck) return undefined
  const facts = typeCheckFacts(typeCheck).map((fact) => html`<li class="soft">${prose(fact)}</li>`)
  const causes = typeErrorGroups(typeCheck).map(({ cause, errors, count }) => {
    const items = errors
      .slice(0, MOST_FILES)
      .map(
        (error) => html`<li><code>${placeOfError(error)}</code> <span class="soft">${saidOfError(error)}</span></li>`,
      )
    const more =
      errors.length > MOST_FILES
        ? html`<li class="faint">and ${number(errors.length - MOST_FILES)} more</li>`
        : undefined
    return html`<details class="card"><summary>${cause ?? 'no known cause'} (${count})</summary><ul>${items}${more}</ul></details>`
  })
  return part('Type check', typeCheckLine(typeCheck), html`<ul class="card">${facts}</ul>`, causes)
}

function tests(report: Report): Part {
  const { verification, installation } = report
  if (!verification && !installation) return undefined
  const { noted, blame, tail } = testFacts(report)
  const facts = [
    ...commandFact('install', installation),
    ...commandFact('before', verification?.before),
    ...commandFact('after', verification?.after),
    ...blame.map((said) => html`<dt>blame</dt><dd>${prose(said)}</dd>`),
  ]
  const shown = noted.slice(0, MOST_FILES).map(notedTest)
  const more = moreTests(noted, MOST_FILES)
  return part(
    'Tests',
    '',
    html`<div class="card"><dl class="facts">${facts}</dl>${lines(tail)}</div>`,
    shown.length === 0
      ? undefined
      : html`<ul class="card">${shown}${more === '' ? undefined : html`<li class="faint">${more}</li>`}</ul>`,
  )
}

/** What the tests showed on the old version. */
function observed(report: Report): Part {
  const line = observationLine(report)
  if (line === undefined) return undefined
  const calls = report.observation?.unplaced ?? []
  const items = calls.slice(0, MOST_FILES).map((call) => {
    const { said, place, advice } = unplacedWords(call)
    const where = place === undefined ? undefined : html`<code>${place}</code> `
    return html`<li>${where}${prose(said)}: <span class="soft">${advice}</span></li>`
  })
  const more = calls.length - items.length
  const rest = more > 0 ? html`<li class="faint">and ${plural(more, 'more call')}</li>` : undefined
  const list = items.length === 0 ? undefined : html`<ul class="card">${items}${rest}</ul>`
  return part('Seen at run time', '', html`<p>${prose(line)}.</p>`, list)
}

function commandFact(
  name: string,
  run: Pick<TestRun, 'command' | 'exit' | 'counts' | 'seconds'> | undefined,
): readonly Markup[] {
  if (!run) return []
  const went = name === 'install' && run.exit === 0 ? 'done' : runWords(run)
  const said = `${went}, ${run.seconds.toFixed(1)} s`
  return [html`<dt>${name}</dt><dd><code>${run.command.join(' ')}</code>: ${said}</dd>`]
}

function notedTest({ kind, name, place, message }: NotedTest): Markup {
  const where = place === undefined ? undefined : html` <code class="faint">${place}</code>`
  const tone = kind === 'newly failing' || kind === 'failing' ? 'throws' : 'soft'
  return html`<li><span class="${tone}">${kind}:</span> ${prose(name)}${where}${lines(message.slice(0, 20))}</li>`
}

/** Lines of a command or a test, as they are. */
function lines(all: readonly string[]): Part {
  if (all.length === 0) return undefined
  return html`<pre class="tail" tabindex="0">${all.map((line, index) => html`${index === 0 ? '' : new Markup('\n')}${line}`)}</pre>`
}

function comments(report: Report): Part {
  const wrong = report.ignores.flatMap((ignore) => {
    const problem = ignoreProblem(ignore)
    return problem === undefined
      ? []
      : [html`<li><code>${ignore.at.file}:${ignore.at.line}</code> ${prose(problem)}</li>`]
  })
  return wrong.length === 0
    ? undefined
    : part(`Comments to look at (${wrong.length})`, '', html`<ul class="card">${wrong}</ul>`)
}

const MOST_FILES = 200

function unread({ notLookedAt, leftOut }: Report): Part {
  if (notLookedAt.length + leftOut.length === 0) return undefined
  const kinds = [...groupedBy(notLookedAt, ({ kind }) => kind)].map(([kind, entries]) => {
    const files = entries
      .slice(0, MOST_FILES)
      .map(({ file, reason }) => html`<li><code>${file}</code> <span class="soft">${prose(reason)}</span></li>`)
    const more =
      entries.length > MOST_FILES
        ? html`<li class="faint">and ${number(entries.length - MOST_FILES)} more</li>`
        : undefined
    return html`<details class="card"><summary>${NOT_LOOKED_AT[kind]} (${number(entries.length)})</summary><ul>${files}${more}</ul></details>`
  })
  const left = leftOut.map(({ reason, files }) => html`<li>${plural(files, 'file')}: ${reason}</li>`)
  return part('Not looked at', '', kinds, left.length === 0 ? undefined : html`<ul class="card soft">${left}</ul>`)
}

function ledger({ ledger: book, mode, recipe }: Report): Part {
  if (book.hits === 0) return undefined
  const rows = LEDGER_ORDER.filter((status) => book.counts[status] > 0).map(
    (status) =>
      html`<dt class="number">${number(book.counts[status])}</dt><dd>${ledgerLabel(status, mode, recipe.provider)}</dd>`,
  )
  return part(
    'Every mention, accounted for',
    `${plural(book.hits, 'mention')} of ${plural(book.words.length, 'changed name')} in the files in scope:`,
    html`<dl class="card facts counts">${rows}</dl>`,
  )
}

function packages({ packages: all, coverage, counts, remarks }: Report): Markup {
  const standings = all.map(
    ({ folder, name, reason, inScope }) =>
      html`<li>${inScope ? undefined : html`<span class="faint">left alone: </span>`}<b>${name ?? folder}</b> <span class="soft">${reason}</span></li>`,
  )
  const files = `${number(counts.filesListed)} files in scope, ${number(counts.filesSearched)} searched, ${number(counts.filesParsed)} parsed`
  const share = `${coverage.automatic + coverage.sometimes} of ${plural(coverage.changes, 'change')} of the official guide can be rewritten; ${coverage.byHand} by hand`
  return part(
    'Scope',
    '',
    html`<ul class="card">${standings}<li class="soft">${files}</li>${coverage.changes === 0 ? undefined : html`<li class="soft">${share} (${link(coverage.guide, 'guide')})</li>`}${remarks.map((remark) => html`<li class="soft">${prose(remark)}</li>`)}</ul>`,
  )
}

function footer({ tool, recipe, run }: Report): Markup {
  const back = run === undefined ? undefined : html` · <code>upgrade-kit undo ${run}</code> takes it back`
  return html`<footer>${tool.name} ${tool.version}, recipe <code>${recipe.id}</code>, ${link(recipe.guide, 'guide')}${back}</footer>`
}

function keys(): Markup {
  const all = [
    ['j  k', 'next and previous place'],
    ['Enter  o', 'open or close it'],
    ['e', 'open or close all that are shown'],
    ['/', 'search'],
    ['c', 'clear all filters'],
    ['t', 'light or dark'],
    ['?', 'this list'],
  ] as const
  return html`<dialog id="keys" aria-label="Keyboard"><h2>Keyboard</h2><dl>${all.map(([key, does]) => html`<dt>${key.split('  ').map((one) => html`<kbd>${one}</kbd> `)}</dt><dd>${does}</dd>`)}</dl><p><br><button class="quiet" type="button" id="close">Close</button></p></dialog>`
}
