import { areDisjoint, type JsonFile, type Range, type YamlFile } from '#kit'
import { NEEDED } from './family.ts'

/** An override that keeps Express 5 from getting what it needs. */
export interface Pin {
  readonly name: string
  readonly value: string
  readonly needs: string
  /** Where it stands: `overrides.express.path-to-regexp`. */
  readonly where: string
  readonly range: Range
  /** True if it is for Express alone, so that nothing else loses it. */
  readonly scoped: boolean
  /** What takes the entry out; absent where that cannot be done by a splice. */
  readonly removal?: Range
}

/** Where each package manager reads overrides from in package.json. */
const HOLDERS: readonly (readonly string[])[] = [['overrides'], ['resolutions'], ['pnpm', 'overrides']]

/** The pins of a package.json. */
export function pinsInManifest(file: JsonFile): Pin[] {
  return HOLDERS.flatMap((holder) => pinsBelow(file, holder, []))
}

function pinsBelow(file: JsonFile, path: readonly string[], above: readonly Selector[]): Pin[] {
  const entries = file.entries(...path).map((entry) => {
    const chain = entry.key === '.' ? above : [...above, ...selectors(entry.key)]
    return { ...entry, judged: judge(chain, entry.value.value) }
  })
  return entries.flatMap(({ key, keyRange, value, judged }, index): Pin[] => {
    const inner = typeof value.value === 'object' ? pinsBelow(file, [...path, key], [...above, ...selectors(key)]) : []
    if (!judged) return inner
    // what is removed with it at the same level decides which comma goes along
    const goes = (one: (typeof entries)[number]) => one.judged?.scoped === judged.scoped
    const next = entries[index + 1]
    const holder = file.at(...path)!
    const isEmptied = entries.every(goes)
    const removal =
      next && entries.slice(index + 1).some((one) => !goes(one))
        ? { start: keyRange.start, end: next.keyRange.start }
        : {
            start: entries[index - 1]?.value.end ?? (isEmptied ? holder.start + 1 : keyRange.start),
            end: isEmptied && !next ? holder.end - 1 : value.end,
          }
    return [{ ...judged, where: [...path, key].join('.'), range: value, removal }]
  })
}

/** The pins of pnpm-workspace.yaml; an entry that stands on a line of its own, beside others, can be removed. */
export function pinsInWorkspace(file: YamlFile): Pin[] {
  const all = file.scalars().filter(({ path }) => path.length === 2 && path[0] === 'overrides')
  return all.flatMap(({ path, value, range }): Pin[] => {
    const judged = judge(selectors(path[1]!), value)
    if (!judged) return []
    const start = file.text.lastIndexOf('\n', range.start - 1) + 1
    const newline = file.text.indexOf('\n', range.end)
    const end = newline < 0 ? file.text.length : newline + 1
    const isOwnLine = /^[ \t]+(['"]?)[^'"{}]+\1:[ \t]*['"]?$/.test(file.text.slice(start, range.start))
    return [
      { ...judged, where: path.join('.'), range, ...(isOwnLine && all.length > 1 ? { removal: { start, end } } : {}) },
    ]
  })
}

/** One part of what an override is for: a package, and the ranges asked for that it holds for. */
interface Selector {
  readonly name: string
  readonly range?: string
}

/** `path-to-regexp`, `express/path-to-regexp`, `**\/send`, `express@4>send`, `path-to-regexp@npm:^0.1.7`. */
function selectors(key: string): Selector[] {
  const parts = key.match(/(?:@[^/@>]+\/)?[^/@>]+(?:@(?:npm:)?[^/>]*(?:>=?[\d][^/>]*)?)?/g) ?? []
  return parts.map((part) => {
    const at = part.indexOf('@', 1)
    if (at < 0) return { name: part }
    return { name: part.slice(0, at), range: decodeURIComponent(part.slice(at + 1)).replace(/^npm:/, '') }
  })
}

function judge(
  chain: readonly Selector[],
  value: unknown,
): Pick<Pin, 'name' | 'value' | 'needs' | 'scoped'> | undefined {
  const target = chain.at(-1)
  const needs = target && Object.hasOwn(NEEDED, target.name) ? NEEDED[target.name] : undefined
  if (!target || needs === undefined || typeof value !== 'string') return undefined
  // a selector that what Express 5 asks for does not fit leaves Express 5 alone
  if (target.range && areDisjoint(target.range, needs)) return undefined
  const above = chain.slice(0, -1).filter(({ name }) => !/^\*+$/.test(name))
  const isReached = above.every(
    ({ name, range }) => Object.hasOwn(NEEDED, name) && !(range && areDisjoint(range, NEEDED[name]!)),
  )
  const pinned = value.replace(/^npm:(?:(?:@[^/]+\/)?[^@]+@)?/, '')
  if (!isReached || !areDisjoint(pinned, needs)) return undefined
  return { name: target.name, value, needs, scoped: above.some(({ name }) => name === 'express') }
}
