import {
  contains,
  type Evidence,
  enclosingFunction,
  type FunctionNode,
  isFunction,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { handlerAround, parameterOfKind } from '../handlers/handler.ts'
import { Next, Request } from '../provider.ts'
import { isWrittenThrough, pathWritten } from './writes.ts'

/** A place where something is written into `req.query`. */
export interface QueryWrite {
  readonly at: Node
  readonly evidence: Evidence
  /** The `req` of a plain `req.query`. */
  readonly request?: Node
}

/** Every place where a file writes into the query of a request; not those that give it another one. */
export function queryWrites(file: JavaScriptFile): QueryWrite[] {
  const direct = file.members([Request], 'query').flatMap((use): QueryWrite[] => {
    if (isWrittenThrough(file, use.node)) return [{ at: use.node, evidence: use.evidence, request: use.object }]
    const name = nameGiven(use.node)
    return name && goesOn(file, use.object) ? writesThrough(file, name, use.evidence) : []
  })
  const taken = file.destructured([Request], 'query').flatMap(({ property, evidence }): QueryWrite[] => {
    const name = unwrap(property.value)
    if (name.type !== 'Identifier') return []
    const fn = enclosingFunction(property) ?? (parentOf(parentOf(property)!) as Node | undefined)
    return fn && isFunction(fn) && hasNext(file, fn) ? writesThrough(file, name, evidence) : []
  })
  const named = file.module.calls.flatMap((call): QueryWrite[] => {
    const written = pathWritten(call)
    if (!written || !/^query[.[]/.test(written.path)) return []
    const evidence = file.evidence(written.object, [Request])
    return evidence ? [{ at: call, evidence }] : []
  })
  return [...direct, ...taken, ...named].sort((a, b) => a.at.start - b.at.start)
}

/** In `const query = req.query`, the name. */
function nameGiven(member: Node): Node | undefined {
  let top = member
  for (let up = parentOf(top); up && unwrap(up) !== up && unwrap(up) === unwrap(top); up = parentOf(top)) top = up
  const parent = parentOf(top)
  return parent?.type === 'VariableDeclarator' && parent.init === top && parent.id.type === 'Identifier'
    ? (parent.id as Node)
    : undefined
}

/** Where the object that a variable holds is written to. */
function writesThrough(file: JavaScriptFile, name: Node, evidence: Evidence): QueryWrite[] {
  const binding = name.type === 'Identifier' ? file.module.scopes.lookup(name.name, name) : undefined
  if (!binding) return []
  return file.module
    .references(binding)
    .filter((reference) => isWrittenThrough(file, reference))
    .map((at) => ({ at, evidence }))
}

/**
 * True if anybody may look at the query of a request after the function that a request belongs to: it calls `next`, hands
 * the request on, or is no plain handler.
 */
export function goesOn(file: JavaScriptFile, request: Node): boolean {
  const fn = handlerAround(file, request)
  if (!fn || request.type !== 'Identifier') return true
  const binding = file.module.binding(request)
  if (!binding || hasNext(file, fn)) return true
  return file.module.references(binding).some((reference) => {
    const parent = parentOf(reference)
    return !(isMember(parent) && parent.object === reference && memberName(parent) !== undefined)
  })
}

function hasNext(file: JavaScriptFile, fn: FunctionNode): boolean {
  const next = parameterOfKind(file, file.module, fn, Next)
  const parameter = next && (fn.params[next.index] as Node)
  const binding = next && parameter && file.module.scopes.lookup(next.name, parameter)
  return binding ? file.module.references(binding).length > 0 : false
}

/** Every `req.query` of the same request, inside of the function that the request is a parameter of. */
export function queriesOfRequest(file: JavaScriptFile, fn: FunctionNode, request: Node): Node[] {
  const binding = request.type === 'Identifier' ? file.module.binding(request) : undefined
  return file.module.membersNamed('query').filter((member) => {
    const object = unwrap(member.object)
    return contains(fn, member) && object.type === 'Identifier' && !!binding && file.module.binding(object) === binding
  })
}
