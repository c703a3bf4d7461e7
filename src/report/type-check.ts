import type { ChangeId } from '../model/finding.ts'
import type { NewTypeError, Report, TypeCheck } from '../model/report.ts'
import { cleanLine } from './clean.ts'
import { groupedBy } from './grouped.ts'
import { type Lines, labelled, number, plural, prose, rule, type Style, spaced } from './style.ts'

/** New type errors with one cause. */
export interface TypeErrorGroup {
  /** Absent for errors of which no cause is known. */
  readonly cause?: ChangeId
  readonly errors: readonly NewTypeError[]
  /** "9, all rewritten": how many there are, and what becomes of them. */
  readonly count: string
}

/** What was checked, with what, and what was not: one sentence each, without full stop. */
export function typeCheckFacts({ programs, skipped }: TypeCheck): readonly string[] {
  return [
    ...programs.map(({ config, compiler, files, against }) => {
      const packages = against.length === 0 ? 'the installed types, which are of the new version' : against.join(', ')
      return `\`${config}\`: ${plural(files, 'file')} with ${compiler}, against ${packages}`
    }),
    ...skipped.map(({ at, reason }) => `\`${at}\` was not checked: ${reason}`),
  ]
}

/** The new errors by cause: those without one first, then those of which most are left. */
export function typeErrorGroups({ errors }: TypeCheck): readonly TypeErrorGroup[] {
  const left = (group: TypeErrorGroup) => group.errors.filter(({ rewritten }) => !rewritten).length
  return [...groupedBy(errors, ({ cause }) => cause ?? '')]
    .map(([cause, same]): TypeErrorGroup => {
      const sorted = [...same].sort((a, b) => Number(a.rewritten) - Number(b.rewritten))
      return { ...(cause === '' ? {} : { cause: cause as ChangeId }), errors: sorted, count: countOf(sorted) }
    })
    .sort((a, b) => Number(a.cause !== undefined) - Number(b.cause !== undefined) || left(b) - left(a))
}

function countOf(errors: readonly NewTypeError[]): string {
  const rewritten = errors.filter((error) => error.rewritten).length
  const became = rewritten === 0 ? '' : rewritten === errors.length ? ', rewritten' : `, ${number(rewritten)} rewritten`
  return `${number(errors.length)}${became}`
}

/** `src/a.ts:3:14`. */
export function placeOfError({ at }: NewTypeError): string {
  return `${at.file}:${at.line}:${at.column}`
}

/** `TS2345: Argument of type …`. */
export function saidOfError({ code, message }: NewTypeError): string {
  return `TS${code}: ${message}`
}

/** "12 new errors of the compiler: 9 rewritten, 3 left, of which 1 is not explained by any change". */
export function typeCheckLine({ errors, programs }: TypeCheck): string {
  if (errors.length === 0) return programs.length === 0 ? 'not checked' : 'no new error of the compiler'
  const left = errors.filter(({ rewritten }) => !rewritten)
  const unexplained = left.filter(({ cause }) => cause === undefined).length
  const parts = [
    ...(left.length < errors.length ? [`${number(errors.length - left.length)} rewritten`] : []),
    ...(left.length > 0 ? [`${number(left.length)} left`] : []),
    ...(unexplained > 0 ? [`${number(unexplained)} without a known cause`] : []),
  ]
  return `${plural(errors.length, 'new error')} of the compiler: ${parts.join(', ')}`
}

/** Errors that are listed of one cause; all of them on request. */
const LISTED = 12

/** What the compiler says of the project as it is going to be. */
export function typeCheckText({ typeCheck }: Report, style: Style): Lines {
  if (!typeCheck) return []
  const facts = typeCheckFacts(typeCheck).flatMap((fact) => prose(fact, '', style))
  return spaced(
    [rule(`Type check (${plural(typeCheck.errors.length, 'new error')})`, style), ...facts],
    ...typeErrorGroups(typeCheck).map((group) => groupText(group, style)),
  )
}

function groupText({ cause, errors, count }: TypeErrorGroup, style: Style): Lines {
  const shown = style.verbose ? errors : errors.slice(0, LISTED)
  const paint = cause === undefined ? style.colour.red : style.colour.bold
  const more = errors.length - shown.length
  return [
    paint(`${cause ?? 'no known cause'} (${count})`),
    ...shown.flatMap((error) => [
      `  ${cleanLine(placeOfError(error))}`,
      ...prose(cleanLine(saidOfError(error)), '    ', style),
    ]),
    ...(more > 0 ? [`  … and ${number(more)} more; --verbose shows them`] : []),
  ]
}

/** The line of the summary. */
export function typeCheckSummary({ typeCheck }: Report, width: number, style: Style): Lines {
  if (!typeCheck) return []
  const isOpen = typeCheck.errors.some(({ rewritten }) => !rewritten)
  const paint = typeCheck.programs.length === 0 || isOpen ? style.colour.yellow : style.colour.green
  return labelled('types', typeCheckLine(typeCheck), '', style, paint, width)
}
