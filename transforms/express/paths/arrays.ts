import { convert, separatorsOf } from './convert.ts'
import { compileV4 } from './matchers.ts'
import { type Degenerate, prove, type Verdict } from './prove.ts'
import { parsePath } from './syntax.ts'
import type { Conversion, ParamFate, PathChange, PathMember, PathSituation, Proof, Refused } from './types.ts'

/** What breaks a member of an array of paths; two of them only exist in arrays. */
export type ArrayChange =
  | PathChange
  /** Express 4 gave every RegExp in an array the flag `i` (none when case sensitive); Express 5 keeps its own. */
  | 'path-array-regexp-flags'
  /** `app.use(['/', '/x'], fn)`: in Express 4 `/` in an array still means every path, in Express 5 only `/`. */
  | 'path-array-slash'

/** One member of an array and what takes its place. */
export interface ConvertedMember {
  readonly old: PathMember
  /** One path, or several to put in its place; equal to `[old]` when nothing changes. */
  readonly value: readonly PathMember[]
  /** Absent when nothing changes. */
  readonly change?: ArrayChange
}

/** The answer of `convertAll`. */
export type ArrayConversion =
  | { readonly is: 'same'; readonly proof: Proof }
  | {
      readonly is: 'rewritten'
      /** In the order of the old array. */
      readonly members: readonly ConvertedMember[]
      readonly params: Readonly<Record<string, ParamFate>>
      readonly notes: readonly string[]
      readonly proof: Proof
    }
  | Refused<ArrayChange>

/**
 * Converts the flat list of paths of one call. Express 4 joins them to one RegExp with one list of keys, Express 5 tries
 * one after the other; the list is proven as a whole. Where the string forms disagree about a key that is read, all
 * members that have keys become RegExps.
 */
export function convertAll(paths: readonly PathMember[], situation: PathSituation): ArrayConversion {
  const first = attempt(paths, situation)
  if (first.is !== 'refused' || situation.reads === 'unknown') return first
  const second = attempt(paths, { ...situation, reads: 'unknown' })
  return second.is === 'refused' ? first : second
}

function attempt(paths: readonly PathMember[], situation: PathSituation): ArrayConversion {
  const members: ConvertedMember[] = []
  const params: Record<string, ParamFate> = {}
  const notes = new Set<string>()
  for (const old of paths) {
    const member = convertMember(old, situation)
    if (member.is === 'refused') return member
    members.push(member.member)
    for (const note of member.notes) notes.add(note)
    const clash = merge(params, member.params)
    if (clash) return refusal(members, `its paths give the parameter ${clash} different values`)
  }
  return proven(members, params, [...notes], situation)
}

interface MemberResult {
  readonly is: 'converted'
  readonly member: ConvertedMember
  readonly params: Readonly<Record<string, ParamFate>>
  readonly notes: readonly string[]
}

function convertMember(old: PathMember, situation: PathSituation): MemberResult | Refused<ArrayChange> {
  if (typeof old !== 'string') return convertRegExp(old, situation)
  if (old === '/' && situation.kind === 'use') {
    const member: ConvertedMember = { old, value: [''], change: 'path-array-slash' }
    return { is: 'converted', member, params: {}, notes: [] }
  }
  const conversion: Conversion = convert(old, situation)
  if (conversion.is === 'refused') return conversion
  if (conversion.is === 'same') {
    return { is: 'converted', member: { old, value: [old] }, params: keysOf(old, situation), notes: [] }
  }
  const { change, params, notes } = conversion
  const value = conversion.form === 'strings' ? conversion.value : [conversion.value]
  return { is: 'converted', member: { old, value, change }, params, notes }
}

function convertRegExp(old: PathMember & object, situation: PathSituation): MemberResult {
  const flags = situation.caseSensitive === true ? '' : 'i'
  const value = [{ source: old.source, flags }]
  const member: ConvertedMember =
    flags === old.flags ? { old, value } : { old, value, change: 'path-array-regexp-flags' }
  return { is: 'converted', member, params: keysOf(old, situation), notes: [] }
}

function keysOf(path: PathMember, situation: PathSituation): Record<string, ParamFate> {
  const [, keys] = compileV4(path, situation)
  return Object.fromEntries(keys.map((key): [string, ParamFate] => [String(key.name), 'unchanged']))
}

/** Adds the fates of one member; a key that would have to be read in two ways is returned. */
function merge(all: Record<string, ParamFate>, more: Readonly<Record<string, ParamFate>>): string | undefined {
  for (const [key, fate] of Object.entries(more)) {
    const before = Object.hasOwn(all, key) ? all[key] : undefined
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(fate)) return key
    all[key] = fate
  }
  return undefined
}

function proven(
  members: readonly ConvertedMember[],
  params: Readonly<Record<string, ParamFate>>,
  notes: readonly string[],
  situation: PathSituation,
): ArrayConversion {
  const allow = new Set<Degenerate>(['repeated-separator', 'trailing-double-slash', 'leading-double-slash'])
  if (situation.kind === 'use') allow.add('mount-double-slash')
  if (members.some((member) => member.old === '/')) allow.add('root-double-slash')
  let verdict: Verdict
  try {
    const v4 = members.map((member) => member.old)
    const v5 = members.flatMap((member) => member.value)
    const separators = v4.flatMap((old) => (typeof old === 'string' ? separatorsOf(parsePath(old)) : []))
    verdict = prove({ v4, v5, situation, params, allow, separators, mayLose: true })
  } catch (error) {
    return refusal(members, `it does not compile: ${(error as Error).message}`)
  }
  const { proof, lost, differs } = verdict
  if (differs) return { ...refusal(members, 'taken together, its new paths give another answer'), differs }
  if (members.every((member) => member.change === undefined)) return { is: 'same', proof }
  const fates = { ...params, ...Object.fromEntries(Array.from(lost, (key) => [key, 'gone' as const])) }
  return { is: 'rewritten', members, params: fates, notes, proof }
}

function refusal(members: readonly ConvertedMember[], reason: string): Refused<ArrayChange> {
  const change = members.find((member) => member.change !== undefined)?.change ?? 'path-adjacent-params'
  return { is: 'refused', change, reason }
}
