import {
  children,
  type FunctionNode,
  type FunctionPlace,
  isCall,
  isMember,
  type JavaScriptFile,
  type JavaScriptModule,
  literalText,
  type MemberNode,
  memberName,
  type Node,
  parentOf,
} from '#kit'
import { parameterOfKind } from '../handlers/handler.ts'
import { Request } from '../provider.ts'

/** One `req.params[0]` of a handler. */
export interface NumericRead {
  readonly place: FunctionPlace
  readonly node: MemberNode
  /** `req.params`. */
  readonly params: Node
  readonly key: string
}

/** What a handler does with `req.params`; `unknown` when it goes where nobody looks. */
export type Reads = { readonly keys: ReadonlySet<string>; readonly numeric: readonly NumericRead[] } | 'unknown'

/** The keys of `req.params` that a handler reads. */
export function readsOf(file: JavaScriptFile, place: FunctionPlace): Reads {
  const { module, node: fn } = place
  if (usesArguments(fn)) return 'unknown'
  const request = parameterOfKind(file, module, fn, Request)
  if (!request) return fn.params.length === 0 || !looksAtParams(fn) ? { keys: new Set(), numeric: [] } : 'unknown'
  // params with types of their own would not have the new key
  if (/<[^>]*>/.test(annotationText(module, fn.params[request.index] as Node)) || hasTypeArguments(fn)) return 'unknown'
  const binding = module.scopes.lookup(request.name, fn.params[request.index]!)
  if (!binding || looksAtOtherParams(fn, request.name)) return 'unknown'
  const keys = new Set<string>()
  const numeric: NumericRead[] = []
  for (const reference of module.references(binding)) {
    const member = parentOf(reference)
    if (!isMember(member) || member.object !== reference) return 'unknown'
    const name = memberName(member)
    if (name === undefined || name === 'param') return 'unknown'
    if (name !== 'params') continue
    const read = parentOf(member)
    if (isMember(read) && read.object === member) {
      const key = memberName(read)
      if (key === undefined || isTarget(read)) return 'unknown'
      keys.add(key)
      if (/^\d+$/.test(key)) numeric.push({ place, node: read, params: member, key })
    } else if (read?.type === 'VariableDeclarator' && read.id.type === 'ObjectPattern') {
      for (const property of read.id.properties) {
        const key = property.type === 'ObjectProperty' && !property.computed ? keyOf(property.key as Node) : undefined
        if (key === undefined || /^\d+$/.test(key)) return 'unknown'
        keys.add(key)
      }
    } else return 'unknown'
  }
  return { keys, numeric }
}

function annotationText(module: JavaScriptModule, param: Node): string {
  const annotation = 'typeAnnotation' in param ? (param.typeAnnotation as Node | null | undefined) : undefined
  return annotation ? module.source(annotation) : ''
}

/** `app.get<{ 0: string }>('/x/*', fn)`. */
function hasTypeArguments(fn: FunctionNode): boolean {
  const call = parentOf(fn)
  return isCall(call, false) && call.typeParameters != null
}

function keyOf(key: Node): string | undefined {
  return key.type === 'Identifier' ? key.name : literalText(key)
}

/** True for what is written to, deleted or counted up. */
function isTarget(node: Node): boolean {
  const parent = parentOf(node)
  if (parent?.type === 'AssignmentExpression') return parent.left === node
  if (parent?.type === 'ForOfStatement' || parent?.type === 'ForInStatement') return parent.left === node
  const pattern = parent?.type === 'ObjectProperty' ? parentOf(parent) : parent
  if (/^(?:Array|Object)Pattern$|^RestElement$/.test(pattern?.type ?? '')) return true
  if (parent?.type === 'AssignmentPattern') return parent.left === node
  return parent?.type === 'UpdateExpression' || (parent?.type === 'UnaryExpression' && parent.operator === 'delete')
}

function some(node: Node, test: (node: Node) => boolean): boolean {
  return test(node) || children(node).some((child) => some(child, test))
}

function usesArguments(fn: FunctionNode): boolean {
  return (
    fn.type !== 'ArrowFunctionExpression' &&
    some(fn.body as Node, (node) => node.type === 'Identifier' && node.name === 'arguments')
  )
}

/** A handler whose request is taken apart in its parameter list: `({ params }, res)`. */
function looksAtParams(fn: FunctionNode): boolean {
  return some(
    fn,
    (node) => node.type === 'Identifier' && (node.name === 'params' || node.name === 'param' || node.name === 'req'),
  )
}

/** `res.req.params` and the like. */
function looksAtOtherParams(fn: FunctionNode, request: string): boolean {
  return some(fn, (node) => {
    if (!isMember(node)) return false
    const name = memberName(node)
    if (name !== 'params' && name !== 'req') return false
    return name === 'req' || !(node.object.type === 'Identifier' && node.object.name === request)
  })
}
