import {
  argumentsOf,
  defineChange,
  fix,
  insertAfter,
  insertBefore,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  keyName,
  literalText,
  type MemberCall,
  memberName,
  type Node,
  replace,
  unwrap,
} from '#kit'
import { Response } from './provider.ts'

export default defineChange({
  title: '`res.sendfile()` was removed',
  why: 'The method is called `sendFile` and wants an absolute path or a `root`. The call throws "res.sendfile is not a function" when a request reaches it.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#res.sendfile',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['sendfile'],
  names: ['sendfile'],
  *find(file) {
    for (const use of file.members([Response], 'sendfile'))
      yield {
        at: use.property,
        message: 'the method is `sendFile`, with an absolute path or a `root`',
        evidence: use,
        ...(use.call ? rewrite(file, use as MemberCall) : {}),
      }
    for (const use of file.destructured([Response], 'sendfile'))
      yield { at: use.property, message: '`sendfile` is taken out of the response, but is gone', evidence: use }
  },
})

const DOUBTFUL = [
  'a path that is not known to be absolute: `path.resolve()` around it would let `../` leave the folder, which Express 4 refused; give `sendFile` a `root`',
]

const DECODED = ['Express 4 decoded `%` in the path and served folders that start with a dot; `sendFile` does neither']

function rewrite(file: JavaScriptFile, use: MemberCall) {
  const [path, second] = use.arguments
  if (!path || path.type === 'SpreadElement') return {}
  const raw = file.source(use.property)
  const rename = replace(use.property, use.property.type === 'Identifier' ? 'sendFile' : `${raw[0]}sendFile${raw[0]}`)
  const title = 'Rename to `sendFile`'
  const text = literalText(path)
  if (text !== undefined && /%|(?:^|[\\/])\.[^./\\]/.test(text)) return { notes: DECODED }
  if (hasRoot(second) || isAbsolute(file, path, 0)) return { fix: fix('safe', title, rename) }
  if (text === undefined || text.includes('..') || text === '') return { notes: DOUBTFUL }
  const withRoot = 'Rename to `sendFile`, with the root that Express 4 took'
  if (!second) return { fix: fix('safe', withRoot, rename, insertAfter(path, ', { root: process.cwd() }')) }
  if (isFunction(second) || file.known(second).type === 'function')
    return { fix: fix('safe', withRoot, rename, insertBefore(second, '{ root: process.cwd() }, ')) }
  if (second.type !== 'ObjectExpression' || second.properties.some((property) => property.type === 'SpreadElement'))
    return { notes: DOUBTFUL }
  const first = second.properties[0] as Node | undefined
  const edit = first ? insertBefore(first, 'root: process.cwd(), ') : replace(second, '{ root: process.cwd() }')
  return { fix: fix('safe', withRoot, rename, edit) }
}

function hasRoot(options: Node | undefined): boolean {
  return (
    options?.type === 'ObjectExpression' &&
    options.properties.some((property) => property.type !== 'SpreadElement' && keyName(property) === 'root')
  )
}

/** True if an expression is an absolute path on every machine: it starts with `__dirname`, `path.resolve(…)`, `/`. */
function isAbsolute(file: JavaScriptFile, expression: Node, depth: number): boolean {
  const node = unwrap(expression)
  if (depth > 8) return false
  switch (node.type) {
    case 'StringLiteral':
      return /^(?:\/|[A-Za-z]:[\\/])/.test(node.value)
    case 'TemplateLiteral': {
      const [head] = node.quasis
      if (head?.value.cooked) return head.value.cooked.startsWith('/')
      return node.expressions[0] !== undefined && isAbsolute(file, node.expressions[0] as Node, depth + 1)
    }
    case 'BinaryExpression':
      return node.operator === '+' && isAbsolute(file, node.left as Node, depth + 1)
    case 'Identifier': {
      const binding = file.module.binding(node)
      if (!binding) return node.name === '__dirname' || node.name === '__filename'
      const declaration =
        binding.kind === 'const' || file.module.references(binding).every((reference) => !isAssigned(reference))
          ? binding.declarations[0]
          : undefined
      return (
        declaration?.type === 'VariableDeclarator' &&
        declaration.id.type === 'Identifier' &&
        declaration.init != null &&
        isAbsolute(file, declaration.init as Node, depth + 1)
      )
    }
    case 'MemberExpression':
      return node.object.type === 'MetaProperty' && /^(?:dirname|filename)$/.test(memberName(node) ?? '')
    case 'CallExpression':
      return isAbsoluteCall(file, node as Node & typeof node, depth)
    default:
      return false
  }
}

/** `path.join(__dirname, …)`, `path.resolve(…)`, `process.cwd()`, `fileURLToPath(…)`. */
function isAbsoluteCall(file: JavaScriptFile, call: Node, depth: number): boolean {
  if (!isCall(call, false)) return false
  const callee = unwrap(call.callee)
  const name = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
  const args = argumentsOf(call)
  if (isMember(callee) && callee.object.type === 'Identifier' && callee.object.name === 'process') return name === 'cwd'
  const fromNode = file
    .known(callee)
    .alternatives.every((v) => v.is === 'foreign' && /Node's '(?:node:)?(?:path|url)'/.test(v.what))
  if (!fromNode || !args[0]) return false
  if (name === 'resolve' || name === 'fileURLToPath') return true
  return (name === 'join' || name === 'normalize' || name === 'dirname') && isAbsolute(file, args[0], depth + 1)
}

function isAssigned(reference: Node & { parent?: Node }): boolean {
  const { parent } = reference
  return parent?.type === 'AssignmentExpression' && parent.left === reference
}
