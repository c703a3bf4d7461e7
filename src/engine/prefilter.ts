import { isOfDeclarations, isTransform, looksAt, restsOn, type Transform } from '../catalogue/change.ts'
import type { NamedChange } from '../catalogue/select.ts'
import type { ChangeId } from '../model/finding.ts'
import { type Hit, hitsIn, literally, type TextPattern } from '../text/pattern.ts'

/** Whether a text, which may be read as Latin-1, has something of a pattern. */
type Has = (pattern: TextPattern) => boolean

/** Decides from the text of a file alone which changes can matter in it, so that most files are never parsed. */
export interface Prefilter {
  /** False when no change and no name can be in a text; without `values`, no change that rests on the dependency alone. */
  mayMatter(has: Has, values: boolean): boolean
  /** False when `interested` has nothing. */
  isOfInterest(has: Has, values: boolean): boolean
  /** The changes whose mentions the text contains; without `values`, of those that rest on the dependency alone. */
  interested(text: string, values: boolean): readonly NamedChange[]
  /** Every textual occurrence of every name that the changes are about. */
  hits(text: string): readonly Hit[]
  /** The names, with the changes that are about them. */
  readonly words: readonly { readonly word: string; readonly changes: readonly ChangeId[] }[]
  /** What all of this asks of a text. */
  readonly patterns: {
    readonly mentions: readonly TextPattern[]
    readonly mentionsWithoutUses: readonly TextPattern[]
    readonly words: TextPattern | undefined
  }
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
  const named = words.length > 0 ? { pattern: wordsPattern(words.map(({ word }) => word)) } : undefined
  const everyWord = named && new RegExp(named.pattern, 'g')
  const asked = (test: (one: (typeof active)[number]) => readonly RegExp[]) =>
    anyOf(active.flatMap(test)).map((pattern): TextPattern => ({ pattern }))
  const mentions = asked(({ tests }) => tests)
  const mentionsWithoutUses = asked(({ testsWithoutUses }) => testsWithoutUses)
  const isOfInterest = (has: Has, values: boolean) => all || (values ? mentions : mentionsWithoutUses).some(has)
  return {
    words,
    patterns: { mentions, mentionsWithoutUses, words: named },
    isOfInterest,
    mayMatter: (has, values) => isOfInterest(has, values) || (named !== undefined && has(named)),
    interested: (text, values) =>
      isOfInterest(({ pattern }) => pattern.test(text), values)
        ? active.filter(
            ({ tests, testsWithoutUses }) => all || (values ? tests : testsWithoutUses).some((test) => test.test(text)),
          )
        : [],
    hits: (text) => (everyWord ? hitsIn(text, everyWord) : []),
  }
}

/** A pattern for any of some names, each as a whole word. */
function wordsPattern(words: readonly string[]): RegExp {
  return new RegExp(`\\b(?:${words.map(literally).join('|')})\\b`)
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
