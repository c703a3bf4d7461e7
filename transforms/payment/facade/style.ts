/** Writes generated code as the project writes its own. The code comes with semicolons, single quotes and two spaces. */
import type { ProjectStyle } from './types.ts'

/** A file of the façade in the style, and in the kind of modules, of a project. `up`: the way from its folder to that of the façade. */
export function styled(text: string, style: ProjectStyle, { up }: { readonly up?: string } = {}): string {
  const { format, importExtension, language, modules } = style
  let result = text.replace(/\n{3,}/g, '\n\n').trimStart()
  result = result.replace(/(\bfrom ')(\.[^']*)(';)/g, (_all, before: string, path: string, after: string) => {
    const place = up === undefined ? path : path.replace(/^\.\//, up)
    return `${before}${place.replace(/\.ts$/, '')}${importExtension}${after}`
  })
  if (modules === 'commonjs' && language === 'javascript') result = commonJs(result)
  result = result
    .split('\n')
    .flatMap((line) => folded(line, format.lineWidth))
    .join('\n')
  const changed = tokensOf(result).map((token) => {
    if (token.is === 'string' && format.quotes === 'double') return doubled(token.text)
    return token.text
  })
  result = changed.join('')
  if (!format.semicolons) result = withoutSemicolons(result)
  if (format.indent !== '  ')
    result = result.replace(/^(?: {2})+/gm, (spaces) => format.indent.repeat(spaces.length / 2))
  if (format.trailingCommas === 'none') result = result.replace(/,(\n\s*[\])}])/g, '$1')
  if (format.trailingCommas === 'es5') result = result.replace(/,(\n\s*\)(?: \{|: |;| =>))/g, '$1')
  if (!result.endsWith('\n')) result += '\n'
  return format.newline === '\n' ? result : result.replaceAll('\n', '\r\n')
}

/** `import` and `export` as `require` and `module.exports`. */
function commonJs(text: string): string {
  const names: string[] = []
  const again: string[] = []
  const result = text
    .replace(/^import (\w+) from '([^']+)';$/gm, "const $1 = require('$2');")
    .replace(/^import \{([^}]*)\} from '([^']+)';$/gm, (all, list: string, from: string) => {
      // Vitest makes modules of its tests, and refuses to be required
      if (from === 'vitest') return all
      const renamed = list.replace(/(\w+) as (\w+)/g, '$1: $2')
      return `const {${renamed}} = require('${from}');`
    })
    .replace(/^export \{([^}]*)\} from '([^']+)';$/gm, (_all, list: string, from: string) => {
      const own = list
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean)
      again.push(`const { ${own.join(', ')} } = require('${from}');`)
      names.push(...own)
      return ''
    })
    .replace(/^export (async function|function|const|class|let) (\w+)/gm, (_all, kind: string, name: string) => {
      names.push(name)
      return `${kind} ${name}`
    })
  const required = again.join('\n')
  const head = /^(?:\/\*\*[\s\S]*?\*\/\n)?/.exec(result)![0]
  const body = result.slice(head.length)
  const strict = `${head}'use strict';\n\n${required === '' ? '' : `${required}\n`}${body.trimStart()}`
  if (names.length === 0) return strict
  return `${strict.trimEnd()}\n\nmodule.exports = { ${[...new Set(names)].sort().join(', ')} };\n`.replace(
    /\n{3,}/g,
    '\n\n',
  )
}

/** What may stand behind the group that is folded. */
const REST = /^(?:[)\];,]*| from '[^']*';| = require\('[^']*'\);)$/

/** A line that is too long, with the members of the group it ends with on lines of their own. */
function folded(line: string, width: number): string[] {
  if (line.length <= width || /^\s*(?:\*|\/\/|\/\*\*)/.test(line)) return [line]
  const indent = /^ */.exec(line)![0]
  const group = lastGroup(line)
  if (group === undefined) return [line]
  const parts = group.parts.map((part) => `${indent}  ${part},`)
  return [
    line.slice(0, group.start + 1),
    ...parts.flatMap((part) => folded(part, width)),
    `${indent}${line.slice(group.end)}`,
  ]
}

/** The outermost object, list or set of names that the line ends with, with its members. */
function lastGroup(line: string) {
  const open: { readonly at: number; readonly text: string; readonly commas: number[] }[] = []
  let found: { readonly start: number; readonly end: number; readonly parts: readonly string[] } | undefined
  for (const { text, at } of positionsOf(line)) {
    if ('{[('.includes(text)) open.push({ at, text, commas: [] })
    else if (text === ',') open.at(-1)?.commas.push(at)
    else {
      const group = open.pop()
      if (group === undefined || group.text === '(' || !REST.test(line.slice(at + 1))) continue
      const edges = [group.at, ...group.commas, at]
      const parts = edges.slice(1).map((edge, index) => line.slice(edges[index]! + 1, edge).trim())
      const members = parts.filter((part) => part !== '')
      if (members.length > 0) found = { start: group.at, end: at, parts: members }
    }
  }
  return found
}

/** Where brackets and commas stand that are not within a text, a template or a regular expression. */
function positionsOf(line: string): { readonly text: string; readonly at: number }[] {
  const found: { text: string; at: number }[] = []
  let at = 0
  for (const token of tokensOf(line)) {
    if (token.is === 'code' && !token.text.startsWith('/'))
      for (const [offset, character] of [...token.text].entries())
        if ('{}[](),'.includes(character)) found.push({ text: character, at: at + offset })
    at += token.text.length
  }
  return found
}

interface Token {
  readonly is: 'code' | 'string' | 'template' | 'comment'
  readonly text: string
}

const PIECE =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|\/(?![*/ ])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|`(?:\\.|[^`\\])*`/g

/** Our own code in pieces: comments, texts, templates (with what is in them) and the rest. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  let end = 0
  for (const match of text.matchAll(PIECE)) {
    if (match.index > end) tokens.push({ is: 'code', text: text.slice(end, match.index) })
    const [piece] = match
    const is = piece.startsWith("'")
      ? 'string'
      : piece.startsWith('`')
        ? 'template'
        : /^\/[*/]/.test(piece)
          ? 'comment'
          : 'code'
    tokens.push({ is, text: piece })
    end = match.index + piece.length
  }
  if (end < text.length) tokens.push({ is: 'code', text: text.slice(end) })
  return tokens
}

function doubled(single: string): string {
  const inner = single.slice(1, -1)
  if (inner.includes('"')) return single
  return `"${inner.replaceAll("\\'", "'")}"`
}

/** A semicolon at the end of a line says nothing, unless the next line begins with what could go on. */
function withoutSemicolons(text: string): string {
  const lines = text.split('\n')
  return lines
    .map((line, index) => {
      if (!line.endsWith(';') || /^\s*(?:\*|\/\/)/.test(line)) return line
      const next =
        lines
          .slice(index + 1)
          .find((one) => one.trim() !== '')
          ?.trim() ?? ''
      return /^[[(`+\-/*.]/.test(next) && !/^\/[/*]/.test(next) ? line : line.slice(0, -1)
    })
    .join('\n')
}
