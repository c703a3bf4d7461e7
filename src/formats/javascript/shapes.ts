import type * as t from '@babel/types'
import type { Certainty } from '../../model/trust.ts'
import { exportsOf } from './exports.ts'
import type { FunctionFacts, Kind, PackageModel } from './kinds.ts'
import type { JavaScriptModule } from './module.ts'
import type { Origins } from './origins.ts'
import { type Neighbours, plainParameter } from './origins.ts'
import {
  argumentsOf,
  contains,
  type FunctionNode,
  isCall,
  isMember,
  literalText,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from './syntax.ts'

/** What the shape of a function says of its parameters. */
interface ShapedParameters {
  /** By position; empty when no package model recognises the shape. */
  readonly kinds: readonly (Kind | undefined)[]
  /** `guessed` in a package that never loads what the shape belongs to. */
  readonly certainty: Certainty
}

const caches = new WeakMap<Origins, WeakMap<FunctionNode, ShapedParameters>>()

/** The kinds that a function's parameters have by its shape alone, when some package model recognises the shape. */
export function shapedParameters(origins: Origins, module: JavaScriptModule, fn: FunctionNode): ShapedParameters {
  const cache = caches.get(origins) ?? new WeakMap<FunctionNode, ShapedParameters>()
  caches.set(origins, cache)
  let found = cache.get(fn)
  if (!found) {
    found = shaped(origins, module, fn)
    cache.set(fn, found)
  }
  return found
}

function shaped(origins: Origins, module: JavaScriptModule, fn: FunctionNode): ShapedParameters {
  const facts = factsOf(origins.neighbours, module, fn)
  for (const model of origins.models) {
    const kinds = model.shapes(facts)
    const where = kinds && whereLoaded(origins, module, model)
    if (kinds && where !== 'nowhere') return { kinds, certainty: where === 'here' ? 'inferred' : 'guessed' }
  }
  return { kinds: [], certainty: 'guessed' }
}

/** Whether a file's package, or another one of the project, loads what a model describes. */
export function whereLoaded(
  origins: Origins,
  module: JavaScriptModule,
  { specifiers, typePackages, folders = {}, modules = {} }: PackageModel,
): 'here' | 'elsewhere' | 'nowhere' {
  const others = Object.keys(modules).filter((name) => !name.startsWith('/'))
  return origins.neighbours.loads(module, [...specifiers, ...typePackages, ...Object.keys(folders), ...others])
}

/** What the shape of a function is judged by. */
export function factsOf(
  neighbours: Pick<Neighbours, 'dependencies'>,
  module: JavaScriptModule,
  fn: FunctionNode,
): FunctionFacts {
  const plain = fn.params.map((param) => plainParameter(param as Node))
  return {
    fn,
    path: module.path,
    parameters: plain.map((id) => id?.name),
    imports: new Set(module.mentions.map((mention) => mention.specifier)),
    dependencies: neighbours.dependencies(module),
    exported: isExported(module, fn),
    methodsCalledOn: (index) => methodsCalledOn(module, plain[index]),
    pathsOn: (index) => pathsOn(module, plain[index]),
  }
}

function isExported(module: JavaScriptModule, fn: FunctionNode): boolean {
  const { whole, named } = exportsOf(module)
  const name = 'id' in fn ? fn.id?.name : undefined
  const matches = (node: Node) => contains(node, fn) || (node.type === 'Identifier' && node.name === name)
  if (whole.some(matches)) return true
  for (const [, sources] of named)
    for (const source of sources) {
      if (source.is === 'value' && matches(source.node)) return true
      if (source.is === 'local' && (source.id.name === name || matches(parentOf(source.id) ?? (source.id as Node))))
        return true
    }
  return false
}

function methodsCalledOn(
  module: JavaScriptModule,
  id: t.Identifier | undefined,
): ReturnType<FunctionFacts['methodsCalledOn']> {
  const binding = id && module.scopes.lookup(id.name, id)
  if (!binding) return []
  return module.references(binding).flatMap((reference) => {
    const member = parentOf(reference)
    const call = member && parentOf(member)
    if (!isMember(member) || member.object !== reference || !isCall(call) || call.callee !== member) return []
    const args = argumentsOf(call)
    const first = literalText(args[0])
    const name = memberName(member)
    return name === undefined ? [] : [{ name, arguments: args.length, ...(first === undefined ? {} : { first }) }]
  })
}

function pathsOn(module: JavaScriptModule, id: t.Identifier | undefined): readonly string[][] {
  const binding = id && module.scopes.lookup(id.name, id)
  if (!binding) return []
  return module.references(binding).map((reference) => {
    const path: string[] = []
    let at: Node = reference
    for (let up = parentOf(at); up; up = parentOf(at)) {
      const name = isMember(up) && up.object === at ? memberName(up) : undefined
      if (name !== undefined) path.push(name)
      else if (unwrap(up) !== unwrap(at)) break
      at = up
    }
    return path
  })
}

/** The chain of names that an expression is, as far as it is one; `this` and called functions count by their names. */
export function chainOf(expression: Node): string[] {
  const names: string[] = []
  let at: Node = unwrap(expression)
  for (let depth = 0; depth < 8; depth++) {
    if (isMember(at)) {
      const name = memberName(at)
      if (name === undefined) return names
      names.unshift(name)
      at = unwrap(at.object as Node)
    } else if (isCall(at, false)) at = unwrap(at.callee as Node)
    else {
      if (at.type === 'Identifier') names.unshift(at.name)
      return names
    }
  }
  return names
}

/** True for a parameter with a written type that says something: names and shapes then prove nothing against it. */
export function isDeclaredOtherwise(param: Node): boolean {
  const at = plainParameter(param) as Node | undefined
  const annotation =
    at && 'typeAnnotation' in at ? (at.typeAnnotation as t.TSTypeAnnotation | null | undefined) : undefined
  const type = annotation?.typeAnnotation?.type
  return type !== undefined && !/^(?:TSAny|TSUnknown|TSFunction|Any|Mixed|Exists)/.test(type)
}
