import { hasMembers, type Kind, listedMember, otherMember, type PackageModel, shapeOf, valuesOf } from './kinds.ts'
import { type JavaScriptModule, requiredSpecifier } from './module.ts'
import { type Neighbours, plainParameter } from './origins.ts'
import { children, patternIdentifiers } from './scopes.ts'
import { factsOf, isDeclaredOtherwise } from './shapes.ts'
import {
  argumentsOf,
  type FunctionNode,
  isCall,
  isFunction,
  isMember,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from './syntax.ts'

/**
 * Where the values get to that the functions of a file have by their shape alone: `none` if no function has a shape;
 * `anywhere` if one of them is kept, or handed to something that was not looked up; else whom they are handed to.
 */
export type ShapeReach = 'none' | 'anywhere' | Handed

/** Without modules and not returned, values are only used within the file. */
export interface Handed {
  /** The specifiers of the modules whose functions are handed a value. */
  readonly modules: ReadonlySet<string>
  /** A function gives a value back to who calls it. */
  readonly isReturned: boolean
}

/** Judges one parsed file. In doubt a value gets anywhere. Nothing is asked of other files, but what the package depends on. */
export function shapeReach(
  models: readonly PackageModel[],
  neighbours: Pick<Neighbours, 'dependencies'>,
  module: JavaScriptModule,
): ShapeReach {
  let tracing: Tracing | undefined
  const waiting: Node[] = [module.program]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    waiting.push(...children(node))
    if (!isFunction(node) || node.params.length === 0) continue
    const fn = node
    if (fn.params.some((param) => isDeclaredOtherwise(param as Node))) continue
    for (const model of models) {
      const kinds = model.shapes(factsOf(neighbours, module, fn)) ?? []
      for (const [index, kind] of kinds.entries()) {
        if (!kind) continue
        tracing ??= new Tracing(module, models)
        if (tracing.parameterEscapes(fn, index)) return 'anywhere'
      }
    }
  }
  return tracing ?? 'none'
}

/** Globals that are done with what they are given when they return. */
const HARMLESS = new Set(['console', 'JSON', 'String', 'Number', 'Boolean', 'isNaN', 'parseInt', 'parseFloat'])

/** Follows values forwards through one file. Every question is whether they get where they are lost from sight. */
class Tracing implements Handed {
  readonly modules = new Set<string>()
  isReturned = false
  readonly #module: JavaScriptModule
  readonly #models: readonly PackageModel[]
  readonly #asked = new Set<Node>()

  constructor(module: JavaScriptModule, models: readonly PackageModel[]) {
    this.#module = module
    this.#models = models
  }

  parameterEscapes(fn: FunctionNode, index: number): boolean {
    const param = fn.params[index] as Node | undefined
    // a value that a function does not name may still be among its `arguments`
    if (!param) return fn.params.some(isRest) || this.#module.identifiersNamed('arguments').length > 0
    const id = plainParameter(param)
    // taken apart: what the parts are is a question for whoever parses the file
    if (!id) return patternIdentifiers(param).length > 0
    const binding = this.#module.scopes.lookup(id.name, id)
    if (!binding || this.#asked.has(id as Node)) return !binding
    this.#asked.add(id as Node)
    return this.#module.references(binding).some((reference) => this.#escapes(reference))
  }

  /** True if a mention of a value, or of what is made of it right there, gets out of sight. */
  #escapes(reference: Node): boolean {
    let at = reference
    let handsOut = true
    for (let up = parentOf(at); up; up = parentOf(at)) {
      if (isMember(up) && up.object === at) {
        const kinds = kindsCalled(this.#models, memberName(up))
        handsOut = kinds.some(isTelling)
        const call = parentOf(up)
        if (isCall(call, false) && call.callee === up) {
          if (argumentsOf(call).some((argument) => this.#isTaken(kinds, argument))) return true
          handsOut = kinds.some((kind) => shapeOf(kind, 'call') !== undefined)
          at = call
          continue
        }
      } else if (!isSame(up)) break
      at = up
    }
    return handsOut && !isUsedUp(at, at !== reference) && this.#getsAway(at)
  }

  /** False for a value, or a list or an object with it, that is an argument of a function which can be looked up. */
  #getsAway(value: Node): boolean {
    let at = value
    let up = parentOf(at)
    while (up && HOLDS.test(up.type)) {
      at = up
      up = parentOf(at)
    }
    if (up?.type === 'ReturnStatement' || (up?.type === 'ArrowFunctionExpression' && up.body === at)) {
      this.isReturned = true
      return false
    }
    if (!isCall(up) || up.callee === at) return true
    const index = argumentsOf(up).indexOf(at)
    if (
      index < 0 ||
      argumentsOf(up)
        .slice(0, index)
        .some(({ type }) => type === 'SpreadElement')
    )
      return true
    // what the call gives back may be the value
    if (!isUsedUp(up, true) && parentOf(up)?.type !== 'AwaitExpression') return true
    return this.#isLost(unwrap(up.callee as Node), index, at === value)
  }

  #isLost(callee: Node, index: number, isBare: boolean): boolean {
    let root = callee
    while (isMember(root)) root = unwrap(root.object as Node)
    if (root.type !== 'Identifier') return true
    const binding = this.#module.scopes.lookup(root.name, root)
    if (!binding) return !HARMLESS.has(root.name)
    const [declaration] = binding.declarations
    if (binding.declarations.length !== 1 || !declaration) return true
    const specifier = loadedFrom(declaration)
    if (specifier !== undefined) {
      this.modules.add(specifier)
      return false
    }
    const fn = declaration.type === 'VariableDeclarator' ? declaration.init : declaration
    return (
      root !== callee || !isBare || binding.kind === 'parameter' || !isFunction(fn) || this.parameterEscapes(fn, index)
    )
  }

  /** True for an argument that a method makes values come out of elsewhere: `app.get('/x', handlers.list)`. */
  #isTaken(kinds: readonly Kind[], argument: Node): boolean {
    if (!kinds.some((kind) => shapeOf(kind, 'callback'))) return false
    if (/^(?:StringLiteral|TemplateLiteral|RegExpLiteral|NumericLiteral|ObjectExpression)$/.test(argument.type))
      return false
    if (!isFunction(argument)) return true
    const fn = argument
    return fn.params.some((_, index) => this.parameterEscapes(fn, index))
  }
}

/** What holds a value, or is it, so that it goes where the whole goes. */
const HOLDS =
  /^(?:ObjectProperty|ObjectExpression|ArrayExpression|ParenthesizedExpression|TSAsExpression|TSNonNullExpression|TSSatisfiesExpression)$/

function isRest({ type }: { readonly type: string }): boolean {
  return type === 'RestElement'
}

/** The specifier of the module that a declaration takes a name from: an import, or a `require` that is taken apart or kept. */
function loadedFrom(declaration: Node): string | undefined {
  const parent = parentOf(declaration)
  if (parent?.type === 'ImportDeclaration') return parent.source.value
  if (declaration.type !== 'VariableDeclarator' || !declaration.init) return undefined
  let init = unwrap(declaration.init as Node)
  while (isMember(init)) init = unwrap(init.object as Node)
  return isCall(init) ? requiredSpecifier(init) : undefined
}

/** The members of this name that any of the packages' values has. A name that is computed may be each of them. */
function kindsCalled(models: readonly PackageModel[], name: string | undefined): readonly Kind[] {
  return models
    .flatMap((model) => [...valuesOf(model)])
    .flatMap((kind) => {
      const member = name === undefined ? undefined : (listedMember(kind, name) ?? otherMember(kind, name))
      if (name !== undefined) return member ? [member] : []
      const { members = {}, otherMembers } = kind.shape
      return [...Object.values(members), ...(typeof otherMembers === 'object' ? [otherMembers] : [])]
    })
}

/** False for a method that gives nothing of the package back. */
function isTelling(kind: Kind): boolean {
  return shapeOf(kind, 'call') !== undefined || shapeOf(kind, 'elements') !== undefined || hasMembers(kind)
}

/** An expression that has the value of the one in it. */
function isSame({ type }: Node): boolean {
  return /^(?:TS(?:As|Satisfies|NonNull)Expression|TSTypeAssertion|ParenthesizedExpression|AwaitExpression)$/.test(type)
}

/** True where nothing is done with a value. What a chain of calls gives back is the business of whoever answers. */
function isUsedUp(node: Node, isChain: boolean): boolean {
  const parent = parentOf(node)
  switch (parent?.type) {
    case 'ExpressionStatement':
    case 'UnaryExpression':
    case 'UpdateExpression':
    case 'BinaryExpression':
      return true
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
      return parent.test === node
    case 'AssignmentExpression':
      return parent.left === node && isChain
    case 'ReturnStatement':
    case 'ArrowFunctionExpression':
      return isChain && node.type !== 'MemberExpression'
    default:
      return false
  }
}
