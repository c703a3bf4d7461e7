/** What a façade that is generated anew changes in a package. */
import { type DraftEdit, type DraftRequest, type ProjectFacts, replace, type Survey } from '#kit'
import type { Facade } from '../facade/types.ts'
import { digest, type Lock } from './lock.ts'
import { isTest } from './project.ts'

const FACADE_FILES: Survey<readonly (readonly [path: string, text: string])[]> = {
  mentions: [''],
  look: (files) =>
    [...files]
      .filter(({ path }) =>
        /payments\/[\w-]+\/|(?:^|\/)payments-[\w-]+$/.test(path.replace(/(?:[.-](?:test|spec))?\.[cm]?[jt]s$/, '')),
      )
      .map(({ path, text }) => [path, text] as const),
}

/** The edits of files that stay, and the files that come and go; or what is not as it was generated. */
export type Regenerated =
  | { readonly is: 'changed'; readonly what: readonly string[] }
  | { readonly is: 'made'; readonly edits: readonly DraftEdit[]; readonly requests: readonly DraftRequest[] }

/** Compares a façade with the one that a package has. What somebody has changed is not overwritten. */
export function regenerated(project: ProjectFacts, lock: Lock, then: Facade): Regenerated {
  const there = new Map(project.survey(FACADE_FILES))
  const own = Object.entries(lock.files).filter(([path]) => !isTest(path))
  // a test that somebody has changed is theirs, and would fail where what it is about is no longer there
  const lost = Object.entries(lock.files).filter(([path, was]) => {
    const text = there.get(path)
    const next = then.files.get(path)
    return isTest(path) && text !== undefined && digest(text) !== was && (next === undefined || digest(next) !== was)
  })
  const what = [
    ...lost.map(([path]) => `${path} was changed, and some of what it is about goes`),
    ...own
      .filter(([path, was]) => there.has(path) && digest(there.get(path)!) !== was)
      .map(([path]) => `${path} was changed`),
    ...own.filter(([path]) => !there.has(path)).map(([path]) => `${path} is not there`),
  ]
  if (what.length > 0) return { is: 'changed', what }
  const edits = [...then.files].flatMap(([path, text]) => {
    const was = there.get(path)
    const isTheirs = was !== undefined && isTest(path) && digest(was) !== lock.files[path]
    return was === undefined || isTheirs || digest(was) === digest(text)
      ? []
      : [replace({ start: 0, end: was.length }, text, path)]
  })
  const added = [...then.files].flatMap(([path, text]): DraftRequest[] =>
    there.has(path) ? [] : [{ add: 'file', file: path, text }],
  )
  const removed = [...there].flatMap(([path, text]): DraftRequest[] =>
    Object.hasOwn(lock.files, path) && digest(text) === lock.files[path] && !then.files.has(path)
      ? [{ remove: 'file', file: path, text }]
      : [],
  )
  return { is: 'made', edits, requests: [...added, ...removed] }
}
