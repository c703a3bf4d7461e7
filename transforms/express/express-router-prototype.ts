import {
  type Draft,
  defineChange,
  isCall,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { HTTP_METHODS, RouterFactory } from './provider.ts'

/** Members of every router, which `express.Router` itself had in Express 4. */
const STATICS = new Set(
  [...HTTP_METHODS, 'all', 'use', 'route', 'param', 'handle', 'process_params'].filter((name) => name !== 'bind'),
)
/** Members of every function. */
const OF_FUNCTIONS = new Set(['prototype', 'name', 'length', 'call', 'apply', 'bind', 'toString', 'constructor'])

export default defineChange({
  title: '`express.Router` is no longer the prototype of every router',
  why: 'In Express 4 `express.Router.paged = fn` gave every router a method `paged`, and `express.Router.use` was the method of all of them. In Express 5 only `express.Router.prototype.paged = fn` does: the old form is accepted without a word, and "router.paged is not a function" follows when it is called; `router instanceof express.Router` is true now.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/pillarjs/router/blob/master/index.js',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\bRouter\b/],
  *find(file) {
    for (const node of factories(file)) {
      const found = judge(file, node)
      const evidence = found && file.evidence(node, [RouterFactory])
      if (evidence) yield { ...found, evidence: { certainty: evidence.certainty, steps: evidence.steps } }
    }
  },
})

/** Every expression called `Router`, and the names that one is given. */
function factories(file: JavaScriptFile): Node[] {
  return file.module.identifiersNamed('Router').flatMap((id) => {
    const parent = parentOf(id)
    const node: Node = isMember(parent) && parent.property === id ? parent : id
    const holder = parentOf(node)
    const alias =
      holder?.type === 'VariableDeclarator' &&
      holder.init === node &&
      holder.id.type === 'Identifier' &&
      holder.id.name !== 'Router'
        ? file.module.scopes.lookup(holder.id.name, holder.id as Node)
        : undefined
    return [node, ...(alias ? file.module.references(alias) : [])]
  })
}

/** An expression with what does not change its value: `(x as any)`. */
function withCasts(node: Node): Node {
  const parent = parentOf(node)
  return parent && unwrap(parent) === unwrap(node) ? withCasts(parent) : node
}

function judge(file: JavaScriptFile, bare: Node): Omit<Draft, 'evidence'> | undefined {
  const factory = withCasts(bare)
  const parent = parentOf(factory)
  if (isMember(parent) && parent.object === factory) return member(parent)
  if (parent?.type === 'BinaryExpression' && parent.operator === 'instanceof' && parent.right === factory)
    return { at: parent, message: 'this was false for every router, and is true now' }
  if (parent?.type === 'AssignmentExpression' && parent.right === factory && isProto(parent.left as Node))
    return { at: factory, message: INHERITED, notes: [INSTEAD] }
  if (!isCall(parent, false) || parent.callee === factory) return undefined
  const callee = unwrap(parent.callee)
  const name = isMember(callee) ? `${file.source(callee.object)}.${memberName(callee)}` : ''
  const isFirst = (parent.arguments as unknown as readonly Node[])[0] === factory
  const givesPrototype = /^(?:Object|Reflect)\.(?:setPrototypeOf|create)$/.test(name)
  if (givesPrototype && isFirst === name.endsWith('.create'))
    return { at: factory, message: INHERITED, notes: [INSTEAD] }
  if (
    isFirst &&
    /^(?:Object\.(?:assign|definePropert(?:y|ies)|setPrototypeOf|getOwnPropertyNames|keys)|(?:_|lodash)\.extend)$/.test(
      name,
    )
  )
    return { at: factory, message: MESSAGE, notes: [CURE] }
  return undefined
}

/** `x.__proto__`. */
function isProto(target: Node): boolean {
  return isMember(target) && memberName(target) === '__proto__'
}

const INHERITED = '`express.Router` has no methods to inherit any more: they are on `express.Router.prototype`'
const INSTEAD = 'take `express.Router.prototype` as the prototype, which Express 4 does not have'
const MESSAGE = 'what `express.Router` itself is given no longer reaches the routers'
const CURE = 'set it on `express.Router.prototype`, which Express 4 does not look at'

function member(node: Node): Omit<Draft, 'evidence'> | undefined {
  if (!isMember(node)) return undefined
  const name = memberName(node)
  if (name !== undefined && OF_FUNCTIONS.has(name)) return undefined
  const parent = parentOf(node)
  if (parent?.type === 'AssignmentExpression' && parent.left === node)
    return { at: node.property as Node, message: MESSAGE, notes: [CURE] }
  if (name !== undefined && STATICS.has(name))
    return {
      at: node.property as Node,
      message: `\`express.Router.${name}\` is undefined; it is \`express.Router.prototype.${name}\``,
    }
  return undefined
}
