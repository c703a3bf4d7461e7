import {
  argumentsOf,
  defineChange,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  keyName,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { onlyValue } from './handlers/absolute-paths.ts'
import { App, Response } from './provider.ts'

/** Packages whose documents have their fields on the prototype. */
const DOCUMENTS = new Set(['mongoose'])

export default defineChange({
  title: 'Views get only what locals have themselves',
  why: 'Locals, and the options of `res.cookie()`, were copied with `for … in`, and are copied with spread now: what comes from a prototype (`Object.create(base)`, fields of a document) is missing in the view. Nothing is thrown by most engines.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/expressjs/express/blob/5.x/lib/application.js',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\b(?:render|cookie|locals)\b/],
  *find(file) {
    const message =
      'only its own properties are copied now; flatten it first (`toObject()`, or an object with all that is needed)'
    for (const use of file.calls([App, Response], 'render', 'cookie')) {
      const given = use.arguments[use.name === 'cookie' ? 2 : 1]
      if (given && inherits(file, given)) yield { at: given, message, evidence: use }
    }
    for (const use of file.members([App, Response], 'locals')) {
      const parent = parentOf(use.node)
      if (parent?.type === 'AssignmentExpression' && parent.left === use.node && inherits(file, parent.right as Node))
        yield { at: parent.right as Node, message, evidence: use }
    }
  },
})

/** True if an object has properties that are not its own: `Object.create(base)`, a document, what an old class makes. */
function inherits(file: JavaScriptFile, expression: Node): boolean {
  const node = unwrap(expression)
  const value = node.type === 'Identifier' ? onlyValue(file, node) : undefined
  if (value) return inherits(file, value)
  if (node.type === 'AwaitExpression') return isDocument(file, node.argument as Node)
  if (node.type === 'Identifier') return isGivenDocument(file, node)
  if (node.type === 'ObjectExpression') return node.properties.some(isPrototype)
  if (!isCall(node)) return false
  const callee = unwrap(node.callee)
  const ofObject = isMember(callee) && file.source(callee.object) === 'Object' ? memberName(callee) : undefined
  const [first, second] = argumentsOf(node)
  if (ofObject === 'create') return first !== undefined && first.type !== 'NullLiteral'
  if (ofObject === 'setPrototypeOf') return second !== undefined && second.type !== 'NullLiteral'
  if (ofObject === 'assign') return first !== undefined && first.type !== 'SpreadElement' && inherits(file, first)
  if (node.type === 'NewExpression')
    return file
      .known(node)
      .alternatives.some((v) => v.is === 'instance' && isFunction(v.node) && hasPrototype(file, v.node))
  return false
}

/** `Model.findById(id)` without `lean()`. */
function isDocument(file: JavaScriptFile, query: Node): boolean {
  if (/\.lean\(/.test(file.source(query))) return false
  return (
    /\.(?:findById|findOne|findOneAndUpdate|findByIdAndUpdate|create)\(/.test(file.source(query)) &&
    file.known(query).alternatives.some((v) => v.is === 'unknown' && v.from !== undefined && DOCUMENTS.has(v.from))
  )
}

/** `User.findById(id).then((user) => …)`, `User.findOne({ id }, (error, user) => …)`: the parameter is a document. */
function isGivenDocument(file: JavaScriptFile, name: Node & { type: 'Identifier' }): boolean {
  const binding = file.module.binding(name)
  const fn = binding?.kind === 'parameter' ? binding.declarations[0] : undefined
  const call = fn && parentOf(fn)
  if (!isFunction(fn) || !isCall(call, false) || call.callee === fn) return false
  const index = fn.params.indexOf(binding!.identifiers[0]!)
  const callee = unwrap(call.callee)
  if (isMember(callee) && memberName(callee) === 'then')
    return index === 0 && call.arguments[0] === fn && isDocument(file, unwrap(callee.object))
  return index === 1 && isDocument(file, call)
}

/** `{ __proto__: base }`. */
function isPrototype(property: { readonly type: string }): boolean {
  const node = property as Node
  return (
    node.type === 'ObjectProperty' &&
    !node.computed &&
    !node.shorthand &&
    keyName(node) === '__proto__' &&
    node.value.type !== 'NullLiteral'
  )
}

/** `Page.prototype.title = …`. */
function hasPrototype(file: JavaScriptFile, fn: Node): boolean {
  const name = 'id' in fn ? (fn.id as Node | null) : undefined
  return (
    name?.type === 'Identifier' &&
    file.module.membersNamed('prototype').some((member) => {
      const field = parentOf(member)
      const assignment = field && parentOf(field)
      return (
        member.object.type === 'Identifier' &&
        member.object.name === name.name &&
        isMember(field) &&
        assignment?.type === 'AssignmentExpression' &&
        assignment.left === field &&
        !isFunction(assignment.right)
      )
    })
  )
}
