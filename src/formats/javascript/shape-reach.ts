import { type Kind, type PackageModel, valuesOf } from './kinds.ts'
import type { JavaScriptModule } from './module.ts'
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
} from './syntax.ts'

/**
 * Where the values get to that the functions of a file have by their shape alone: `none` if no function has a shape, `stays`
 * if every such value is only used within the file, `leaves` if one of them is handed to something, kept, or given back.
 */
export type ShapeReach = 'none' | 'stays' | 'leaves'

/** Judges one parsed file. In doubt a value leaves. Nothing is asked of other files, but what the package depends on. */
export function shapeReach(
  models: readonly PackageModel[],
  neighbours: Pick<Neighbours, 'dependencies'>,
  module: JavaScriptModule,
): ShapeReach {
  let found: ShapeReach = 'none'
  const waiting: Node[] = [module.program]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    waiting.push(...children(node))
    if (!isFunction(node) || node.params.length === 0) continue
    const fn = node
    if (fn.params.some((param) => isDeclaredOtherwise(param as Node))) continue
    for (const model of models) {
      const kinds = model.shapes(factsOf(neighbours, module, fn))
      if (!kinds) continue
      found = 'stays'
      if (kinds.some((kind, index) => kind && parameterLeaves(module, model, fn, index))) return 'leaves'
    }
  }
  return found
}

function parameterLeaves(module: JavaScriptModule, model: PackageModel, fn: FunctionNode, index: number): boolean {
  const param = fn.params[index] as Node | undefined
  if (!param)
    return fn.params.some(({ type }) => type === 'RestElement') || module.identifiersNamed('arguments').length > 0
  const id = plainParameter(param)
  // taken apart: what the parts are is a question for whoever parses the file
  if (!id) return patternIdentifiers(param).length > 0
  const binding = module.scopes.lookup(id.name, id)
  return !binding || module.references(binding).some((reference) => leaves(module, model, reference))
}

/** True if a mention of a value, or of what is made of it right there, may go anywhere else. */
function leaves(module: JavaScriptModule, model: PackageModel, reference: Node): boolean {
  let at = reference
  let handsOut = true
  for (let up = parentOf(at); up; up = parentOf(at)) {
    if (isMember(up) && up.object === at) {
      const kinds = kindsCalled(model, memberName(up))
      handsOut = kinds.some(isTelling)
      const call = parentOf(up)
      if (isCall(call, false) && call.callee === up) {
        if (argumentsOf(call).some((argument) => isTaken(module, model, kinds, argument))) return true
        handsOut = kinds.some(({ shape }) => shape.call !== undefined)
        at = call
        continue
      }
    } else if (!isSame(up)) break
    at = up
  }
  return handsOut && !isUsedUp(at, at !== reference)
}

/** True for an argument that a method makes values come out of elsewhere: `app.get('/x', handlers.list)`. */
function isTaken(module: JavaScriptModule, model: PackageModel, kinds: readonly Kind[], argument: Node): boolean {
  if (!kinds.some(({ shape }) => shape.callback)) return false
  if (/^(?:StringLiteral|TemplateLiteral|RegExpLiteral|NumericLiteral|ObjectExpression)$/.test(argument.type))
    return false
  if (!isFunction(argument)) return true
  const fn = argument
  return fn.params.some((_, index) => parameterLeaves(module, model, fn, index))
}

/** The members of this name that any of a package's values has. A name that is computed may be each of them. */
function kindsCalled(model: PackageModel, name: string | undefined): readonly Kind[] {
  return [...valuesOf(model)].flatMap(({ shape }) => {
    const { members = {}, otherMembers } = shape
    if (name === undefined) return [...Object.values(members), ...(otherMembers ? [otherMembers] : [])]
    return Object.hasOwn(members, name) ? [members[name]!] : otherMembers ? [otherMembers] : []
  })
}

/** False for a method that gives nothing of the package back. */
function isTelling({ shape }: Kind): boolean {
  return shape.call !== undefined || shape.elements !== undefined || Object.keys(shape.members ?? {}).length > 0
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
