import type * as t from '@babel/types'
import { type Certainty, weaker } from '../../model/trust.ts'
import { bundledGetter, exportsOf, isModuleExports } from './exports.ts'
import { shapeOf } from './kinds.ts'
import type { JavaScriptModule } from './module.ts'
import type { Importer, Origins } from './origins.ts'
import { ownBinding, plainParameter } from './origins.ts'
import { Answers } from './recursion.ts'
import type { Binding } from './scopes.ts'
import { shapedParameters } from './shapes.ts'
import {
  argumentsOf,
  type CallNode,
  enclosingFunction,
  type FunctionNode,
  isCall,
  isClass,
  isFunction,
  isMember,
  keyName,
  literalText,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from './syntax.ts'
import type { Trail } from './values.ts'

/** Where a function ends up. */
export type Use =
  /** It is called; its parameter i receives argument i + shift. */
  | {
      readonly is: 'called'
      readonly module: JavaScriptModule
      readonly call: CallNode
      readonly shift: number
      /** The call is `fn.apply(self, list)`: the list stands for all arguments. */
      readonly applied?: true
      readonly certainty: Certainty
      readonly via?: Trail | undefined
    }
  /** It is handed to a call, alone or inside (nested) arrays, or through wrappers that hand it on. */
  | {
      readonly is: 'argument'
      readonly module: JavaScriptModule
      readonly call: CallNode
      readonly argument: number
      /** In how many lists it is handed over: 1 for `app.use([fn])`. */
      readonly inside: number
      readonly certainty: Certainty
      /** The files that it was handed through, the last one first. */
      readonly via?: Trail | undefined
    }
  /** It is handed to a call of something that is described, somewhere within an object: `path` are the names that lead to it. */
  | {
      readonly is: 'option'
      readonly module: JavaScriptModule
      readonly call: CallNode
      readonly path: readonly string[]
      readonly certainty: Certainty
      readonly via?: Trail | undefined
    }
  /** It goes where nobody looks: out of the project, into something computed. */
  | { readonly is: 'lost'; readonly module: JavaScriptModule; readonly call?: CallNode; readonly why: string }

/**
 * A place that holds the function, possibly deep inside: `path` says under which names, nearest first. `NEW` stands for
 * "an object made by this class", `ITEM` for "an element of this list".
 */
interface Holder {
  readonly module: JavaScriptModule
  readonly node: Node
  readonly path: readonly string[]
  readonly certainty: Certainty
  readonly via?: Trail
}

const NEW = '<new>'
const ITEM = '<item>'
const MAX_HOLDERS = 400
/** Methods of a list that call their first argument with each element. */
export const LIST_METHODS = new Set(['forEach', 'map', 'filter', 'some', 'every', 'flatMap', 'find'])

/** Where functions go: follows a function forwards through names, objects, classes, exports and calls, across files. */
export class Uses {
  readonly #origins: Origins
  readonly #answers = new Answers<FunctionNode, readonly Use[]>()
  readonly #constants = new Answers<Node, readonly Use[]>()

  constructor(origins: Origins) {
    this.#origins = origins
  }

  /** All uses of a function. Empty when nothing is seen to use it. */
  of(module: JavaScriptModule, fn: FunctionNode): readonly Use[] {
    return this.#ask(this.#answers, module, fn)
  }

  /**
   * All uses of a value that is written out: a string, a list, an enum member. Stricter than for functions: whatever is
   * done with it or with an object that holds it, other than handing it to a call, is `lost`, so that without one of those
   * the value can be changed where it is written.
   */
  ofConstant(module: JavaScriptModule, node: Node): readonly Use[] {
    return this.#ask(this.#constants, module, node)
  }

  #ask<K extends Node>(answers: Answers<K, readonly Use[]>, module: JavaScriptModule, node: K): readonly Use[] {
    const found = this.#origins.recursion.ask(answers, node, () => {
      const walk = new Walk(this.#origins, this, node)
      walk.start(module)
      return walk.found
    })
    return found ?? []
  }
}

class Walk {
  readonly found: Use[] = []
  readonly #origins: Origins
  readonly #uses: Uses
  readonly #fn: FunctionNode | undefined
  readonly #node: Node
  readonly #seen = new Map<Node, Set<string>>()
  readonly #queue: Holder[] = []
  #holders = 0

  constructor(origins: Origins, uses: Uses, node: Node) {
    this.#origins = origins
    this.#uses = uses
    this.#node = node
    this.#fn = isFunction(node) ? node : undefined
  }

  start(module: JavaScriptModule): void {
    const fn = this.#node
    const holder = (node: Node, path: readonly string[]): Holder => ({ module, node, path, certainty: 'proven' })
    if (fn.type === 'FunctionDeclaration') this.#declaration(holder(fn, []))
    else if (fn.type === 'ObjectMethod') this.#push(holder(parentOf(fn)!, [keyName(fn) ?? '?']))
    else if (fn.type === 'ClassMethod' || fn.type === 'ClassPrivateMethod')
      this.#classMember(module, fn, fn.static === true, keyName(fn))
    else this.#push(holder(fn, []))
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      if (this.#holders++ > MAX_HOLDERS || this.#origins.recursion.tooLong()) {
        this.#lose(next, 'it goes to more places than are followed')
        return
      }
      this.#follow(next)
    }
  }

  #push(holder: Holder): void {
    if (holder.path.length > 8) return
    const key = holder.path.join('.')
    const seen = this.#seen.get(holder.node) ?? new Set()
    this.#seen.set(holder.node, seen)
    if (seen.has(key)) return
    seen.add(key)
    this.#queue.push(holder)
  }

  /** What does not matter for a function, and does for a constant. */
  #ignore(holder: Holder, why: string): void {
    if (!this.#fn) this.#lose(holder, why)
  }

  #lose(holder: Holder, why: string, call?: CallNode): void {
    this.found.push({ is: 'lost', module: holder.module, why, ...(call ? { call } : {}) })
  }

  /** A named function or class declaration: every reference holds it. */
  #declaration(holder: Holder): void {
    const { module, node } = holder
    const parent = parentOf(node)
    if (parent?.type === 'ExportDefaultDeclaration') this.#exported(holder, ['default', ...holder.path])
    const id = 'id' in node ? (node.id as t.Identifier | null | undefined) : undefined
    const binding = id && module.scopes.lookup(id.name, id)
    if (binding) this.#binding(holder, binding)
  }

  #binding(holder: Holder, binding: Binding): void {
    const { module } = holder
    for (const reference of module.references(binding)) this.#push({ ...holder, node: reference })
    for (const [name, sources] of exportsOf(module).named)
      for (const source of sources)
        if (source.is === 'local' && module.scopes.lookup(source.id.name, source.id) === binding)
          this.#exported(holder, [name, ...holder.path])
  }

  #classMember(module: JavaScriptModule, member: Node, isStatic: boolean, name: string | undefined): void {
    const owner = parentOf(parentOf(member)!)
    if (!isClass(owner) || name === undefined || name === 'constructor') {
      if (isClass(owner) && name === 'constructor') this.#push({ module, node: owner, path: [], certainty: 'proven' })
      if (isClass(owner) && name === 'constructor' && owner.type === 'ClassDeclaration')
        this.#declaration({ module, node: owner, path: [], certainty: 'proven' })
      return
    }
    const path = isStatic ? [name] : [NEW, name]
    this.#class({ module, node: owner, path, certainty: 'proven' })
  }

  /** A class that holds the function: where the class goes, where its objects go, and its own `this`. */
  #class(holder: Holder): void {
    const { module, node, path } = holder
    if (node.type === 'ClassDeclaration') this.#declaration(holder)
    else this.#push(holder)
    const name = path[0] === NEW ? path[1] : path[0]
    if (name === undefined) return
    for (const member of module.membersNamed(name)) {
      if (member.object.type !== 'ThisExpression') continue
      const owner = this.#origins.thisOwner(module, member.object as Node)
      if (owner?.node === node && (owner.is === 'class') === (path[0] !== NEW))
        this.#push({ ...holder, node: member, path: path.slice(path[0] === NEW ? 2 : 1) })
    }
    if (path[0] === NEW && isClass(node)) this.#typedAs(holder)
  }

  /** Dependency injection by type: parameters, fields and variables declared as this class hold one of its objects. */
  #typedAs(holder: Holder): void {
    const { module, node, path } = holder
    const name = isClass(node) ? node.id?.name : undefined
    if (!name) return
    const places: Importer[] = [{ module, node: module.program }, ...this.#origins.neighbours.importers(module)]
    for (const place of places)
      for (const id of place.module.identifiersNamed(name)) {
        const reference = parentOf(id)
        if (reference?.type !== 'TSTypeReference') continue
        const annotation = parentOf(reference)
        const target = annotation?.type === 'TSTypeAnnotation' ? parentOf(annotation) : undefined
        if (target) this.#typedPlace({ ...holder, module: place.module, path: path.slice(1) }, target)
      }
  }

  #typedPlace(holder: Holder, target: Node): void {
    const { module } = holder
    if (target.type === 'Identifier') {
      const binding = module.scopes.lookup(target.name, target)
      if (binding) for (const reference of module.references(binding)) this.#push({ ...holder, node: reference })
      const parent = parentOf(target)
      const property = parent?.type === 'AssignmentPattern' ? parentOf(parent) : parent
      if (property?.type === 'TSParameterProperty') this.#field(holder, property, target.name)
    } else if (target.type === 'ClassProperty') this.#field(holder, target, keyName(target))
  }

  #field(holder: Holder, member: Node, name: string | undefined): void {
    let owner = parentOf(member)
    while (owner && !isClass(owner)) owner = parentOf(owner)
    if (!owner || name === undefined) return
    for (const use of holder.module.membersNamed(name))
      if (
        use.object.type === 'ThisExpression' &&
        this.#origins.thisOwner(holder.module, use.object as Node)?.node === owner
      )
        this.#push({ ...holder, node: use })
  }

  /** One step: what the construct around the holder does with it. */
  #follow(holder: Holder): void {
    const { module, node } = holder
    const parent = parentOf(node)
    if (!parent) return
    if (unwrap(parent) !== parent && unwrap(parent) === unwrap(node)) return this.#push({ ...holder, node: parent })
    switch (parent.type) {
      case 'VariableDeclarator':
        if (parent.init === node) this.#pattern(holder, parent.id as Node)
        return
      case 'AssignmentExpression':
        if (parent.right !== node) return this.#ignore(holder, 'another value is given to its name')
        this.#assigned(holder, parent.left as Node)
        this.#push({ ...holder, node: parent })
        return
      case 'MemberExpression':
      case 'OptionalMemberExpression':
        if (parent.object === node) this.#memberRead(holder, parent)
        else this.#ignore(holder, 'a member is looked up by it')
        return
      case 'ObjectProperty':
        if (parent.value === node && parentOf(parent)?.type === 'ObjectExpression')
          this.#push({ ...holder, node: parentOf(parent)!, path: [keyName(parent) ?? '?', ...holder.path] })
        else this.#ignore(holder, 'it is the name of a property')
        return
      case 'TSEnumMember':
        this.#enumMember(holder, parent)
        return
      case 'ArrayExpression':
        this.#push({ ...holder, node: parent, path: [ITEM, ...holder.path] })
        return
      case 'SpreadElement':
        this.#spread(holder, parent)
        return
      case 'CallExpression':
      case 'OptionalCallExpression':
      case 'NewExpression':
        this.#inCall(holder, parent)
        return
      case 'ReturnStatement':
      case 'ArrowFunctionExpression':
        if (parent.type === 'ReturnStatement' || parent.body === node) this.#returned(holder)
        return
      case 'AwaitExpression':
      case 'ConditionalExpression':
      case 'LogicalExpression':
      case 'SequenceExpression':
        if (parent.type === 'ConditionalExpression' && parent.test === node)
          return this.#ignore(holder, 'a condition asks for it')
        this.#push({ ...holder, node: parent })
        return
      case 'ExportDefaultDeclaration':
        this.#exported(holder, ['default', ...holder.path])
        return
      case 'TSExportAssignment':
        this.#exported(holder, holder.path)
        return
      case 'ExportSpecifier':
        return
      case 'ClassProperty':
      case 'ClassPrivateProperty':
        if (parent.value === node) this.#classProperty(holder, parent)
        return
      case 'ClassDeclaration':
      case 'ClassExpression':
        if (parent.superClass === node && holder.path.length > 0) this.#class({ ...holder, node: parent })
        return
      case 'AssignmentPattern':
        if (parent.right === node) this.#pattern(holder, parent.left as Node)
        return
      case 'ForOfStatement':
        if (parent.right === node && holder.path[0] === ITEM && parent.left.type === 'VariableDeclaration')
          for (const declarator of parent.left.declarations)
            this.#pattern({ ...holder, path: holder.path.slice(1) }, declarator.id as Node)
        else this.#ignore(holder, 'a loop runs over it')
        return
      case 'ExpressionStatement':
      case 'TSTypeQuery':
        return
      default:
        if (isClass(node) && node.type === 'ClassDeclaration') return
        if (module.program === parent) return
        this.#ignore(holder, 'something else is made of it')
    }
  }

  #enumMember(holder: Holder, member: Node): void {
    const name = 'id' in member ? literalText(member.id) : undefined
    const own = 'id' in member && member.id?.type === 'Identifier' ? member.id.name : name
    let declaration = parentOf(member)
    while (declaration && declaration.type !== 'TSEnumDeclaration') declaration = parentOf(declaration)
    const binding = declaration && holder.module.scopes.lookup(declaration.id.name, declaration.id)
    if (binding && own !== undefined) this.#binding({ ...holder, path: [own, ...holder.path] }, binding)
    else this.#ignore(holder, 'it is in an enum that is not followed')
  }

  #classProperty(holder: Holder, property: Node): void {
    const owner = parentOf(parentOf(property)!)
    const name = keyName(property as unknown as { key: t.Node })
    if (!isClass(owner) || name === undefined) return
    const isStatic = 'static' in property && property.static === true
    this.#class({ ...holder, node: owner, path: [...(isStatic ? [] : [NEW]), name, ...holder.path] })
  }

  /** The holder is taken apart, or given a name. */
  #pattern(holder: Holder, pattern: Node): void {
    const { module, path } = holder
    switch (pattern.type) {
      case 'Identifier': {
        const binding = module.scopes.lookup(pattern.name, pattern)
        if (binding) this.#binding(holder, binding)
        return
      }
      case 'AssignmentPattern':
        this.#pattern(holder, pattern.left as Node)
        return
      case 'ObjectPattern':
        if (path.length === 0) this.#ignore(holder, 'it is taken apart')
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.#pattern(holder, property.argument as Node)
          else if (keyName(property) === path[0])
            this.#pattern({ ...holder, path: path.slice(1) }, property.value as Node)
        }
        return
      case 'ArrayPattern':
        if (path[0] !== ITEM) return this.#ignore(holder, 'it is taken apart')
        for (const element of pattern.elements)
          if (element) this.#pattern({ ...holder, path: path.slice(1) }, element as Node)
        return
      case 'TSParameterProperty': {
        const plain = plainParameter(pattern.parameter as Node)
        if (!plain) return
        this.#pattern(holder, plain as Node)
        this.#field(holder, pattern, plain.name)
        return
      }
      default:
    }
  }

  #assigned(holder: Holder, target: Node): void {
    const { module, path } = holder
    if (target.type === 'Identifier') {
      const binding = module.binding(target)
      if (binding) this.#binding(holder, binding)
      return
    }
    if (!isMember(target)) return this.#pattern(holder, target)
    if (isModuleExports(target, module)) return this.#exported(holder, path)
    const name = memberName(target)
    const object = unwrap(target.object)
    if (isModuleExports(object, module)) {
      if (name !== undefined) this.#exported(holder, [name, ...path])
      return
    }
    if (name === undefined) return
    if (isMember(object) && memberName(object) === 'prototype')
      return this.#constructed(holder, object.object as Node, [NEW, name, ...path])
    if (object.type === 'ThisExpression') return this.#ownField(holder, object, [name, ...path])
    if (object.type === 'Identifier') {
      const binding = module.binding(object)
      const alias = binding?.declarations[0]
      if (alias?.type === 'VariableDeclarator') {
        const init = alias.init as Node | null | undefined
        if (isMember(init) && memberName(init) === 'prototype')
          return this.#constructed(holder, init.object as Node, [NEW, name, ...path])
        if (init?.type === 'ThisExpression') return this.#ownField(holder, init, [name, ...path])
      }
      if (binding) {
        this.#binding({ ...holder, path: [name, ...path] }, binding)
        // `const api = module.exports = {}`: the name and the exports are one object
        const init = alias?.type === 'VariableDeclarator' && alias.init ? unwrap(alias.init) : undefined
        if (
          init &&
          (isModuleExports(init, module) ||
            (init.type === 'AssignmentExpression' && isModuleExports(init.left as Node, module)))
        )
          this.#exported(holder, [name, ...path])
        if (init && isCall(init)) this.#push({ ...holder, node: init, path: [name, ...path] })
      }
      return
    }
    this.#push({ ...holder, node: object, path: [name, ...path] })
  }

  #constructed(holder: Holder, maker: Node, path: readonly string[]): void {
    if (maker.type !== 'Identifier') return
    const binding = holder.module.binding(maker)
    const declaration = binding?.declarations[0]
    if (!binding || !declaration) return
    this.#binding({ ...holder, path }, binding)
    const node = declaration.type === 'VariableDeclarator' && declaration.init ? unwrap(declaration.init) : declaration
    this.#ownMembers({ ...holder, node, path })
  }

  /** `this.name = fn`: every other `this.name` of the same owner, and wherever the owner's objects go. */
  #ownField(holder: Holder, self: Node, path: readonly string[]): void {
    const owner = this.#origins.thisOwner(holder.module, self)
    if (!owner) return
    if (owner.is === 'exports') return this.#exported(holder, path)
    const inside = owner.is === 'instance' ? [NEW, ...path] : path
    this.#ownMembers({ ...holder, node: owner.node, path: inside })
    if (isClass(owner.node)) return this.#class({ ...holder, node: owner.node, path: inside })
    if (isFunction(owner.node)) {
      const binding = ownBinding(holder.module, owner.node)
      if (binding) this.#binding({ ...holder, path: inside }, binding)
      this.#push({ ...holder, node: owner.node, path: inside })
    } else this.#push({ ...holder, node: owner.node, path: inside })
  }

  #ownMembers(holder: Holder): void {
    const { module, node, path } = holder
    const name = path[0] === NEW ? path[1] : path[0]
    if (name === undefined) return
    for (const member of module.membersNamed(name))
      if (
        (member.object.type === 'ThisExpression' &&
          this.#origins.thisOwner(module, member.object as Node)?.node === node) ||
        (member.object.type === 'Identifier' && this.#origins.isOwn(module, member.object as Node, node))
      )
        this.#push({ ...holder, node: member, path: path.slice(path[0] === NEW ? 2 : 1) })
  }

  #memberRead(holder: Holder, member: Node): void {
    if (!isMember(member)) return
    const { path, module } = holder
    const name = this.#origins.memberNameOf(module, member)
    const call = parentOf(member)
    const called = isCall(call, false) && call.callee === member ? call : undefined
    if (path.length === 0) {
      if (!this.#fn) return this.#ignore(holder, `its \`.${name ?? '[…]'}\` is used`)
      if (!called) return
      if (name === 'bind') this.#push({ ...holder, node: called })
      else if (name === 'call')
        this.found.push({ is: 'called', module, call: called, shift: 1, certainty: holder.certainty, via: holder.via })
      else if (name === 'apply')
        this.found.push({
          is: 'called',
          module,
          call: called,
          shift: 0,
          applied: true,
          certainty: holder.certainty,
          via: holder.via,
        })
      else if (name === 'then') this.#awaited(holder, called)
      return
    }
    if (called && name === 'then' && path[0] !== name) return this.#awaited(holder, called)
    if (path[0] === ITEM) {
      if (name !== undefined && /^\d+$/.test(name)) return this.#push({ ...holder, node: member, path: path.slice(1) })
      if (called && name && LIST_METHODS.has(name)) return this.#listMethod(holder, called, name)
      if (called && (name === 'concat' || name === 'slice' || name === 'reverse'))
        this.#push({ ...holder, node: called })
      else if (name !== 'length') this.#ignore(holder, `the \`.${name ?? '[…]'}\` of its list is used`)
      return
    }
    if (name === undefined && !this.#fn) return this.#ignore(holder, 'members are looked up by computed names')
    // a plain object's `Object.keys(handlers).forEach(name => app.use(handlers[name]))`
    if (name === undefined)
      return this.#push({
        ...holder,
        node: member,
        path: path.slice(1),
        certainty: weaker(holder.certainty, 'inferred'),
      })
    if (path[0] === name) this.#push({ ...holder, node: member, path: path.slice(1) })
    else if (path[0] === NEW && name === 'prototype') this.#push({ ...holder, node: member, path: path.slice(1) })
    else if (name === 'default' && holder.node.type !== 'Identifier') this.#push({ ...holder, node: member })
  }

  /** `promise.then((value) => …)`: the callback's first parameter holds what the promise is for. */
  #awaited(holder: Holder, call: CallNode): void {
    const [callback] = argumentsOf(call)
    const callees = callback ? this.#origins.valueOf(holder.module, callback) : []
    const fns = callees.flatMap((callee) => this.#calledFunctions(callee))
    for (const fn of fns) this.#intoParameter(holder, fn.module, fn.node, 0)
    if (fns.length === 0) this.#ignore(holder, 'a promise for it is waited for elsewhere')
  }

  /** `list.forEach(item => …)`: the callback's first parameter holds the element. */
  #listMethod(holder: Holder, call: CallNode, name: string): void {
    const callback = argumentsOf(call)[0]
    if (isFunction(callback) && callback.params[0])
      this.#pattern({ ...holder, path: holder.path.slice(1) }, callback.params[0] as Node)
    if (name === 'filter') this.#push({ ...holder, node: call })
    // `[a, b].map(asyncHandler)`
    if (name === 'map' && holder.path.length === 1)
      this.#push({ ...holder, node: call, certainty: weaker(holder.certainty, 'inferred') })
  }

  #spread(holder: Holder, spread: Node): void {
    const outer = parentOf(spread)
    if (!outer) return
    if (holder.path.length === 0) this.#ignore(holder, 'its parts are spread')
    if (outer.type === 'ObjectExpression') this.#push({ ...holder, node: outer })
    else if (outer.type === 'ArrayExpression' && holder.path[0] === ITEM) this.#push({ ...holder, node: outer })
    else if (isCall(outer) && holder.path[0] === ITEM)
      this.#argument({ ...holder, path: holder.path.slice(1) }, outer, argumentsOf(outer).indexOf(spread))
  }

  #inCall(holder: Holder, call: CallNode): void {
    const { node, path, module } = holder
    if (call.callee === node) {
      if (call.type === 'NewExpression') {
        if (path[0] === NEW) this.#push({ ...holder, node: call, path: path.slice(1) })
        else if (path.length === 0)
          this.found.push({ is: 'called', module, call, shift: 0, certainty: holder.certainty, via: holder.via })
      } else if (path.length === 0)
        this.found.push({ is: 'called', module, call, shift: 0, certainty: holder.certainty, via: holder.via })
      return
    }
    const index = argumentsOf(call).indexOf(node)
    if (index < 0) return
    this.#argument(holder, call, index)
  }

  #argument(holder: Holder, call: CallNode, index: number): void {
    const { path, module } = holder
    const handed = path.every((name) => name === ITEM)
    if (this.#knownCall(holder, call, index)) return
    const callees = this.#origins.calleeValues(module, call)
    let known = false
    for (const callee of callees) {
      if (callee.is === 'kind') {
        known = true
        if (handed)
          this.found.push({
            is: 'argument',
            module,
            call,
            argument: index,
            inside: path.length,
            certainty: holder.certainty,
            via: holder.via,
          })
        else if (this.#fn && index === 0 && shapeOf(callee.kind, 'options'))
          this.found.push({ is: 'option', module, call, path, certainty: holder.certainty, via: holder.via })
      } else if (callee.is === 'foreign') {
        known = true
        if (handed)
          this.found.push({
            is: 'argument',
            module,
            call,
            argument: index,
            inside: path.length,
            certainty: holder.certainty,
            via: holder.via,
          })
      } else if (callee.is === 'function' || callee.is === 'exports' || callee.is === 'class') {
        known = true
        for (const fn of this.#calledFunctions(callee)) this.#intoParameter(holder, fn.module, fn.node, index)
      }
      if (!handed && (callee.is === 'kind' || callee.is === 'foreign'))
        this.#ignore(holder, 'an object that holds it is handed on')
    }
    if (!known && !handed) this.#ignore(holder, 'an object that holds it is handed on')
    if (known || !handed) return
    const callee = unwrap(call.callee)
    if (this.#fn && index === 0 && isMember(callee) && memberName(callee) === 'then')
      this.found.push({
        is: 'argument',
        module,
        call,
        argument: 0,
        inside: path.length,
        certainty: holder.certainty,
        via: holder.via,
      })
    else this.#throughWrapper(holder, call, index)
  }

  #calledFunctions(callee: ReturnType<Origins['valueOf']>[number]): { module: JavaScriptModule; node: FunctionNode }[] {
    if (callee.is === 'function') return [callee]
    if (callee.is === 'class') {
      const made = callee.node.body.body.find(
        (member) => member.type === 'ClassMethod' && member.kind === 'constructor',
      )
      return made ? [{ module: callee.module, node: made as FunctionNode }] : []
    }
    if (callee.is !== 'exports') return []
    return exportsOf(callee.module).whole.flatMap((node) =>
      this.#origins.valueOf(callee.module, node).flatMap((v) => (v.is === 'exports' ? [] : this.#calledFunctions(v))),
    )
  }

  #intoParameter(holder: Holder, module: JavaScriptModule, fn: FunctionNode, index: number): void {
    const param = fn.params[index] as Node | undefined
    if (param?.type === 'RestElement')
      this.#pattern({ ...holder, module, path: [ITEM, ...holder.path] }, param.argument as Node)
    else if (param) this.#pattern({ ...holder, module }, param)
    else {
      const rest = fn.params.at(-1) as Node | undefined
      if (rest?.type === 'RestElement')
        this.#pattern({ ...holder, module, path: [ITEM, ...holder.path] }, rest.argument as Node)
      else this.#ignore(holder, 'a function without a parameter for it is called with it')
    }
  }

  /** `Object.assign(target, holder)`, `util.promisify(fn)`, `Object.keys(holder)` … */
  #knownCall(holder: Holder, call: CallNode, index: number): boolean {
    const callee = unwrap(call.callee)
    const calleeName = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
    if (/export_?star/i.test(calleeName ?? '')) {
      if (holder.path[0] !== 'default') this.#exported(holder, holder.path)
      return true
    }
    if (calleeName === 'concat' && isMember(callee) && holder.path[0] === ITEM) {
      this.#push({ ...holder, node: call })
      return true
    }
    if (!isMember(callee) || callee.object.type !== 'Identifier') {
      if (callee.type === 'Identifier' && /^_*(interop|import(Default|Star)|toESM)/i.test(callee.name)) {
        this.#push({ ...holder, node: call })
        this.#push({ ...holder, node: call, path: ['default', ...holder.path] })
        return true
      }
      return false
    }
    const name = memberName(callee)
    if (callee.object.name === 'Object' && !holder.module.binding(callee.object)) {
      if (name === 'assign' || name === 'freeze' || name === 'seal' || name === 'create') {
        this.#push({ ...holder, node: call })
        const target = argumentsOf(call)[0]
        if (index > 0 && target) {
          if (isModuleExports(target, holder.module)) this.#exported(holder, holder.path)
          else this.#assignedInto(holder, target)
        }
        return true
      }
      if ((name === 'values' || name === 'entries') && holder.path.length > 0) {
        this.#push({
          ...holder,
          node: call,
          path: [...(name === 'values' ? [ITEM] : [ITEM, ITEM]), ...holder.path.slice(1)],
          certainty: weaker(holder.certainty, 'inferred'),
        })
        return true
      }
    }
    if (name === 'push' && callee.object.type === 'Identifier') {
      const binding = holder.module.binding(callee.object)
      const init = binding?.declarations[0]
      if (binding && init?.type === 'VariableDeclarator' && init.init?.type === 'ArrayExpression') {
        this.#binding({ ...holder, path: [ITEM, ...holder.path] }, binding)
        return true
      }
    }
    return false
  }

  #assignedInto(holder: Holder, target: Node): void {
    if (target.type === 'Identifier') {
      const binding = holder.module.binding(target)
      if (binding) this.#binding(holder, binding)
    } else if (isMember(target) && memberName(target) === 'prototype')
      this.#constructed(holder, target.object as Node, [NEW, ...holder.path])
  }

  /**
   * `asyncHandler(fn)` of a package that is not followed: the result is taken to be a function with the same parameters.
   * For a package that is known to do this, that is a fact; for others it needs a lone argument and the strong shape.
   */
  #throughWrapper(holder: Holder, call: CallNode, index: number): void {
    const fn = this.#fn
    const shape = fn && this.#isKnownWrapper(holder.module, call)
    const fitting =
      fn && argumentsOf(call).length === 1 && shapedParameters(this.#origins, holder.module, fn).kinds.length > 0
    if (shape || fitting)
      this.#push({ ...holder, node: call, certainty: shape ? holder.certainty : weaker(holder.certainty, 'inferred') })
    else
      this.#lose(
        holder,
        `it is argument ${index + 1} of \`${holder.module.source(call.callee).slice(0, 60)}\`, which is not followed`,
        call,
      )
  }

  #isKnownWrapper(module: JavaScriptModule, call: CallNode): boolean {
    const wrappers = this.#origins.models.flatMap((model) => model.wrappers)
    const callee = unwrap(call.callee)
    if (callee.type !== 'Identifier') return false
    const declaration = module.binding(callee)?.declarations[0]
    const parent = declaration && parentOf(declaration)
    if (parent?.type === 'ImportDeclaration') return wrappers.includes(parent.source.value)
    const init = declaration?.type === 'VariableDeclarator' ? (declaration.init as Node | null | undefined) : undefined
    return isCall(init) && wrappers.includes(module.mentions.find((mention) => mention.node === init)?.specifier ?? '')
  }

  /** The holder is what a function returns: it is wherever that function's calls go. */
  #returned(holder: Holder): void {
    const { module } = holder
    const fn = enclosingFunction(holder.node)
    if (!fn) return
    const getterOf = definedGetter(fn, module) ?? bundledGetter(fn, module)
    if (getterOf !== undefined) this.#exported(holder, [getterOf, ...holder.path])
    for (const use of this.#uses.of(module, fn)) {
      if (use.is === 'called')
        this.#push({
          ...holder,
          module: use.module,
          node: use.call,
          certainty: weaker(holder.certainty, use.certainty),
        })
      else if (use.is === 'argument') this.#handedBack(holder, use)
      else this.#ignore(holder, 'a function that returns it goes where nobody looks')
    }
  }

  /** `[a, b].map(wrap)` and `promise.then(wrap)`: what `wrap` returns is in the result. */
  #handedBack(holder: Holder, use: Use & { is: 'argument' }): void {
    const callee = use.call.callee as Node
    const name = isMember(callee) ? memberName(callee) : undefined
    const at = { ...holder, module: use.module, node: use.call }
    if (name === 'map' && holder.path.length === 0) this.#push({ ...at, path: [ITEM] })
    else if (name === 'then') this.#push(at)
    else this.#ignore(holder, 'a function that returns it is handed on')
  }

  /** The holder is exported under `path`: every file that imports this one holds it. */
  #exported(holder: Holder, path: readonly string[]): void {
    const origin = holder.module
    const { esm, transpiled } = exportsOf(origin)
    this.#readBack(holder, path)
    const [name] = path
    const as = name === undefined || name === NEW || name === ITEM ? '' : ` as \`${name}\``
    const via: Trail = {
      what: `exported${as} by ${origin.path}`,
      module: origin,
      offset: holder.node.start,
      next: holder.via,
    }
    for (const { module, node } of this.#origins.neighbours.importers(origin)) {
      const at = { ...holder, module, via }
      if (isCall(node) || node.type === 'ImportExpression') this.#push({ ...at, node, path })
      else if (node.type === 'ImportDeclaration') {
        for (const specifier of node.specifiers) {
          const binding = module.scopes.lookup(specifier.local.name, specifier.local)
          if (!binding) continue
          if (specifier.type === 'ImportNamespaceSpecifier') this.#binding({ ...at, path }, binding)
          else if (specifier.type === 'ImportDefaultSpecifier') {
            if (path[0] === 'default') this.#binding({ ...at, path: path.slice(1) }, binding)
            if (!esm && !transpiled) this.#binding({ ...at, path }, binding)
          } else {
            const imported =
              specifier.imported.type === 'Identifier' ? specifier.imported.name : specifier.imported.value
            if (imported === path[0]) this.#binding({ ...at, path: path.slice(1) }, binding)
          }
        }
      } else if (node.type === 'ExportNamedDeclaration') {
        for (const specifier of node.specifiers) {
          const exported = specifier.exported.type === 'Identifier' ? specifier.exported.name : specifier.exported.value
          if (specifier.type === 'ExportNamespaceSpecifier') this.#reexported(at, node, [exported, ...path])
          else if (
            specifier.type === 'ExportSpecifier' &&
            (specifier.local.type === 'Identifier'
              ? specifier.local.name
              : (specifier.local as unknown as t.StringLiteral).value) === path[0]
          )
            this.#reexported(at, node, [exported, ...path.slice(1)])
        }
      } else if (node.type === 'ExportAllDeclaration') {
        if (path[0] !== 'default') this.#reexported(at, node, path)
      } else if (node.type === 'TSImportEqualsDeclaration') {
        const binding = module.scopes.lookup(node.id.name, node.id)
        if (binding) this.#binding({ ...at, path }, binding)
      }
    }
  }

  /** `exports.name` read in the file that sets it. */
  #readBack(holder: Holder, path: readonly string[]): void {
    const [name] = path
    if (name === undefined || name === ITEM || name === NEW) return
    for (const member of holder.module.membersNamed(name)) {
      const parent = parentOf(member)
      const isTarget = parent?.type === 'AssignmentExpression' && parent.left === member
      if (!isTarget && isModuleExports(member.object as Node, holder.module))
        this.#push({ ...holder, node: member, path: path.slice(1) })
    }
  }

  #reexported(holder: Holder, node: Node, path: readonly string[]): void {
    const key = `export ${path.join('.')}`
    const seen = this.#seen.get(node) ?? new Set()
    this.#seen.set(node, seen)
    if (seen.has(key)) return
    seen.add(key)
    this.#exported(holder, path)
  }
}

/** In `Object.defineProperty(exports, 'name', { get: fn })`, the name. */
function definedGetter(fn: FunctionNode, module: JavaScriptModule): string | undefined {
  const property = fn.type === 'ObjectMethod' ? fn : parentOf(fn)
  if (property?.type !== 'ObjectMethod' && property?.type !== 'ObjectProperty') return undefined
  const object = parentOf(property)
  const call = object && parentOf(object)
  if (keyName(property) !== 'get' || !isCall(call) || !isMember(call.callee)) return undefined
  const [target, name, descriptor] = argumentsOf(call)
  const defines = memberName(call.callee) === 'defineProperty' && descriptor === object
  return defines && target && isModuleExports(target, module) ? literalText(name) : undefined
}
