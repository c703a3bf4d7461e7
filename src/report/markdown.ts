import { BREAKAGES } from '../model/change.ts'
import { type Report, type ReportedFinding, unreadFiles } from '../model/report.ts'
import { checklistByChange } from './checklist.ts'
import { decisions, type Reason, wish } from './decisions.ts'
import { groupedBy } from './grouped.ts'
import { block, cell, code, indented, languageOf, link, prose } from './markdown-text.ts'
import { observationLine, unplacedWords } from './observation.ts'
import { permalink } from './permalink.ts'
import { type Group, groups } from './sites.ts'
import { number, plural } from './style.ts'
import { moreTests, type NotedTest, notedLine, testFacts } from './tests.ts'
import { placeOfError, saidOfError, typeCheckFacts, typeCheckLine, typeErrorGroups } from './type-check.ts'
import { ignoreProblem, LEDGER_ORDER, ledgerLabel, NOT_LOOKED_AT, outcomeLabel } from './wording.ts'

/** What GitHub takes as the body of a pull request or a comment, in characters; a little is kept for what others add. */
export const MARKDOWN_LIMIT = 65_536 - 1_536

/** How much is said about each call site, and of how many. */
interface Detail {
  readonly code: boolean
  /** Call sites that are named in each list; the rest is counted. */
  readonly places: number
  /** Decisions that get a check box of their own. */
  readonly decisions: number
  /** Whether what is not about a decision is said too. */
  readonly background: boolean
}

const STEPS: readonly Detail[] = [
  { code: true, places: 200, decisions: Number.POSITIVE_INFINITY, background: true },
  { code: true, places: 30, decisions: 100, background: true },
  { code: false, places: 20, decisions: 200, background: true },
  { code: false, places: 8, decisions: 80, background: true },
  { code: false, places: 3, decisions: 30, background: false },
  { code: false, places: 0, decisions: 10, background: false },
]

/**
 * The report as the body of a pull request, in GitHub's Markdown, not longer than `limit` characters: what does not fit
 * is counted instead, and said to be. Text from the project is shown as it is and means nothing to Markdown.
 */
export function markdownReport(report: Report, limit = MARKDOWN_LIMIT): string {
  for (const detail of STEPS) {
    const text = body(report, detail)
    if (text.length <= limit) return text
  }
  return cutAtParagraph(body(report, STEPS.at(-1)!), limit)
}

function cutAtParagraph(text: string, limit: number): string {
  const note = '\n\n_The rest did not fit here._\n'
  const end = text.lastIndexOf('\n\n', limit - note.length)
  return text.slice(0, Math.max(end, 0)) + note
}

function body(report: Report, detail: Detail): string {
  const parts = [
    heading(report),
    verdict(report),
    table(report),
    todo(report, detail),
    checklist(report),
    done(report, detail),
    types(report, detail),
    tests(report),
    observed(report, detail),
    ...(detail.background ? [comments(report), unread(report, detail), accounts(report)] : []),
    footer(report, detail),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function heading({ recipe, mode }: Report): string {
  const doing = { apply: '', 'dry-run': ' (dry run: nothing is written)', scan: ' (scan: nothing is written)' }[mode]
  return `## ${prose(`${recipe.provider} ${recipe.from} → ${recipe.to}`)}${doing}`
}

/** The one line that a person who merges reads. */
function verdict(report: Report): string {
  const { findings, packages, mode, baseline } = report
  if (packages.length > 0 && !packages.some(({ inScope }) => inScope))
    return '**Nothing was looked at: no package is in scope.**'
  const count = (outcome: ReportedFinding['outcome']) =>
    findings.filter((finding) => finding.outcome === outcome).length
  const open = decisions(report).reduce((sum, [, sites]) => sum + sites.length, 0)
  const said =
    findings.length === 0
      ? [`nothing is affected by any of ${plural(report.changes.length, 'change')}`]
      : [
          `${plural(findings.length, 'place')} in ${plural(new Set(findings.map(({ file }) => file)).size, 'file')}`,
          ...(count('written') > 0 ? [`${number(count('written'))} ${outcomeLabel('written', mode)}`] : []),
          ...(count('ignored') > 0 ? [`${number(count('ignored'))} ignored by a comment`] : []),
          open > 0 ? `**${number(open)} to decide**` : 'nothing left to decide',
          ...(baseline ? [`${number(baseline.fresh)} new since the baseline`] : []),
        ]
  const doubt = unreadFiles(report).length
  if (doubt > 0) said.push(`**${plural(doubt, 'file')} could not be read**`)
  const { line } = testFacts(report)
  return `${said.join(' · ')}\n\n**Tests:** ${prose(line)}`
}

function table(report: Report): string {
  const all = groups(report)
  if (all.length === 0) return ''
  const rows = BREAKAGES.flatMap((breakage) => all.filter(({ change }) => change.breakage === breakage)).map((group) =>
    row(group, report),
  )
  return [
    `| change | what broke | left alone | places | ${outcomeLabel('written', report.mode)} | to decide |`,
    '| --- | --- | --- | --: | --: | --: |',
    ...rows,
  ].join('\n')
}

function row({ change, sites }: Group, { mode }: Report): string {
  const written = sites.filter(({ outcome }) => outcome === 'written').length
  const ignored = sites.filter(({ outcome }) => outcome === 'ignored').length
  const cells = [
    link(code(change.id), change.source),
    prose(change.title, 200),
    { silent: '**silent**', throws: 'throws', compile: 'does not build', deprecated: 'warns' }[change.breakage],
    number(sites.length),
    mode === 'scan' && written === 0 ? '' : number(written),
    number(sites.length - written - ignored),
  ]
  return `| ${cells.map(cell).join(' | ')} |`
}

// ---- what a person decides ------------------------------------------------------------------------

function todo(report: Report, detail: Detail): string {
  const all = decisions(report)
  const count = all.reduce((sum, [, sites]) => sum + sites.length, 0)
  if (count === 0) return ''
  let room = detail.decisions
  const sections = all.map(([reason, sites]) => {
    const shown = sites.slice(0, Math.max(0, room))
    room -= shown.length
    return reasonSection(report, reason, shown, sites.length - shown.length, detail)
  })
  return [`### To decide (${number(count)})`, ...sections].join('\n\n')
}

function reasonSection(
  report: Report,
  reason: Reason,
  sites: readonly ReportedFinding[],
  more: number,
  detail: Detail,
): string {
  const items = sites.map((site) => decision(report, site, detail))
  const rest = more > 0 ? [`- … and ${plural(more, 'more place')}, left out here to keep this short`] : []
  return [
    `**${reason.title} (${number(sites.length + more)}).** ${prose(reason.advice)}`,
    [...items, ...rest].join('\n'),
  ].join('\n\n')
}

function decision(report: Report, site: ReportedFinding, detail: Detail): string {
  const head = `- [ ] ${place(report, site)} ${code(site.change)}: ${prose(wish(site))}`
  if (!detail.code) return head
  const after = site.rewritten === undefined ? '' : `\n\n${indented(block(diffOf(site), 'diff', 12))}`
  const before = `\n\n${indented(block(site.excerpt.trim(), languageOf(site.at.file), 4))}`
  const notes = (site.notes ?? []).map((note) => `\n  - ${prose(note)}`).join('')
  return `${head}${notes}${after || before}`
}

function diffOf({ excerpt, rewritten = '' }: ReportedFinding): string {
  const signed = (sign: string, text: string) => text.split(/\r\n|\n|\r/).map((line) => `${sign} ${line}`)
  return [...signed('-', excerpt), ...signed('+', rewritten)].join('\n')
}

/** A call site as a link to the line, where it has one. */
function place(report: Report, { at, endLine }: ReportedFinding): string {
  return link(code(`${at.file}:${at.line}`), permalink(report.repository, at, endLine))
}

function checklist(report: Report): string {
  if (report.checklist.length === 0) return ''
  const items = checklistByChange(report).map(({ title, source, items: own }) => {
    const [only, ...others] = own
    if (others.length === 0) return `- [ ] ${link(prose(title), source)}: ${prose(only!)}`
    return [`- ${link(prose(title), source)}:`, ...own.map((one) => `  - [ ] ${prose(one)}`)].join('\n')
  })
  return [
    `### Check by hand (${report.checklist.length})`,
    'No file of the project can show whether these concern it.',
    items.join('\n'),
  ].join('\n\n')
}

// ---- what was done --------------------------------------------------------------------------------

function done(report: Report, detail: Detail): string {
  const written = groups(report)
    .map(({ change, sites }) => ({ change, sites: sites.filter(({ outcome }) => outcome === 'written') }))
    .filter(({ sites }) => sites.length > 0)
  if (written.length === 0) return ''
  const title = { apply: 'What was done', 'dry-run': 'What would be done', scan: 'What can be done' }[report.mode]
  const parts = [`### ${title}`, addedFiles(report), ...written.map((group) => doneSection(report, group, detail))]
  return parts.filter((part) => part !== '').join('\n\n')
}

function addedFiles({ patches }: Report): string {
  const added = patches.filter(({ before }) => before === undefined).map(({ file }) => code(file))
  return added.length === 0 ? '' : `New: ${added.join(', ')}.`
}

function doneSection(report: Report, { change, sites }: Group, detail: Detail): string {
  const titles = [...groupedBy(sites, ({ fix, message }) => fix?.title ?? message)]
  const ways = titles.map(([title, same]) => `${prose(title)}${titles.length > 1 ? ` (${number(same.length)})` : ''}`)
  const head = `${code(change.id)}: ${ways.slice(0, 5).join('; ')}${ways.length > 5 ? '; …' : ''}`
  const why = `${prose(change.why)} ${link('Source', change.source)}`
  const shown = sites.slice(0, detail.places).map((site) => doneItem(report, site, detail))
  const more = sites.length - shown.length
  const items = [...shown, ...(more > 0 ? [`- … and ${plural(more, 'more place')}`] : [])]
  return `<details><summary>${plural(sites.length, 'place')}: ${summaryCode(change.id)}</summary>\n\n${head}.\n\n${why}\n\n${items.join('\n')}\n\n</details>`
}

/** An id within an HTML element, where backticks mean nothing. */
function summaryCode(id: string): string {
  return `<code>${id.replace(/[^\w./ -]/g, (character) => `&#${character.charCodeAt(0)};`)}</code>`
}

function doneItem(report: Report, site: ReportedFinding, detail: Detail): string {
  const { excerpt, rewritten } = site
  if (!detail.code || rewritten === undefined) return `- ${place(report, site)}`
  const short = !/[\r\n]/.test(excerpt + rewritten) && excerpt.length + rewritten.length <= 160
  if (short) return `- ${place(report, site)}: ${code(excerpt)} → ${code(rewritten)}`
  return `- ${place(report, site)}\n\n${indented(block(diffOf(site), 'diff', 12))}`
}

// ---- types ----------------------------------------------------------------------------------------

function types({ typeCheck }: Report, detail: Detail): string {
  if (!typeCheck) return ''
  const facts = typeCheckFacts(typeCheck).map((fact) => `- ${prose(fact)}`)
  const open = typeErrorGroups(typeCheck).map(({ cause, errors, count }) => {
    const shown = errors.slice(0, detail.places)
    const items = shown.map((error) => `  - ${code(placeOfError(error))} ${prose(saidOfError(error), 300)}`)
    const more = errors.length > shown.length ? [`  - … and ${plural(errors.length - shown.length, 'more error')}`] : []
    return [`- ${cause === undefined ? '**no known cause**' : code(cause)}: ${count}`, ...items, ...more].join('\n')
  })
  const head = `### Type check: ${prose(typeCheckLine(typeCheck))}`
  return [head, facts.join('\n'), ...(open.length > 0 ? [open.join('\n')] : [])].join('\n\n')
}

// ---- tests and accounts ---------------------------------------------------------------------------

const MOST_TESTS = 30

function tests(report: Report): string {
  const { noted, tail, blame } = testFacts(report)
  if (noted.length + tail.length + blame.length === 0) return ''
  const more = moreTests(noted, MOST_TESTS)
  const last = block(tail.slice(-30).join('\n'), '')
  return [
    '### Tests',
    ...blame.slice(0, MOST_TESTS).map((said) => prose(said)),
    ...(noted.length > 0
      ? [[...noted.slice(0, MOST_TESTS).map(notedItem), ...(more === '' ? [] : [`- ${more}`])].join('\n')]
      : []),
    ...(tail.length > 0 ? [`<details><summary>What the command printed last</summary>\n\n${last}\n\n</details>`] : []),
  ].join('\n\n')
}

/** What the tests showed on the old version. */
function observed(report: Report, detail: Detail): string {
  const line = observationLine(report)
  if (line === undefined) return ''
  const calls = report.observation?.unplaced ?? []
  const shown = calls.slice(0, Math.max(1, detail.places)).map((call) => {
    const { said, place: where, advice } = unplacedWords(call)
    return `- [ ] ${where === undefined ? '' : `${code(where)} `}${prose(said, 300)}: ${advice}`
  })
  const more = calls.length - shown.length
  const items = [...shown, ...(more > 0 ? [`- … and ${plural(more, 'more call')}`] : [])]
  return ['### Seen at run time', `${prose(line)}.`, ...(items.length > 0 ? [items.join('\n')] : [])].join('\n\n')
}

function notedItem(test: NotedTest): string {
  const message = test.message.slice(0, 6).join('\n')
  const shown = message === '' ? '' : `\n\n${indented(block(message, ''))}`
  return `- ${prose(notedLine(test), 300)}${shown}`
}

function comments(report: Report): string {
  const wrong = report.ignores.flatMap((ignore) => {
    const problem = ignoreProblem(ignore)
    return problem === undefined ? [] : [`- ${code(`${ignore.at.file}:${ignore.at.line}`)} ${prose(problem)}`]
  })
  return wrong.length === 0
    ? ''
    : [`### Comments to look at (${wrong.length})`, wrong.slice(0, 50).join('\n')].join('\n\n')
}

function unread(report: Report, detail: Detail): string {
  if (report.notLookedAt.length === 0) return ''
  const items = [...groupedBy(report.notLookedAt, ({ kind }) => kind)].flatMap(([kind, entries]) => {
    const files = entries.slice(0, detail.places).map(({ file, reason }) => `  - ${code(file)}: ${prose(reason, 300)}`)
    const more =
      entries.length > files.length ? [`  - … and ${plural(entries.length - files.length, 'more file')}`] : []
    return [`- ${NOT_LOOKED_AT[kind]} (${number(entries.length)})`, ...files, ...more]
  })
  return `<details><summary>Not looked at: ${plural(report.notLookedAt.length, 'file')}</summary>\n\n${items.join('\n')}\n\n</details>`
}

/** That every mention is accounted for, in one line. */
function accounts({ ledger, mode, recipe }: Report): string {
  const parts = LEDGER_ORDER.filter((status) => ledger.counts[status] > 0).map(
    (status) => `${number(ledger.counts[status])} ${ledgerLabel(status, mode, recipe.provider)}`,
  )
  if (parts.length === 0) return ''
  return `${plural(ledger.hits, 'mention')} of ${plural(ledger.words.length, 'changed name')} = ${parts.map((part) => prose(part)).join(' + ')}.`
}

function footer(report: Report, detail: Detail): string {
  const { tool, recipe, repository, run } = report
  const short =
    detail === STEPS[0] ? [] : ['Some detail was left out to fit; the text, HTML and JSON reports have all of it']
  const said = [
    `${tool.name} ${prose(tool.version)}, recipe ${code(recipe.id)}, ${link('guide', recipe.guide)}`,
    ...(repository ? [`lines as of ${code(repository.commit.slice(0, 10))}`] : []),
    ...(run === undefined ? [] : [`${code(`upgrade-kit undo ${run}`)} takes it back`]),
    ...short,
  ]
  return `---\n${said.join(' · ')}`
}
