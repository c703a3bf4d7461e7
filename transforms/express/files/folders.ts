import { dirname, join, normalize, posix } from 'node:path/posix'
import { argumentsOf, isCall, isMember, type JavaScriptFile, literalText, memberName, type Node, unwrap } from '#kit'
import { onlyValue } from '../handlers/absolute-paths.ts'

const DEPTH = 8
/** Stands for the project root, which has no place of its own here. */
const ROOT = '/\0'

/**
 * The folder of the project that a path names, relative to the project root; undefined for one that lies elsewhere or is
 * not known. A relative path starts from `cwd`, the folder that the program is started in.
 */
export function projectFolder(file: JavaScriptFile, path: Node, cwd: string): string | undefined {
  const text = pathOf(file, path, cwd, 0)
  if (text === undefined) return undefined
  const absolute = normalize(posix.isAbsolute(text) ? text : join(ROOT, cwd, text))
  if (absolute !== ROOT && !absolute.startsWith(`${ROOT}/`)) return undefined
  return absolute.slice(ROOT.length + 1).replace(/\/$/, '') || '.'
}

/** A path as text, in which the project root is `ROOT`. */
function pathOf(file: JavaScriptFile, expression: Node, cwd: string, depth: number): string | undefined {
  const node = unwrap(expression)
  if (depth > DEPTH) return undefined
  const part = (inner: Node) => pathOf(file, inner, cwd, depth + 1)
  const known = literalText(node)
  if (known !== undefined) return known
  switch (node.type) {
    case 'TemplateLiteral':
      return joined(
        node.quasis.flatMap(({ value }, index) => [
          value.cooked ?? undefined,
          index < node.expressions.length ? part(node.expressions[index] as Node) : '',
        ]),
        '',
      )
    case 'BinaryExpression':
      return node.operator === '+' ? joined([part(node.left as Node), part(node.right as Node)], '') : undefined
    case 'Identifier': {
      if (!file.module.binding(node))
        return node.name === '__dirname' ? own(file, true) : node.name === '__filename' ? own(file, false) : undefined
      const init = onlyValue(file, node)
      return init && part(init)
    }
    case 'MemberExpression':
      if (node.object.type === 'MetaProperty')
        return { dirname: own(file, true), filename: own(file, false), url: own(file, false) }[memberName(node) ?? '']
      return memberName(node) === 'pathname' ? part(node.object as Node) : undefined
    case 'NewExpression': {
      const [relative, base] = argumentsOf(node as never).map(part)
      return relative === undefined || base === undefined ? undefined : join(dirname(base), relative)
    }
    default:
      return isCall(node, false) ? called(node, part, cwd) : undefined
  }
}

function own(file: JavaScriptFile, isFolder: boolean): string {
  return join(ROOT, isFolder ? dirname(file.path) : file.path)
}

function called(node: Node, part: (inner: Node) => string | undefined, cwd: string): string | undefined {
  if (!isCall(node, false)) return undefined
  const callee = unwrap(node.callee)
  const name = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
  if (isModuleResolution(node)) return undefined
  const parts = argumentsOf(node).map(part)
  if (name === 'cwd') return join(ROOT, cwd)
  if (name === 'join' || name === 'normalize') return joined(parts, '/')
  if (name === 'resolve')
    return parts.includes(undefined) ? undefined : posix.resolve(join(ROOT, cwd), ...(parts as string[]))
  if (name === 'fileURLToPath') return parts[0]
  return name === 'dirname' && parts[0] !== undefined ? dirname(parts[0]) : undefined
}

/** `require.resolve('x')` and `import.meta.resolve('x')`: the file of a package, wherever that is installed. */
export function isModuleResolution(node: Node): boolean {
  if (!isCall(node, false)) return false
  const callee = unwrap(node.callee)
  if (!isMember(callee) || memberName(callee) !== 'resolve') return false
  const { object } = callee
  return object.type === 'MetaProperty' || (object.type === 'Identifier' && object.name === 'require')
}

function joined(parts: readonly (string | undefined)[], separator: string): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(separator)
}
