import { BREAKAGES } from '../model/change.ts'
import { type LedgerStatus, type Outcome, type Report, unexplainedCalls, unreadFiles } from '../model/report.ts'
import type { TestRun } from '../model/verification.ts'
import { cleanLine } from './clean.ts'
import { explainCommand, runCommand, typable } from './commands.ts'
import { observationLine, unplacedWords } from './observation.ts'
import { groups } from './sites.ts'
import {
  columns,
  cutToWidth,
  type Lines,
  labelled,
  number,
  padded,
  plural,
  prose,
  rule,
  type Style,
  spaced,
} from './style.ts'
import { blameSentences, failingRun, moreTests, type NotedTest, notedLine, notedTests, runWords } from './tests.ts'
import { typeCheckSummary } from './type-check.ts'
import {
  isOfCodemod,
  LEDGER_ORDER,
  ledgerLabel,
  OUTCOMES,
  outcomeLabel,
  outcomePaint,
  VERDICTS,
  verdictPaint,
} from './wording.ts'

const LABEL = 10
/** Lines of a failing command that are shown; all that there are on request. */
const TAIL = 20

/** One screen: what was found, what became of it, what is left, and what to type next. */
export function summaryText(report: Report, style: Style): Lines {
  return spaced(
    [rule('Summary', style), ...findingCounts(report, style)],
    [
      ...baselineLines(report, style),
      ...ledgerLines(report, style),
      ...coverageLines(report, style),
      ...fileLines(report, style),
    ],
    [
      ...typeCheckSummary(report, LABEL, style),
      ...observationLines(report, style),
      ...installationLines(report, style),
      ...verificationLines(report, style),
      ...commitLines(report, style),
    ],
    report.remarks.flatMap((remark) => labelled('remark', remark, '', style)),
    unreadLines(report, style),
    nextLines(report, style),
  )
}

function findingCounts(report: Report, style: Style): Lines {
  const { findings, changes, packages } = report
  if (packages.length > 0 && !packages.some((standing) => standing.inScope)) {
    return [style.colour.bold('Nothing was looked at: no package is in scope.')]
  }
  if (findings.length === 0) {
    const unread = unreadFiles(report).length
    const nothing = `Nothing found: no place is affected by any of ${plural(changes.length, 'change')}`
    if (unread > 0) {
      const doubt = `${nothing}, but ${unread === 1 ? '1 file' : `${number(unread)} files`} could not be read.`
      return prose(doubt, '', style).map((line) => style.colour.yellow(style.colour.bold(line)))
    }
    return prose(`${nothing}.`, '', style).map((line) => style.colour.green(style.colour.bold(line)))
  }
  const files = new Set(findings.map((finding) => finding.file)).size
  const hit = new Set(findings.map((finding) => finding.change)).size
  const head = `${plural(findings.length, 'place')} in ${plural(files, 'file')}, from ${hit} of ${plural(changes.length, 'change')}:`
  return [...prose(head, '', style).map((line) => style.colour.bold(line)), ...outcomeRows(report, style)]
}

function outcomeRows(report: Report, style: Style): Lines {
  const breakage = new Map(report.changes.map((change) => [change.id, change.breakage]))
  const present = OUTCOMES.filter((outcome) => report.findings.some((finding) => finding.outcome === outcome))
  const labelWidth = Math.max(...present.map((outcome) => outcomeLabel(outcome, report.mode).length)) + 2
  return present.flatMap((outcome) => {
    const here = report.findings.filter((finding) => finding.outcome === outcome)
    const parts = BREAKAGES.flatMap((kind) => {
      const count = here.filter((finding) => (breakage.get(finding.change) ?? 'silent') === kind).length
      return count === 0 ? [] : [`${kind} ${number(count)}`]
    })
    if (isOfCodemod(report)) parts.length = 0
    const label = padded(outcomeLabel(outcome, report.mode), labelWidth) + number(here.length).padStart(5)
    return labelled(label, parts.join(', '), '  ', style, outcomePaint(outcome, style), labelWidth + 8)
  })
}

/** What an earlier run had accepted. */
function baselineLines({ baseline }: Report, style: Style): Lines {
  if (!baseline) return []
  const { file, accepted, fresh, gone } = baseline
  const old =
    gone === 0 ? '' : `; ${plural(gone, 'entry', 'entries')} found no more, \`--update-baseline\` takes them out`
  const text = `${number(fresh)} new, ${number(accepted)} accepted in \`${file}\`${old}`
  return labelled('baseline', text, '', style, fresh > 0 ? style.colour.red : style.colour.green, LABEL)
}

/** What was committed, or why nothing was. */
function commitLines({ commits }: Report, style: Style): Lines {
  if (!commits) return []
  const { branch, made, refused, untracked = [] } = commits
  if (refused !== undefined) {
    const [first = '', ...more] = refused.split('\n')
    const said = labelled('commits', `none: ${first}`, '', style, style.colour.red, LABEL)
    return [...said, ...tailLines(more, style)]
  }
  const left = untracked.length === 0 ? '' : `; not in git: ${untracked.slice(0, 5).join(', ')}`
  return labelled('commits', `${number(made.length)} on \`${branch}\`${left}`, '', style, style.colour.green, LABEL)
}

/** The audit ledger: every mention of a changed name, and the parts it is made of. */
function ledgerLines({ ledger, mode, recipe }: Report, style: Style): Lines {
  if (ledger.words.length === 0) return []
  const parts = LEDGER_ORDER.filter((status: LedgerStatus) => ledger.counts[status] > 0)
  const sum = parts.map((status) => `${number(ledger.counts[status])} ${ledgerLabel(status, mode, recipe.provider)}`)
  const names = plural(ledger.words.length, 'changed name')
  const head = `${plural(ledger.hits, 'mention')} of ${names}`
  return labelled('mentions', sum.length === 0 ? head : `${head} = ${sum.join(' + ')}`, '', style, undefined, LABEL)
}

function coverageLines({ coverage }: Report, style: Style): Lines {
  const { guide, changes, automatic, sometimes, byHand, notCovered, undocumented } = coverage
  if (changes === 0) return []
  const missing = notCovered.length === 0 ? '' : `, ${number(notCovered.length)} not looked for`
  const more = undocumented === 0 ? '' : ` And ${plural(undocumented, 'change')} that it does not mention.`
  const text = `${changes - notCovered.length} of ${plural(changes, 'change')} of the official guide: ${automatic} automatic, ${sometimes} sometimes, ${byHand} by hand${missing}.${more} ${guide}`
  const named = notCovered.map(({ title }) => title).join('; ')
  return [
    ...labelled('coverage', text, '', style, undefined, LABEL),
    ...(named === ''
      ? []
      : labelled('missing', `${named}: read the guide about them`, '', style, style.colour.yellow, LABEL)),
  ]
}

function fileLines({ counts }: Report, style: Style): Lines {
  const { filesListed, filesSearched, filesParsed, rounds } = counts
  const again = rounds > 1 ? `, in ${rounds} rounds` : ''
  const text = `${number(filesListed)} in scope, ${number(filesSearched)} searched, ${number(filesParsed)} parsed${again}`
  return labelled('files', text, '', style, undefined, LABEL)
}

/** Files that may be affected and could not be read: said at the end, since they keep the run from being clean. */
function unreadLines(report: Report, style: Style): Lines {
  const files = unreadFiles(report)
  if (files.length === 0) return []
  const shown = files.slice(0, 3).map((file) => `\`${file}\``)
  const more = files.length > shown.length ? ` and ${number(files.length - shown.length)} more` : ''
  const [they, them] = files.length === 1 ? ['it may be', 'it'] : ['they may be', 'them']
  const text = `${shown.join(', ')}${more} could not be read, and ${they} affected: mend ${them} and run again, or leave ${them} out with --exclude`
  return labelled('unread', text, '', style, style.colour.yellow, LABEL)
}

/** Calls that are said one by one; all of them on request. */
const UNPLACED_CALLS = 8

/** What the tests showed on the old version. */
function observationLines(report: Report, style: Style): Lines {
  const { observation } = report
  const line = observationLine(report)
  if (!observation || line === undefined) return []
  const isWhole = observation.state === 'complete' && observation.onlyAtRunTime === 0
  const paint = isWhole && unexplainedCalls(report).length === 0 ? style.colour.green : style.colour.yellow
  const shown = style.verbose ? observation.unplaced : observation.unplaced.slice(0, UNPLACED_CALLS)
  const more = observation.unplaced.length - shown.length
  return [
    ...labelled('observed', line, '', style, paint, LABEL),
    ...shown.flatMap((call) => {
      const { said, place, advice } = unplacedWords(call)
      return labelled('call', `${said}${place ? ` (${place})` : ''}: ${advice}`, '', style, undefined, LABEL)
    }),
    ...(more > 0 ? prose(`and ${plural(more, 'more call')}; --verbose shows them`, ' '.repeat(LABEL), style) : []),
  ]
}

function installationLines({ installation }: Report, style: Style): Lines {
  if (!installation) return []
  const { command, exit, tail } = installation
  const ok = exit === 0
  const said = `${shown(command)}: ${ok ? 'done' : runWords({ exit })}, ${duration(installation.seconds)}`
  const paint = ok ? style.colour.green : style.colour.red
  return [...labelled('install', said, '', style, paint, LABEL), ...(ok ? [] : tailLines(tail, style))]
}

function verificationLines(report: Report, style: Style): Lines {
  const { verification } = report
  if (!verification) return labelled('tests', notRun(report), '', style, undefined, LABEL)
  const { verdict, reason, before, after } = verification
  const paint = verdictPaint(verdict, style)
  const runs = [
    ...(before ? labelled('before', shownRun(before), '', style, undefined, LABEL) : []),
    ...(after ? labelled('after', shownRun(after), '', style, undefined, LABEL) : []),
  ]
  const failing = failingRun(verification)
  return [
    style.colour.dim(padded('tests', LABEL)) + paint(VERDICTS[verdict].toUpperCase()),
    ...prose(reason, ' '.repeat(LABEL), style),
    ...runs,
    ...notedLines(notedTests(verification), style),
    // what a test says is the better news than what was printed last
    ...(failing && verification.tests === undefined ? tailLines(failing.tail, style) : []),
    ...blameSentences(verification).flatMap((said) => labelled('blame', said, '', style, style.colour.red, LABEL)),
  ]
}

/** Tests that are named, and lines of what each of them said; all of it on request. */
const NOTED = 12
const NOTED_LINES = 4

function notedLines(noted: readonly NotedTest[], style: Style): Lines {
  const shown = style.verbose ? noted : noted.slice(0, NOTED)
  const more = moreTests(noted, shown.length)
  return [
    ...shown.flatMap((test) => [
      ...labelled(test.kind === 'failing' ? 'failed' : 'test', notedLine(test), '', style, style.colour.red, LABEL),
      ...tailLines(style.verbose ? test.message : test.message.slice(0, NOTED_LINES), style),
    ]),
    ...(more === '' ? [] : prose(`${more}; --verbose shows them`, ' '.repeat(LABEL), style)),
  ]
}

function notRun({ mode, findings }: Report): string {
  if (mode !== 'apply') return 'not run: nothing was written'
  const written = findings.some((finding) => finding.outcome === 'written')
  return written ? 'not run; run them before you merge' : 'not run: nothing was written'
}

function shownRun(run: TestRun): string {
  return `${shown(run.command)}: ${runWords(run)}, ${duration(run.seconds)}`
}

function shown(command: readonly string[]): string {
  return `\`${command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')}\``
}

function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
}

/** The last lines that a command printed, behind a bar. */
function tailLines(tail: readonly string[], style: Style): Lines {
  const kept = style.verbose ? tail : tail.slice(-TAIL)
  const barred = (text: string) => `${style.colour.dim('  │')} ${text}`.trimEnd()
  const missing = tail.length - kept.length
  return [
    ...(missing > 0 ? [barred(style.colour.dim(`… ${plural(missing, 'line')} before; --verbose shows them`))] : []),
    ...kept.flatMap((line) => cutToWidth(plain(line), style.width - 4).map(barred)),
  ]
}

/** A line of a command's output without its colours, then made safe. */
function plain(line: string): string {
  return cleanLine(line.replace(/\u001b\[[0-9;]*m/g, '').trimEnd())
}

/** What to type next, with what it does. */
function nextLines(report: Report, style: Style): Lines {
  const steps = nextSteps(report)
  if (steps.length === 0) return []
  const widest = Math.max(...steps.map(({ command }) => columns(cleanLine(command))))
  const fits = steps.every(({ does }) => widest + columns(does) + 7 <= style.width)
  return [
    style.colour.bold('Next'),
    ...steps.flatMap(({ command, does }) => {
      const shown = style.colour.cyan(padded(cleanLine(command), fits ? widest : 0))
      const remark = style.colour.dim(`# ${does}`)
      return fits ? [`  ${shown}  ${remark}`] : [`  ${remark}`, `  ${shown}`]
    }),
  ]
}

interface Step {
  readonly command: string
  readonly does: string
}

/** The commands that lead on from here, the most urgent first; at most three. */
export function nextSteps(report: Report): readonly Step[] {
  const broken = report.verification?.verdict === 'broke-it'
  const steps = broken
    ? [...undoStep(report), ...blameStep(report), ...explainStep(report)]
    : [...writeStep(report), ...conflictStep(report), ...readStep(report), ...explainStep(report), ...undoStep(report)]
  return steps.slice(0, 3)
}

/** The command once more, after a run that wrote the new version into the manifest: from then on it has to be told. */
function again(report: Report): string {
  const isPastIt = report.mode === 'apply' && report.patches.some(({ file }) => /(?:^|\/)package\.json$/.test(file))
  return isPastIt ? `${runCommand(report)} --from ${report.recipe.from}` : runCommand(report)
}

function undoStep({ mode, run }: Report): readonly Step[] {
  if (mode !== 'apply' || run === undefined || typable(run) === undefined) return []
  return [{ command: `npx upgrade-kit undo ${run}`, does: 'take everything back' }]
}

function blameStep(report: Report): readonly Step[] {
  const blame = report.verification?.blame ?? []
  if (blame.length === 0) return []
  return [{ command: `${runCommand(report)} --except ${blame.join(',')}`, does: 'again, without what broke the tests' }]
}

function writeStep(report: Report): readonly Step[] {
  const { mode, findings } = report
  if (mode === 'apply' || !findings.some(({ outcome }) => outcome === 'written')) return []
  if (mode === 'scan') return [{ command: `${runCommand(report)} --dry-run`, does: 'see the diff' }]
  return [{ command: runCommand(report), does: 'write it, install, run the tests' }]
}

function conflictStep(report: Report): readonly Step[] {
  const has = (wanted: Outcome) => report.findings.some(({ outcome }) => outcome === wanted)
  if (report.mode !== 'apply' || !(has('conflict') || has('not-written'))) return []
  const what = has('conflict') ? 'what was in conflict' : 'what was not written'
  return [{ command: again(report), does: `after a commit: take ${what}` }]
}

function readStep(report: Report): readonly Step[] {
  const has = report.findings.some(({ outcome, fix }) => outcome === 'held-back' && fix?.applicability === 'review')
  if (!has) return []
  return [{ command: `${again(report)} --dry-run --include review`, does: 'see the fixes that want reading' }]
}

function explainStep(report: Report): readonly Step[] {
  if (isOfCodemod(report)) return []
  const open = groups(report)
    .flatMap(({ sites }) => sites)
    .filter(({ outcome }) => outcome !== 'written' && outcome !== 'ignored')
  const byHandFirst = [...open.filter(({ outcome }) => outcome === 'by-hand'), ...open]
  const place = byHandFirst.map(({ at }) => typable(`${at.file}:${at.line}`)).find((typed) => typed !== undefined)
  return place === undefined ? [] : [{ command: explainCommand(report, place), does: 'why this one is left to you' }]
}
