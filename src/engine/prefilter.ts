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
  const named = anyWord ? [anyWord.source] : []
  const sources = active.flatMap(({ tests }) => tests.map((test) => test.source))
  const sourcesWithoutUses = active.flatMap(({ testsWithoutUses }) => testsWithoutUses.map((test) => test.source))
  const anything = anyOf([...sources, ...named])
  const anythingWithoutUses = anyOf([...sourcesWithoutUses, ...named])
  const withoutUses = anyOf(sourcesWithoutUses)
  return {
    words,
    mayMatter: (text, values) => all || (values ? anything : anythingWithoutUses)?.test(text) === true,
    interested: (text, values) =>
      all || values || withoutUses?.test(text)
        ? active.filter(
            ({ tests, testsWithoutUses }) => all || (values ? tests : testsWithoutUses).some((test) => test.test(text)),
          )
        : [],
    hits: (text) =>
      anyWord ? [...text.matchAll(anyWord)].map((match) => ({ word: match[0], offset: match.index })) : [],
  }
}

function anyOf(sources: readonly string[]): RegExp | undefined {
  return sources.length > 0 ? new RegExp([...new Set(sources)].join('|')) : undefined
}

function asPattern(mention: string | RegExp): RegExp {
  return typeof mention === 'string' ? new RegExp(literally(mention)) : new RegExp(mention.source)
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
