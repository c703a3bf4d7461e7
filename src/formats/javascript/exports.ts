import type * as t from '@babel/types'
import type { JavaScriptModule } from './module.ts'
import { requiredSpecifier } from './module.ts'
import { patternIdentifiers } from './scopes.ts'
import {
  argumentsOf,
  isCall,
  isFunction,
  isMember,
  keyName,
  literalText,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from './syntax.ts'

/** Where an exported name comes from. */
export type ExportSource =
  /** The value of an expression, a function or a class of this file. */
  | { readonly is: 'value'; readonly node: Node }
  /** A local binding: `export { a as b }`. */
  | { readonly is: 'local'; readonly id: t.Identifier }
  /** Another module's export: `export { a as b } from 'x'`; `*` for the whole namespace. */
  | { readonly is: 'from'; readonly specifier: string; readonly name: string; readonly node: Node }

/** What a file offers to others, in either module system. */
export interface ModuleExports {
  /** `import`/`export` declarations were seen. */
  readonly esm: boolean
  /** Compiled from ESM: `exports.__esModule` is set. */
  readonly transpiled: boolean
  /** What `module.exports` itself was set to, each assignment. */
  readonly whole: readonly Node[]
  readonly named: ReadonlyMap<string, readonly ExportSource[]>
  /** `export * from 'x'` and its compiled forms. */
  readonly stars: readonly { readonly specifier: string; readonly node: Node }[]
}

const cache = new WeakMap<JavaScriptModule, ModuleExports>()

/** What a module exports; computed once. */
export function exportsOf(module: JavaScriptModule): ModuleExports {
  let found = cache.get(module)
  if (!found) {
    found = collect(module)
    cache.set(module, found)
  }
  return found
}

/** True for the expressions `module.exports` and, for its members, `exports`. */
export function isModuleExports(node: Node, module: JavaScriptModule): boolean {
  if (node.type === 'Identifier') return node.name === 'exports' && !module.binding(node)
  return (
    isMember(node) &&
    memberName(node) === 'exports' &&
    node.object.type === 'Identifier' &&
    node.object.name === 'module' &&
    !module.binding(node.object)
  )
}

function collect(module: JavaScriptModule): ModuleExports {
  const named = new Map<string, ExportSource[]>()
  const whole: Node[] = []
  const stars: { specifier: string; node: Node }[] = []
  let esm = false
  const add = (name: string, source: ExportSource) => {
    const list = named.get(name)
    if (list) list.push(source)
    else named.set(name, [source])
  }
  for (const statement of module.program.body as readonly Node[]) {
    if (statement.type === 'ImportDeclaration') esm = true
    if (statement.type === 'ExportDefaultDeclaration') {
      esm = true
      add('default', { is: 'value', node: statement.declaration as Node })
    } else if (statement.type === 'ExportAllDeclaration') {
      esm = true
      stars.push({ specifier: statement.source.value, node: statement })
    } else if (statement.type === 'ExportNamedDeclaration') {
      esm = true
      namedExports(statement, add)
    } else if (statement.type === 'TSExportAssignment') whole.push(statement.expression as Node)
  }
  const transpiled = commonJs(module, add, whole, stars)
  for (const { name, node } of bundledExports(module)) add(name, { is: 'value', node })
  return { esm, transpiled, whole, named, stars }
}

function namedExports(statement: t.ExportNamedDeclaration & Node, add: (name: string, source: ExportSource) => void) {
  const { declaration } = statement
  if (declaration?.type === 'VariableDeclaration') {
    for (const declarator of declaration.declarations)
      for (const id of patternIdentifiers(declarator.id)) add(id.name, { is: 'local', id })
  } else if (declaration && 'id' in declaration && declaration.id?.type === 'Identifier')
    add(declaration.id.name, { is: 'local', id: declaration.id })
  for (const specifier of statement.specifiers) {
    const exported = specifier.exported.type === 'Identifier' ? specifier.exported.name : specifier.exported.value
    if (statement.source) {
      const name =
        specifier.type === 'ExportSpecifier'
          ? nameOf(specifier.local)
          : specifier.type === 'ExportNamespaceSpecifier'
            ? '*'
            : 'default'
      add(exported, { is: 'from', specifier: statement.source.value, name, node: statement })
    } else if (specifier.type === 'ExportSpecifier') add(exported, { is: 'local', id: specifier.local })
  }
}

function nameOf(node: t.Identifier | t.StringLiteral): string {
  return node.type === 'Identifier' ? node.name : node.value
}

/** `module.exports = …`, `exports.a = …`, `Object.defineProperty(exports, 'a', …)`, `__exportStar(require('x'), exports)`. */
function commonJs(
  module: JavaScriptModule,
  add: (name: string, source: ExportSource) => void,
  whole: Node[],
  stars: { specifier: string; node: Node }[],
): boolean {
  let transpiled = false
  const targets = [
    ...module.membersNamed('exports').filter((member) => isModuleExports(member, module)),
    ...module
      .identifiersNamed('exports')
      .filter((id) => !isMember(parentOf(id)) || (parentOf(id) as t.MemberExpression).object === id),
  ].filter((node) => isModuleExports(node, module))
  for (const target of targets) {
    const parent = parentOf(target)
    if (!parent) continue
    if (parent.type === 'AssignmentExpression' && parent.left === target && isMember(target)) {
      const value = chainedValue(parent.right as Node)
      if (isBundledWhole(value)) transpiled = true
      else if (!(isMember(value) && isModuleExports(value, module))) whole.push(value)
    } else if (isMember(parent) && parent.object === target) {
      const name = memberName(parent)
      const assignment = parentOf(parent)
      if (name && assignment?.type === 'AssignmentExpression' && assignment.left === parent) {
        if (name === '__esModule') transpiled = true
        else if (!isVoid(assignment.right as Node))
          add(name, { is: 'value', node: chainedValue(assignment.right as Node) })
      }
    } else if (isCall(parent) && argumentsOf(parent).includes(target)) {
      if (definedProperty(parent, add)) transpiled = true
      const [first] = argumentsOf(parent)
      const callee = isMember(parent.callee)
        ? memberName(parent.callee)
        : parent.callee.type === 'Identifier'
          ? parent.callee.name
          : ''
      if (first && isCall(first) && /export_?star/i.test(callee ?? '')) {
        const specifier = requiredSpecifier(first)
        if (specifier !== undefined) stars.push({ specifier, node: parent })
      }
    }
  }
  return transpiled
}

/** What esbuild and its relatives write: `__export(x, { name: () => value })` before `module.exports = __toCommonJS(x)`. */
function bundledExports(module: JavaScriptModule): { name: string; node: Node }[] {
  return module
    .identifiersNamed('__export')
    .map((id) => parentOf(id))
    .flatMap((call) => {
      const getters = isCall(call) ? argumentsOf(call)[1] : undefined
      return getters?.type === 'ObjectExpression' ? (getters.properties as Node[]) : []
    })
    .flatMap((property) => {
      const getter = property.type === 'ObjectProperty' ? (property.value as Node) : property
      const name = bundledGetter(getter, module)
      const node = onlyReturn(getter)
      return name !== undefined && node ? [{ name, node }] : []
    })
}

/** In `__export(x, { name: () => value })`, the name that the getter is for; undefined for all other functions. */
export function bundledGetter(fn: Node, module: JavaScriptModule): string | undefined {
  const property = fn.type === 'ObjectMethod' ? fn : parentOf(fn)
  if (!isFunction(fn) || (property?.type !== 'ObjectMethod' && property?.type !== 'ObjectProperty')) return undefined
  const object = parentOf(property)
  const call = object && parentOf(object)
  if (!isCall(call) || call.callee.type !== 'Identifier' || call.callee.name !== '__export') return undefined
  const [target, getters] = argumentsOf(call)
  return getters === object && target?.type === 'Identifier' && isWhole(target, module) ? keyName(property) : undefined
}

/** True for the `x` of `module.exports = __toCommonJS(x)`. */
function isWhole(target: t.Identifier & Node, module: JavaScriptModule): boolean {
  const binding = module.binding(target)
  return module.identifiersNamed('__toCommonJS').some((id) => {
    const call = parentOf(id)
    const [given] = isCall(call) ? argumentsOf(call) : []
    return given?.type === 'Identifier' && binding !== undefined && module.binding(given) === binding
  })
}

/** True for the call that stands right of `module.exports =` in what esbuild writes. */
function isBundledWhole(node: Node): boolean {
  return isCall(node) && node.callee.type === 'Identifier' && node.callee.name === '__toCommonJS'
}

/** In `a = b = value`, the value. */
function chainedValue(node: Node): Node {
  const value = unwrap(node)
  return value.type === 'AssignmentExpression' && value.operator === '=' ? chainedValue(value.right as Node) : value
}

/** `void 0`, with which compilers initialise exports. */
function isVoid(node: Node): boolean {
  return node.type === 'UnaryExpression' && node.operator === 'void'
}

/** `Object.defineProperty(exports, 'a', { value | get })`; true if the property is the mark of compiled ESM. */
function definedProperty(call: Node, add: (name: string, source: ExportSource) => void): boolean {
  if (!isCall(call) || !isMember(call.callee) || memberName(call.callee) !== 'defineProperty') return false
  const [, key, descriptor] = argumentsOf(call)
  const name = literalText(key)
  if (name === '__esModule') return true
  if (name === undefined || descriptor?.type !== 'ObjectExpression') return false
  for (const property of descriptor.properties) {
    if (property.type === 'SpreadElement') continue
    const field = keyName(property)
    if (field === 'value' && property.type === 'ObjectProperty')
      add(name, { is: 'value', node: property.value as Node })
    if (field === 'get') {
      const getter = property.type === 'ObjectMethod' ? property : (property.value as Node)
      const returned = isFunction(getter) ? onlyReturn(getter) : undefined
      if (returned) add(name, { is: 'value', node: returned })
    }
  }
  return false
}

function onlyReturn(fn: Node): Node | undefined {
  if (!isFunction(fn)) return undefined
  if (fn.body.type !== 'BlockStatement') return fn.body as Node
  const last = fn.body.body.at(-1)
  return last?.type === 'ReturnStatement' && last.argument ? (last.argument as Node) : undefined
}
