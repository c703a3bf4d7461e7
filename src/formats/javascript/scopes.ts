import type * as t from '@babel/types'
import { isClass, isFunction, type Node, parentOf } from './syntax.ts'
import { VISITOR_KEYS } from './visitor-keys.ts'

export type BindingKind =
  | 'var'
  | 'let'
  | 'const'
  | 'function'
  | 'class'
  | 'parameter'
  | 'import'
  | 'import-equals'
  | 'catch'
  | 'enum'
  | 'type'
  | 'namespace'

/** One declared name of one scope. */
export interface Binding {
  readonly name: string
  readonly kind: BindingKind
  /** The identifiers that declare it: several for a repeated `var` or merged declarations. */
  readonly identifiers: t.Identifier[]
  /**
   * The construct that declares it, one per identifier: declarator, function, class, import specifier, catch clause,
   * enum, type. For a parameter the function.
   */
  readonly declarations: Node[]
  readonly scope: Scope
}

/** A region of the program with names of its own. */
export interface Scope {
  readonly node: Node
  readonly parent?: Scope
  readonly bindings: Map<string, Binding>
}

/** Who declares each identifier of one file. Built in one pass; look-ups walk up the parents. */
export class Scopes {
  readonly #byNode = new Map<Node, Scope>()

  constructor(program: Node) {
    this.#build(program)
  }

  /** The innermost scope around a node; a function's own parameters are inside its scope. */
  at(node: t.Node): Scope | undefined {
    for (let up: Node | undefined = node as Node; up; up = parentOf(up)) {
      const scope = this.#byNode.get(up)
      if (scope) return scope
    }
    return undefined
  }

  /** The binding that a name means at a place; undefined for a global or undeclared name. */
  lookup(name: string, from: t.Node): Binding | undefined {
    let start = parentOf(from) ?? (from as Node)
    // the name of a function or class declaration belongs to the scope around it, and so does `extends`
    const declares = (isFunction(start) || isClass(start)) && 'id' in start && start.id === from
    if (declares && start.type.endsWith('Declaration')) start = parentOf(start) ?? start
    for (let scope = this.at(start); scope; scope = scope.parent) {
      const found = scope.bindings.get(name)
      if (found && isVisible(found, scope, from)) return found
    }
    return undefined
  }

  #build(root: Node): void {
    const waiting: { readonly node: Node; readonly outer: Scope | undefined }[] = [{ node: root, outer: undefined }]
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { node, outer } = next
      const here = this.#opens(node, outer) ?? outer
      if (here) this.#declare(node, here, outer ?? here)
      const before = waiting.length
      eachChild(node, (child) => waiting.push({ node: child, outer: here }))
      reverse(waiting, before)
    }
  }

  #opens(node: Node, outer: Scope | undefined): Scope | undefined {
    switch (node.type) {
      case 'Program':
      case 'BlockStatement':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'SwitchStatement':
      case 'CatchClause':
      case 'StaticBlock':
      case 'TSModuleBlock':
      case 'ClassDeclaration':
      case 'ClassExpression':
        break
      default:
        if (!isFunction(node)) return undefined
    }
    const scope: Scope = { node, bindings: new Map(), ...(outer ? { parent: outer } : {}) }
    this.#byNode.set(node, scope)
    return scope
  }

  #declare(node: Node, here: Scope, outer: Scope): void {
    switch (node.type) {
      case 'VariableDeclaration': {
        const target = node.kind === 'var' ? functionScope(here) : here
        const kind = node.kind === 'var' || node.kind === 'let' ? node.kind : 'const'
        for (const declarator of node.declarations)
          for (const id of patternIdentifiers(declarator.id)) add(target, id, kind, declarator as Node)
        return
      }
      case 'FunctionDeclaration':
        if (node.id) add(outer, node.id, 'function', node)
        break
      case 'FunctionExpression':
        if (node.id) add(here, node.id, 'function', node)
        break
      case 'ClassDeclaration':
        if (node.id) add(outer, node.id, 'class', node)
        return
      case 'ClassExpression':
        if (node.id) add(here, node.id, 'class', node)
        return
      case 'CatchClause':
        if (node.param) for (const id of patternIdentifiers(node.param)) add(here, id, 'catch', node)
        return
      case 'ImportSpecifier':
      case 'ImportDefaultSpecifier':
      case 'ImportNamespaceSpecifier':
        add(here, node.local, 'import', node)
        return
      case 'TSImportEqualsDeclaration':
        add(here, node.id, 'import-equals', node)
        return
      case 'TSEnumDeclaration':
      case 'EnumDeclaration':
        add(here, node.id, 'enum', node)
        return
      case 'TSModuleDeclaration':
        // `declare global { … }` declares no name `global`
        if (node.id.type === 'Identifier' && !node.global) add(here, node.id, 'namespace', node)
        return
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
      case 'InterfaceDeclaration':
      case 'TypeAlias':
      case 'OpaqueType':
        add(here, node.id, 'type', node)
        return
      default:
    }
    if (isFunction(node)) {
      for (const param of node.params)
        for (const id of patternIdentifiers(param as Node)) add(here, id, 'parameter', node)
    }
  }
}

/** What a `switch` is about stands outside of its cases, and the defaults of parameters outside of the function's body. */
function isVisible(binding: Binding, { node }: Scope, from: t.Node): boolean {
  if (node.type === 'SwitchStatement') return !isWithin(from, node.discriminant)
  if (!isFunction(node) || binding.kind === 'parameter' || binding.declarations[0] === node) return true
  return !node.params.some((param) => isWithin(from, param))
}

function isWithin(inner: t.Node, outer: t.Node): boolean {
  return (outer as Node).start <= (inner as Node).start && (inner as Node).end <= (outer as Node).end
}

function add(scope: Scope, id: t.Identifier, kind: BindingKind, declaration: Node): void {
  const known = scope.bindings.get(id.name)
  if (known && !(known.kind === 'type' && kind !== 'type')) {
    if (kind === 'type') return
    known.identifiers.push(id)
    known.declarations.push(declaration)
    return
  }
  scope.bindings.set(id.name, { name: id.name, kind, identifiers: [id], declarations: [declaration], scope })
}

function functionScope(scope: Scope): Scope {
  let at = scope
  while (
    at.parent &&
    !isFunction(at.node) &&
    at.node.type !== 'Program' &&
    at.node.type !== 'StaticBlock' &&
    at.node.type !== 'TSModuleBlock'
  )
    at = at.parent
  return at
}

/** Every identifier that a pattern declares. */
export function patternIdentifiers(pattern: t.Node | null | undefined): t.Identifier[] {
  if (!pattern) return []
  switch (pattern.type) {
    case 'Identifier':
      return [pattern]
    case 'AssignmentPattern':
      return patternIdentifiers(pattern.left)
    case 'RestElement':
      return patternIdentifiers(pattern.argument)
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => patternIdentifiers(element))
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        patternIdentifiers(property.type === 'RestElement' ? property.argument : property.value),
      )
    case 'TSParameterProperty':
      return patternIdentifiers(pattern.parameter)
    default:
      return []
  }
}

/** Calls `visit` for each node directly below a node, in the order of its fields (not always the order of the text). */
export function eachChild(node: t.Node, visit: (child: Node) => void): void {
  const fields = node as unknown as Record<string, unknown>
  for (const key of VISITOR_KEYS[node.type] ?? NONE) {
    const value = fields[key]
    if (Array.isArray(value)) {
      for (const item of value) if (item) visit(item as Node)
    } else if (value) visit(value as Node)
  }
}

const NONE: readonly string[] = []

/** Turns the end of a list round, from an index on: what was pushed first is popped first. */
export function reverse<T>(list: T[], from: number): void {
  for (let a = from, b = list.length - 1; a < b; a++, b--) {
    const held = list[a]!
    list[a] = list[b]!
    list[b] = held
  }
}

/** The nodes directly below a node. */
export function children(node: t.Node): Node[] {
  const found: Node[] = []
  eachChild(node, (child) => found.push(child))
  return found
}
