import { isOfDeclarations, isTransform, looksAt, restsOn, type Transform } from '../catalogue/change.ts'
import type { NamedChange } from '../catalogue/select.ts'
import type { ChangeId } from '../model/finding.ts'

/** One occurrence of a name in a text. */
export interface Hit {
  readonly word: string
  /** UTF-16 offset in the text that was searched. */
  readonly offset: number
}

/** Decides from the text of a file alone which changes can matter in it, so that most files are never parsed. */
export interface Prefilter {
  /**
   * False when no change and no name can be in the text; without `values`, no change that rests on the dependency alone.
   * One pass; the text may be read as Latin-1.
   */
  mayMatter(text: string, values: boolean): boolean
  /** The changes whose mentions the text contains; without `values`, of those that rest on the dependency alone. */
  interested(text: string, values: boolean): readonly NamedChange[]
  /** Every textual occurrence of every name that the changes are about. */
  hits(text: string): readonly Hit[]
  /** The names, with the changes that are about them. */
  readonly words: readonly { readonly word: string; readonly changes: readonly ChangeId[] }[]
}

/** Builds the filter for the JavaScript changes of a run. `all` looks at every file, which the laws of the fixtures use. */
export function prefilter(changes: readonly NamedChange[], all = false): Prefilter {
  const active = changes.flatMap(({ id, change }) =>
    isTransform(change) && looksAt(change, 'javascript') && !isOfDeclarations(change)
      ? [
          {
            id,
            change,
            tests: change.mentions.map(asPattern),
            testsWithoutUses:
              restsOn(change) === 'uses' ? [] : (change.mentionsWithoutUses ?? change.mentions).map(asPattern),
          },
        ]
      : [],
  )
  const about = new Map<string, ChangeId[]>()
  for (const { id, change } of active)
    for (const name of (change as Transform).names ?? []) about.set(name, [...(about.get(name) ?? []), id])
  const words = [...about].map(([word, ids]) => ({ word, changes: ids })).sort((a, b) => a.word.localeCompare(b.word))
  const anyWord =
    words.length > 0 ? new RegExp(`\\b(?:${words.map(({ word }) => literally(word)).join('|')})\\b`, 'g') : undefined
  const named = anyWord ? [new RegExp(anyWord.source)] : []
  const patterns = active.flatMap(({ tests }) => tests)
  const patternsWithoutUses = active.flatMap(({ testsWithoutUses }) => testsWithoutUses)
  const anything = anyOf([...patterns, ...named])
  const anythingWithoutUses = anyOf([...patternsWithoutUses, ...named])
  const withoutUses = anyOf(patternsWithoutUses)
  return {
    words,
    mayMatter: (text, values) => all || (values ? anything : anythingWithoutUses).some((test) => test.test(text)),
    interested: (text, values) =>
      all || values || withoutUses.some((test) => test.test(text))
        ? active.filter(
            ({ tests, testsWithoutUses }) => all || (values ? tests : testsWithoutUses).some((test) => test.test(text)),
          )
        : [],
    hits: (text) =>
      anyWord ? [...text.matchAll(anyWord)].map((match) => ({ word: match[0], offset: match.index })) : [],
  }
}

/** All patterns in one for each set of flags, the plain ones first. */
function anyOf(patterns: readonly RegExp[]): readonly RegExp[] {
  const byFlags = new Map<string, Set<string>>()
  for (const { source, flags } of patterns) byFlags.set(flags, (byFlags.get(flags) ?? new Set()).add(source))
  return [...byFlags]
    .sort(([one], [other]) => one.length - other.length)
    .map(([flags, sources]) => new RegExp([...sources].join('|'), flags))
}

/** A pattern that keeps no place between two tests. */
function asPattern(mention: string | RegExp): RegExp {
  return typeof mention === 'string'
    ? new RegExp(literally(mention))
    : new RegExp(mention.source, mention.flags.replace(/[gy]/g, ''))
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
