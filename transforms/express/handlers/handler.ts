import {
  type CallNode,
  enclosingFunction,
  type FunctionNode,
  type JavaScriptFile,
  type JavaScriptModule,
  type Kind,
  type Node,
  plainParameter,
} from '#kit'
import { Request } from '../provider.ts'

/** A parameter of a function, by its kind. */
export interface HandlerParameter {
  readonly name: string
  readonly index: number
}

/** The parameter of a function that is of a kind; undefined for none, and for one that is taken apart. */
export function parameterOfKind(
  file: JavaScriptFile,
  module: JavaScriptModule,
  fn: FunctionNode,
  kind: Kind,
): HandlerParameter | undefined {
  for (const [index, param] of fn.params.entries()) {
    const plain = plainParameter(param as Node)
    if (!plain) continue
    const values = file.origins.parameter(module, fn, index)
    if (values.some((v) => v.is === 'kind' && v.kind === kind)) return { name: plain.name, index }
  }
  return undefined
}

/**
 * The text that reads the request at a place where the response is `response`: the request parameter of the handler that
 * the response is a parameter of, when its name still means it there; else `response.req`, which Express sets.
 */
export function requestText(file: JavaScriptFile, response: Node, at: Node): string {
  if (response.type === 'Identifier') {
    const binding = file.module.binding(response)
    const fn = binding?.kind === 'parameter' ? (binding.declarations[0] as FunctionNode) : undefined
    const request = fn && parameterOfKind(file, file.module, fn, Request)
    if (request && file.module.scopes.lookup(request.name, at)?.declarations[0] === fn) return request.name
  }
  return `${file.source(response)}.req`
}

/** One place where a function is given to Express, in whichever file. */
export interface Registration {
  readonly module: JavaScriptModule
  readonly call: CallNode
  readonly argument: number
}

/** Every place a function is given to; undefined when it may also be used in a way that is not followed. */
export function registrationsOf(
  file: JavaScriptFile,
  module: JavaScriptModule,
  fn: FunctionNode,
): readonly Registration[] | undefined {
  const uses = file.origins.uses.of(module, fn)
  const found: Registration[] = []
  for (const use of uses) {
    if (use.is !== 'argument') return undefined
    found.push(use)
  }
  return found.length > 0 ? found : undefined
}

/** The function that a parameter name belongs to at a place. */
export function handlerAround(file: JavaScriptFile, receiver: Node): FunctionNode | undefined {
  if (receiver.type !== 'Identifier') return enclosingFunction(receiver)
  const binding = file.module.binding(receiver)
  return binding?.kind === 'parameter' ? (binding.declarations[0] as FunctionNode) : undefined
}
