import { normalize } from 'node:path/posix'
import { argumentsOf, isCall, isMember, type JavaScriptFile, memberName, type Node, unwrap } from '#kit'
import { onlyValue } from '../handlers/absolute-paths.ts'
import { quoteOf } from '../handlers/layout.ts'
import { isModuleResolution, projectFolder } from './folders.ts'

const DEPTH = 8
/** Stands for what is not known, in a text that is. */
const UNKNOWN = '\0'
/** Stands for the folder of the project. */
const PROJECT = '\x01/'
/** Stands for the folder of a package that is installed. */
const PACKAGE = '\x02/'

/** True if a path certainly leads through a folder whose name starts with a dot: `/srv/.cache/x`, `join(dir, '.data', name)`. */
export function leadsThroughDotFolder(file: JavaScriptFile, path: Node): boolean {
  return /(?:^|[\\/])\.[^./\\\0][^\\/]*[\\/]/.test(normalize(pathText(file, path)))
}

/** Where a path starts: where the file itself lies (`join(__dirname, name)`), or at a package (`require.resolve(name)`). */
export function startOf(file: JavaScriptFile, path: Node): 'own-folder' | 'package' | undefined {
  const text = normalize(pathText(file, path))
  return text.startsWith(PROJECT) ? 'own-folder' : text.startsWith(PACKAGE) ? 'package' : undefined
}

/** A path as text, as far as it is known. */
function pathText(file: JavaScriptFile, expression: Node, depth = 0): string {
  const node = unwrap(expression)
  if (depth > DEPTH) return UNKNOWN
  const text = (part: unknown) => pathText(file, part as Node, depth + 1)
  switch (node.type) {
    case 'StringLiteral':
      return node.value
    case 'TemplateLiteral':
      return node.quasis
        .map(
          ({ value }, index) =>
            (value.cooked ?? UNKNOWN) + (index < node.expressions.length ? text(node.expressions[index]) : ''),
        )
        .join('')
    case 'BinaryExpression':
      return node.operator === '+' ? text(node.left) + text(node.right) : UNKNOWN
    case 'Identifier': {
      const { value } = file.known(node)
      if (typeof value === 'string') return value
      const init = onlyValue(file, node)
      return init ? text(init) : ownPlace(file, node)
    }
    default:
      if (isModuleResolution(node)) return `${PACKAGE}${UNKNOWN}/${UNKNOWN}`
      if (isCalled(node, /^(?:normalize|fileURLToPath)$/)) return text(argumentsOf(node as never)[0])
      if (isCalled(node, /^dirname$/)) return text(argumentsOf(node as never)[0]).replace(/\/[^/]*$/, '')
      return isJoin(node)
        ? argumentsOf(node as never)
            .map(text)
            .join('/')
        : ownPlace(file, node)
  }
}

/** `__dirname` and its relatives, from the folder of the project on. */
function ownPlace(file: JavaScriptFile, node: Node): string {
  // a program may be started anywhere
  const place = /\bcwd\b/.test(file.source(node)) ? undefined : projectFolder(file, node, '.')
  return place === undefined ? UNKNOWN : `${PROJECT}${place === '.' ? '' : place}`
}

/** True for `path.join(…)` and `path.resolve(…)`, however they were imported. */
export function isJoin(node: Node): boolean {
  return isCalled(node, /^(?:join|resolve)$/) && !isModuleResolution(node)
}

function isCalled(node: Node, names: RegExp): boolean {
  if (!isCall(node, false)) return false
  const callee = unwrap(node.callee)
  const name = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
  return name !== undefined && names.test(name)
}

/** A path cut before its last part. */
export interface CutPath {
  /** Source of the folder. */
  readonly root: string
  /** Source of the rest. */
  readonly rest: string
  /** True if the rest is a literal name without dots in front, so that nothing can lead out of the folder. */
  readonly isPlain: boolean
}

/** Cuts a path into a folder and a name, where that can be written: `join(a, b, 'x')` → `join(a, b)` and `'x'`. */
export function cutPath(file: JavaScriptFile, expression: Node): CutPath | undefined {
  const node = unwrap(expression)
  if (node.type === 'StringLiteral') {
    const quote = file.source(node)[0]!
    const parts = atLastSlash(node.value)
    return parts && { root: quote + parts[0] + quote, rest: quote + parts[1] + quote, isPlain: true }
  }
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    const right = unwrap(node.right)
    if (right.type !== 'StringLiteral' || !right.value.startsWith('/') || !isPlainPath(right.value.slice(1)))
      return undefined
    const quote = file.source(right)[0]!
    return { root: file.source(node.left), rest: quote + right.value.slice(1) + quote, isPlain: true }
  }
  if (node.type === 'TemplateLiteral') {
    const [folder, more] = node.expressions
    const [before, behind] = node.quasis.map(({ value }) => value.cooked ?? '')
    if (!folder || more || before !== '' || !behind?.startsWith('/') || !isPlainPath(behind.slice(1))) return undefined
    const quote = quoteOf(file.module)
    return { root: file.source(folder), rest: quote + behind.slice(1) + quote, isPlain: true }
  }
  return isJoin(node) ? cutJoin(file, node) : undefined
}

function cutJoin(file: JavaScriptFile, node: Node): CutPath | undefined {
  const all = argumentsOf(node as never)
  const last = all.at(-1)
  const before = all.at(-2)
  if (!last || !before || all.some(({ type }) => type === 'SpreadElement')) return undefined
  const isName = last.type === 'StringLiteral' && isPlainPath(last.value)
  const isVariable = last.type === 'Identifier' || isMember(last)
  const parts = last.type === 'StringLiteral' && !isName ? atLastSlash(last.value) : undefined
  if (parts) {
    const quote = file.source(last)[0]!
    const root = `${file.text.slice(node.start, last.start)}${quote}${parts[0]}${quote})`
    return { root, rest: quote + parts[1] + quote, isPlain: true }
  }
  if (!isName && !isVariable) return undefined
  const isAlone = all.length === 2 && /^(?:Identifier|MemberExpression|StringLiteral)$/.test(before.type)
  const root = isAlone ? file.source(before) : `${file.text.slice(node.start, before.end)})`
  return { root, rest: file.source(last), isPlain: isName }
}

/** A path in two: `../public/a.html` → `../public` and `a.html`; undefined for one that has to stay whole. */
function atLastSlash(path: string): readonly [folder: string, name: string] | undefined {
  const at = path.lastIndexOf('/')
  const name = path.slice(at + 1)
  return at <= 0 || path.includes('\\') || !isPlainPath(name) ? undefined : [path.slice(0, at), name]
}

/** A name, or a path below the folder, in which nothing starts with a dot. */
function isPlainPath(text: string): boolean {
  return /^[^./\\%][^/\\%]*(?:\/[^./\\%][^/\\%]*)*$/.test(text)
}
