import type { LegacyKey } from './matchers.ts'
import type { RegExpText } from './types.ts'

/**
 * The RegExp that Express 4 makes of a path, written so that Express 5 gives its groups the same keys: named groups for
 * named parameters, unnamed ones for numeric keys, no literal `(` (router 2 counts `\(` as a group), no group without a
 * purpose. Undefined when the source has groups that router 2 cannot count, or a name stands twice.
 */
export function withNamedGroups(regexp: RegExp, keys: readonly LegacyKey[]): RegExpText | undefined {
  const { source, flags } = regexp
  const names = keys.map((key) => key.name).filter((name) => typeof name === 'string')
  if (/\(\?<[=!]/.test(source) || new Set(names).size < names.length) return undefined
  const opening = (i: number): string => {
    const name = keys[i]?.name
    if (typeof name !== 'string' || !/^[a-z_]\w*$/i.test(name)) return '('
    return `(?<${name}>`
  }
  return { source: withoutIdleGroups(rewriteGroups(source, opening)), flags }
}

/** Walks the source, giving the i-th capturing group a new opening. */
function rewriteGroups(source: string, opening: (i: number) => string): string {
  let out = ''
  let groups = 0
  let inClass = false
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!
    const named = /^\(\?<\w+>/.exec(source.slice(i, i + 80))?.[0]
    if (char === '\\') out += source[++i] === '(' ? '\\x28' : `\\${source[i]}`
    else if (inClass && char === '(') out += '\\x28'
    else if (!inClass && named) {
      out += opening(groups++)
      i += named.length - 1
    } else if (!inClass && char === '(' && source[i + 1] !== '?') out += opening(groups++)
    else out += char
    if (char === '[') inClass = true
    if (char === ']') inClass = false
  }
  return out
}

/** Takes away `(?:…)` where nothing repeats it and it holds no alternatives. */
function withoutIdleGroups(source: string): string {
  const open: { at: number; idle: boolean }[] = []
  const drop = new Set<number>()
  let inClass = false
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!
    if (char === '\\') i++
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (inClass) continue
    else if (char === '(') open.push({ at: i, idle: source.startsWith('(?:', i) })
    else if (char === '|' && open.length > 0) open[open.length - 1]!.idle = false
    else if (char === ')') {
      const group = open.pop()
      if (!group?.idle || /[?*+{\d]/.test(source[i + 1] ?? '')) continue
      for (const at of [group.at, group.at + 1, group.at + 2, i]) drop.add(at)
    }
  }
  return Array.from(source, (char, i) => (drop.has(i) ? '' : char)).join('')
}
