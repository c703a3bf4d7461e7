import { BREAKAGES } from '../model/change.ts'
import type { LeftOut, NotLookedAt, Report, ReportedFinding } from '../model/report.ts'
import { checklistByChange } from './checklist.ts'
import { cleanLine } from './clean.ts'
import { groupedBy } from './grouped.ts'
import { groups } from './sites.ts'
import { type Lines, labelled, number, plural, prose, rule, type Style, spaced } from './style.ts'
import { ignoreProblem, NOT_LOOKED_AT } from './wording.ts'

/** Why findings are left to a person, as heading and as what to do about it. */
export interface Reason {
  readonly title: string
  readonly advice: string
}

const BY_HAND: Reason = { title: 'By hand', advice: 'No rewrite is right for every program here: edit these yourself.' }
const CONFLICT: Reason = { title: 'In conflict', advice: 'Another fix took the same text. Run again to take these.' }
const WITHDRAWN: Reason = {
  title: 'Taken back',
  advice:
    'The fix left a file that does not parse, which is a bug of upgrade-kit. Edit these yourself, and please report it.',
}
const NOT_WRITTEN: Reason = {
  title: 'Not written',
  advice: 'These fixes were to be written, but a file did not allow it. Put it right, then run again.',
}
const TO_READ: Reason = {
  title: 'Held back: wants reading',
  advice: 'There is a fix that most people want, but somebody has to read it. `--include review` writes it.',
}
const HINT: Reason = {
  title: 'Held back: a hint',
  advice: 'Not certain enough to be ever written by a machine: look, then edit.',
}
const NOT_ASKED: Reason = { title: 'Held back: left out', advice: 'There is a safe fix, which your options left out.' }

function reasonOf({ outcome, fix }: ReportedFinding): Reason | undefined {
  if (outcome === 'written' || outcome === 'ignored') return undefined
  if (outcome === 'by-hand') return BY_HAND
  if (outcome === 'conflict') return CONFLICT
  if (outcome === 'not-written') return NOT_WRITTEN
  if (outcome === 'withdrawn') return WITHDRAWN
  if (fix?.applicability === 'review') return TO_READ
  return fix?.applicability === 'safe' ? NOT_ASKED : HINT
}

/** Every finding that is left to a person, by reason, the most urgent first; reasons without findings are left out. */
export function decisions(report: Report): readonly (readonly [reason: Reason, sites: readonly ReportedFinding[]])[] {
  const byReason = groupedBy(
    groups(report).flatMap((group) => group.sites),
    reasonOf,
  )
  const reasons = [NOT_WRITTEN, BY_HAND, TO_READ, HINT, NOT_ASKED, CONFLICT, WITHDRAWN]
  return reasons.flatMap((reason) => (byReason.has(reason) ? [[reason, byReason.get(reason)!] as const] : []))
}

/** What a person has to decide: every finding that was not written, by reason, with what to do. */
export function decisionsText(report: Report, style: Style): Lines {
  const left = decisions(report)
  if (left.length === 0) return []
  const count = left.reduce((sum, [, sites]) => sum + sites.length, 0)
  return spaced(
    [rule(`What a person has to decide (${number(count)})`, style)],
    ...left.map(([reason, sites]) => reasonText(reason, sites, style)),
  )
}

function reasonText(reason: Reason, sites: readonly ReportedFinding[], style: Style): Lines {
  return [
    style.colour.bold(style.colour.yellow(`${reason.title} (${number(sites.length)})`)),
    ...prose(reason.advice, '', style),
    ...[...groupedBy(sites, (site) => site.change)].flatMap(([change, here]) => [
      `  ${style.colour.dim(change)}`,
      ...[...groupedBy(here, wish)].flatMap(([what, same]) => [
        ...prose(what, '    ', style),
        ...places(same, '      ', style),
      ]),
    ]),
  ]
}

/** What is to be done at a call site: for a fix that is waiting, its title. */
export function wish(site: ReportedFinding): string {
  if (site.notWritten !== undefined) return site.notWritten
  return site.outcome === 'by-hand' || site.fix === undefined ? site.message : site.fix.title
}

/** Places with the same wish, as many on a line as fit. */
function places(sites: readonly ReportedFinding[], indent: string, style: Style): Lines {
  const lines: string[] = []
  for (const { at } of sites) {
    const place = `${cleanLine(at.file)}:${at.line}:${at.column}`
    const last = lines.at(-1)
    const joined = `${last}  ${place}`
    if (last !== undefined && joined.length <= style.width) lines[lines.length - 1] = joined
    else lines.push(indent + place)
  }
  return lines
}

/** The changes that no file can show. */
export function checklistText(report: Report, style: Style): Lines {
  if (report.checklist.length === 0) return []
  const ordered = checklistByChange(report).sort((a, b) => breakageOf(report, a.change) - breakageOf(report, b.change))
  const items = ordered.map(({ title, source, items: own }) => {
    const isOne = own.length === 1
    const head = prose(title, isOne ? '    ' : '', style)
    if (isOne) head[0] = `[ ] ${head[0]?.trimStart() ?? ''}`
    const body = own.flatMap((byHand) => {
      const lines = prose(byHand, '    ', style)
      if (!isOne) lines[0] = `[ ] ${lines[0]?.trimStart() ?? ''}`
      return lines
    })
    return [
      ...head.map((line) => style.colour.bold(line)),
      ...body,
      `    ${style.colour.dim(cleanLine(source ?? report.recipe.guide))}`,
    ]
  })
  const title = rule(`Check by hand (${report.checklist.length})`, style)
  return spaced([title, ...prose('No file of the project can show whether these concern it.', '', style)], ...items)
}

function breakageOf(report: Report, id: string): number {
  const change = report.changes.find((c) => c.id === id)
  return change ? BREAKAGES.indexOf(change.breakage) : BREAKAGES.length
}

/** The `upgrade-kit-ignore` comments that are worth a word: they hide nothing, or say no reason. */
export function ignoresText(report: Report, style: Style): Lines {
  const wrong = report.ignores.flatMap((ignore) => {
    const problem = ignoreProblem(ignore)
    return problem === undefined ? [] : [{ ...ignore, problem }]
  })
  if (wrong.length === 0) return []
  return [
    rule(`Comments to look at (${number(wrong.length)})`, style),
    ...wrong.flatMap(({ at, problem }) => [`  ${cleanLine(at.file)}:${at.line}`, ...prose(problem, '    ', style)]),
  ]
}

/** What nothing can be said about, and what was left out before reading. */
export function notLookedAtText(report: Report, style: Style): Lines {
  const byKind = groupedBy(report.notLookedAt, (entry) => entry.kind)
  const kinds = Object.keys(NOT_LOOKED_AT) as NotLookedAt['kind'][]
  const unread = kinds.flatMap((kind) => kindText(kind, byKind.get(kind) ?? [], style))
  const leftOut = report.leftOut.flatMap((entry) => leftOutText(entry, style))
  if (unread.length + leftOut.length === 0) return []
  return spaced([rule('Not looked at', style)], unread, leftOut)
}

function kindText(kind: NotLookedAt['kind'], entries: readonly NotLookedAt[], style: Style): Lines {
  if (entries.length === 0) return []
  const paint = kind === 'ours' ? style.colour.red : style.colour.bold
  const byReason = groupedBy(entries, (entry) => JSON.stringify([entry.reason, entry.change]))
  return [
    paint(`${NOT_LOOKED_AT[kind]} (${number(entries.length)})`),
    ...[...byReason.values()].flatMap((same) => [
      ...same.map((entry) => `  ${cleanLine(entry.file)}`),
      ...prose([same[0]?.change ?? [], same[0]?.reason ?? ''].flat().join(': '), '    ', style),
    ]),
  ]
}

function leftOutText({ reason, files, examples }: LeftOut, style: Style): Lines {
  const shown = examples.slice(0, 3).map((file) => `\`${file}\``)
  const such = shown.length === 0 ? '' : `, for example ${shown.join(', ')}`
  return labelled(plural(files, 'file'), `${reason}${such}`, '', style, style.colour.bold, 14)
}
