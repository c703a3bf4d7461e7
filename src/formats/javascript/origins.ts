import type * as t from '@babel/types'
import { weaker } from '../../model/trust.ts'
import { annotatedValue, documentedParameter, documentedType, parametersByAnnotation } from './annotations.ts'
import { exportsOf, isModuleExports } from './exports.ts'
import {
  type Kind,
  leadingMembers,
  listedMember,
  type ObjectLiteral,
  otherMember,
  type PackageModel,
  shapeOf,
} from './kinds.ts'
import { type JavaScriptModule, requiredSpecifier } from './module.ts'
import { Answers, Recursion } from './recursion.ts'
import { type Binding, children } from './scopes.ts'
import { isDeclaredOtherwise, shapedParameters } from './shapes.ts'
import {
  argumentsOf,
  type CallNode,
  type ClassNode,
  contains,
  enclosingFunction,
  type FunctionNode,
  isCall,
  isClass,
  isFunction,
  isMember,
  keyName,
  literalText,
  type MemberNode,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from './syntax.ts'
import { LIST_METHODS, type Use, Uses } from './uses.ts'
import {
  atMost,
  distinct,
  type Primitive,
  type Trail,
  type TypeOracle,
  through,
  type Value,
  value,
  withDefault,
} from './values.ts'

/** What a specifier leads to. */
export type Resolution =
  | { readonly is: 'file'; readonly module: JavaScriptModule }
  | { readonly is: 'package'; readonly name: string }
  /** Something in one of the folders that a package is generated into; `subpath` is what is below it, `/x` or nothing. */
  | { readonly is: 'generated'; readonly folder: string; readonly subpath: string }
  /** A file that no value of the packages can reach. */
  | { readonly is: 'unconnected'; readonly path: string }
  | { readonly is: 'missing'; readonly why: string }

/** One file that mentions another, and where. */
export interface Importer {
  readonly module: JavaScriptModule
  readonly node: Node
}

/** The files around a file. The engine knows them; this side only asks. */
export interface Neighbours {
  resolve(from: JavaScriptModule, specifier: string): Resolution
  importers(of: JavaScriptModule): readonly Importer[]
  /** Names declared in the package.json around a file. */
  dependencies(of: JavaScriptModule): ReadonlySet<string>
  /**
   * How a value of the packages can get into a file: from anywhere, only as what a function is handed that looks like one
   * of theirs, or not at all.
   */
  reach(of: JavaScriptModule): 'package' | 'shape' | 'nothing'
  /** Whether some file imports or requires one of these packages: in the same package as a file, or in another one. */
  loads(of: JavaScriptModule, packages: readonly string[]): 'here' | 'elsewhere' | 'nowhere'
  /** Where the project itself gives one of these objects a member of this name: `req.param = …`. Tests are left out. */
  definitionOf(owners: readonly string[], name: string): { readonly file: string; readonly line: number } | undefined
  /**
   * The code files whose text a pattern matches, wherever they are in the project; non-ASCII characters are not told apart.
   * `within` matches wherever the pattern does: only its files are searched, which is quick for many patterns of one form.
   */
  mentioning(pattern: RegExp, within?: RegExp): readonly string[]
  /** The `target` that the nearest tsconfig.json sets for a file, in lower case: `es2017`. */
  target(of: JavaScriptModule): string | undefined
}

const MAX_ALTERNATIVES = 16

/**
 * Where values come from: follows declarations, assignments, calls, members, imports and exports backwards, and for
 * parameters looks at where the function goes. Every answer is a list of alternatives, each with a trail of evidence.
 * Nothing is executed, and what is not understood is `unknown` with the reason, never a guess.
 */
export class Origins {
  readonly models: readonly PackageModel[]
  readonly neighbours: Neighbours
  readonly uses: Uses
  readonly recursion = new Recursion()
  readonly #values = new Answers<Node, readonly Value[]>()
  readonly #parameters = new Answers<object, readonly Value[]>()
  readonly #members = new Answers<object, Value[]>()
  readonly #places = new WeakMap<Node, Map<string, object>>()
  readonly #modules = new WeakMap<Node, JavaScriptModule>()

  readonly #types: TypeOracle | undefined
  readonly #leading: ReadonlySet<string>

  /** With `types`, the type checker is asked who a query is made on, where its results lead on. */
  constructor(models: readonly PackageModel[], neighbours: Neighbours, types?: TypeOracle) {
    this.models = models
    this.#types = types
    this.#leading = new Set(types ? models.flatMap(leadingMembers) : [])
    this.neighbours = neighbours
    this.uses = new Uses(this)
  }

  /** What an expression may be. Never empty: at worst one `unknown`. */
  valueOf(module: JavaScriptModule, expression: t.Node): readonly Value[] {
    const node = unwrap(expression)
    this.#modules.set(module.program, module)
    const cast = this.#castValue(module, expression as Node, node)
    if (cast) return cast
    const { recursion } = this
    const outermost = recursion.isIdle
    // not kept: for the next question this may be the first step
    if (!outermost && !this.#values.kept.has(node) && recursion.tooLong())
      return unknown('the chain is too long to follow')
    const found = recursion.ask(this.#values, node, () => {
      if (recursion.tooDeep()) return unknown('the chain is too long to follow')
      const values = distinct(this.#evaluate(module, node)).slice(0, MAX_ALTERNATIVES)
      return values.length === 0 && outermost ? unknown(`nothing gives \`${excerpt(module, node)}\` a value`) : values
    })
    return found ?? []
  }

  /** `x as Express` says what x is. */
  #castValue(module: JavaScriptModule, outer: Node, inner: Node): readonly Value[] | undefined {
    for (let at = outer; at !== inner; at = (at as unknown as { expression: Node }).expression) {
      if (at.type !== 'TSAsExpression' && at.type !== 'TSTypeAssertion' && at.type !== 'TypeCastExpression') continue
      const typed = annotatedValue(this, module, at.typeAnnotation as Node).filter((v) => v.is === 'kind')
      if (typed.length > 0) return typed
    }
    return undefined
  }

  #evaluate(module: JavaScriptModule, node: Node): readonly Value[] {
    switch (node.type) {
      case 'Identifier':
        return this.#identifier(module, node)
      case 'ThisExpression':
        return this.#this(module, node)
      case 'MemberExpression':
      case 'OptionalMemberExpression':
        return this.#memberExpression(module, node)
      case 'CallExpression':
      case 'OptionalCallExpression':
        return this.#call(module, node)
      case 'NewExpression':
        return this.#construct(module, node)
      case 'TaggedTemplateExpression':
        return this.#tagged(module, node)
      case 'ImportExpression': {
        const specifier = literalText(node.source)
        return specifier === undefined
          ? unknown('imports a module whose name is computed')
          : this.moduleValue(module, specifier, node)
      }
      case 'AwaitExpression':
        return this.valueOf(module, node.argument)
      case 'AssignmentExpression':
        return node.operator === '='
          ? this.valueOf(module, node.right)
          : /^(\|\||&&|\?\?)=$/.test(node.operator)
            ? [...this.valueOf(module, node.left), ...this.valueOf(module, node.right)]
            : arithmetic(node.operator.slice(0, -1), this.valueOf(module, node.left), this.valueOf(module, node.right))
      case 'SequenceExpression':
        return this.valueOf(module, node.expressions.at(-1)!)
      case 'ConditionalExpression':
        return [...this.valueOf(module, node.consequent), ...this.valueOf(module, node.alternate)]
      case 'LogicalExpression':
        return this.#logical(module, node)
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'FunctionDeclaration':
      case 'ObjectMethod':
      case 'ClassMethod':
        return [value({ is: 'function', module, node })]
      case 'ClassExpression':
      case 'ClassDeclaration':
        return [value({ is: 'class', module, node })]
      case 'ObjectExpression':
      case 'TSEnumDeclaration':
        return [value({ is: 'object', module, node })]
      case 'ArrayExpression':
        return [value({ is: 'array', module, node })]
      case 'StringLiteral':
        return [value({ is: 'primitive', type: 'string', value: node.value, at: { module, node } })]
      case 'TemplateLiteral':
        return [this.#template(module, node)]
      case 'NumericLiteral':
        return [primitive('number', node.value)]
      case 'BooleanLiteral':
        return [primitive('boolean', node.value)]
      case 'NullLiteral':
        return [primitive('null')]
      case 'BigIntLiteral':
        return [primitive('bigint')]
      case 'RegExpLiteral':
        return [primitive('regexp')]
      case 'UnaryExpression':
        return [this.#unary(module, node)]
      case 'UpdateExpression':
        return [primitive('number')]
      case 'BinaryExpression':
        return node.left.type === 'PrivateName'
          ? [primitive('boolean')]
          : arithmetic(node.operator, this.valueOf(module, node.left), this.valueOf(module, node.right))
      case 'JSXElement':
      case 'JSXFragment':
        return [value({ is: 'foreign', what: 'a JSX element' })]
      default:
        return unknown(`\`${excerpt(module, node)}\` is not followed`)
    }
  }

  // ---- names --------------------------------------------------------------------------------

  #identifier(module: JavaScriptModule, node: t.Identifier & Node): readonly Value[] {
    const binding = module.binding(node)
    if (!binding) return this.#global(module, node)
    return this.bindingValue(module, binding)
  }

  #global(module: JavaScriptModule, node: t.Identifier & Node): readonly Value[] {
    if (node.name === 'undefined') return [primitive('undefined')]
    if (node.name === 'NaN' || node.name === 'Infinity') return [primitive('number')]
    if (node.name === 'exports') return [value({ is: 'exports', module })]
    if (node.name === 'global') return [value({ is: 'foreign', what: GLOBAL_OBJECT })]
    if (KNOWN_GLOBALS.has(node.name)) return [value({ is: 'foreign', what: `the global \`${node.name}\`` })]
    return unknown(`\`${node.name}\` is not declared in this file`)
  }

  /** Everything a name is ever given: its declarations and every assignment to it. */
  bindingValue(module: JavaScriptModule, binding: Binding): readonly Value[] {
    let found: Value[] = []
    let isReplaced = false
    binding.declarations.forEach((declaration, index) => {
      found.push(...this.#declared(module, binding, declaration, binding.identifiers[index]!))
    })
    if (binding.kind !== 'const' && binding.kind !== 'import') {
      for (const reference of module.references(binding)) {
        const loop = loopThatSets(reference)
        const assigned = assignedValue(reference)
        if (isKeyOfLoop(reference)) found.push(primitive('string'))
        else if (loop) found.push(...this.#setByLoop(module, reference, loop))
        else if (assigned === 'pattern') found.push(...this.#fromPattern(module, reference))
        else if (assigned) {
          const values = this.valueOf(module, assigned)
          isReplaced ||= binding.kind === 'parameter' && values.length > 0 && values.every((v) => v.is === 'unknown')
          if (isSetWhereMissing(reference)) found = withDefault(found, values)
          found.push(
            ...through(
              values,
              () => `\`${binding.name}\` is set to \`${excerpt(module, assigned)}\``,
              module,
              reference,
            ),
          )
        }
      }
    }
    // `let app` without a value, or `app = null` before the real one, says nothing about what it is when it is used
    const telling = found.filter((v) => !(v.is === 'primitive' && (v.type === 'undefined' || v.type === 'null')))
    const told = telling.length > 0 ? telling : found
    // `res = wrap(res)`: what the function was given, and what nobody knows
    return isReplaced ? atMost(told, 'guessed') : told
  }

  /** What `for (name of list)` gives to a name that is declared elsewhere. */
  #setByLoop(module: JavaScriptModule, name: Node, loop: t.ForOfStatement | t.ForInStatement): readonly Value[] {
    const elements =
      loop.type === 'ForOfStatement' && loop.left === name ? this.#elements(module, loop.right as Node) : []
    // within the loop the name is nothing else, so what is not known of it is no reason to trust it
    return elements.length > 0 && elements.every((v) => v.is !== 'unknown')
      ? through(elements, () => `\`${excerpt(module, name)}\` runs over a list`, module, name)
      : [value({ is: 'foreign', what: 'whatever a loop sets it to' })]
  }

  #declared(module: JavaScriptModule, binding: Binding, declaration: Node, id: t.Identifier): readonly Value[] {
    const { name } = binding
    switch (declaration.type) {
      case 'VariableDeclarator': {
        const typed = this.#typed(module, declaration.id as Node, declaration)
        if (typed) return through(typed, () => `\`${name}\` is declared with its type`, module, declaration)
        if (declaration.id !== id) return this.#fromPattern(module, id as t.Identifier & Node)
        const loop = loopSource(declaration)
        if (loop)
          return through(this.#elements(module, loop), () => `\`${name}\` runs over a list`, module, declaration)
        if (isKeyOfLoop(declaration)) return [primitive('string')]
        if (!declaration.init)
          return isAmbient(declaration) ? unknown(`\`${name}\` is declared to be there`) : [primitive('undefined')]
        return through(
          this.valueOf(module, declaration.init),
          () => `\`${name}\` is \`${excerpt(module, declaration.init as Node)}\``,
          module,
          declaration,
        )
      }
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'ObjectMethod':
      case 'ClassMethod':
      case 'ClassPrivateMethod':
        if (binding.kind === 'parameter') return this.#parameterBinding(module, declaration, id as t.Identifier & Node)
        return [value({ is: 'function', module, node: declaration })]
      case 'ClassDeclaration':
      case 'ClassExpression':
        return [value({ is: 'class', module, node: declaration })]
      case 'ImportSpecifier': {
        const source = (parentOf(declaration) as t.ImportDeclaration).source.value
        const imported =
          declaration.imported.type === 'Identifier' ? declaration.imported.name : declaration.imported.value
        return this.imported(module, source, imported, declaration)
      }
      case 'ImportDefaultSpecifier':
        return this.imported(
          module,
          (parentOf(declaration) as t.ImportDeclaration).source.value,
          'default',
          declaration,
        )
      case 'ImportNamespaceSpecifier':
        return this.imported(module, (parentOf(declaration) as t.ImportDeclaration).source.value, '*', declaration)
      case 'TSImportEqualsDeclaration':
        return declaration.moduleReference.type === 'TSExternalModuleReference'
          ? this.moduleValue(module, declaration.moduleReference.expression.value, declaration)
          : this.valueOf(module, entityExpression(declaration.moduleReference as Node))
      case 'TSEnumDeclaration':
        return [value({ is: 'object', module, node: declaration })]
      case 'CatchClause':
        return unknown(`\`${name}\` is a caught value`)
      default:
        return unknown(`\`${name}\` is declared as a type or namespace`)
    }
  }

  /** The value that a declared type promises, or undefined when the type says nothing. */
  #typed(module: JavaScriptModule, id: Node, documented: Node | undefined): Value[] | undefined {
    const annotation = 'typeAnnotation' in id ? (id.typeAnnotation as Node | null | undefined) : undefined
    const found = annotation
      ? annotatedValue(this, module, annotation)
      : documented
        ? documentedType(this, module, documented)
        : []
    return telling(found)
  }

  /** The value of an identifier inside a destructuring pattern. */
  #fromPattern(module: JavaScriptModule, id: t.Identifier & Node): Value[] {
    const path: string[] = []
    const defaults: { readonly value: Node; readonly path: readonly string[] }[] = []
    let at: Node = id
    for (let up = parentOf(at); up; at = up, up = parentOf(up)) {
      if (up.type === 'AssignmentPattern' && up.left === at) defaults.push({ value: up.right as Node, path: [...path] })
      else if (up.type === 'ObjectProperty') path.unshift(keyName(up) ?? '?')
      else if (up.type === 'ArrayPattern') path.unshift(String(up.elements.indexOf(at as t.PatternLike)))
      else if (up.type === 'RestElement') path.unshift('...')
      else if (up.type === 'ObjectPattern') continue
      else break
    }
    const holder = parentOf(at)
    let source: readonly Value[]
    if (holder?.type === 'VariableDeclarator') {
      const loop = loopSource(holder)
      source = loop ? this.#elements(module, loop) : holder.init ? this.valueOf(module, holder.init) : []
    } else if (holder?.type === 'AssignmentExpression') source = this.valueOf(module, holder.right)
    else if (isFunction(holder)) source = this.parameter(module, holder, holder.params.indexOf(at as t.Identifier))
    else return unknown('it is taken out of something that is not followed')
    const taken = (values: readonly Value[], names: readonly string[]) =>
      names
        .filter((name) => name !== '...')
        .reduce((from, name) => from.flatMap((v) => this.memberValue(v, name, id)), [...values])
    let found = taken(source, path)
    for (const fallback of defaults) {
      const values = taken(this.valueOf(module, fallback.value), fallback.path)
      found = [...withDefault(found, values), ...values]
    }
    return through(found, () => `\`${id.name}\` is taken out of \`${excerpt(module, holder)}\``, module, id)
  }

  #parameterBinding(module: JavaScriptModule, fn: FunctionNode, id: t.Identifier & Node): readonly Value[] {
    const index = fn.params.findIndex((param) => plainParameter(param as Node) === id)
    return index >= 0 ? this.parameter(module, fn, index) : this.#fromPattern(module, id)
  }

  // ---- parameters ---------------------------------------------------------------------------

  /** What a function's parameter may be: by its type, by where the function goes, by a strong shape. */
  parameter(module: JavaScriptModule, fn: FunctionNode, index: number): readonly Value[] {
    const param = fn.params[index] as Node | undefined
    const { recursion } = this
    const isOwn = param && param.type !== 'RestElement'
    const found = recursion.ask(this.#parameters, isOwn ? param : this.#place(fn, String(index)), () =>
      recursion.tooDeep()
        ? unknown('the chain is too long to follow')
        : distinct(isOwn ? this.#parameter(module, fn, index, param) : this.#furtherArgument(module, fn, index)).slice(
            0,
            MAX_ALTERNATIVES,
          ),
    )
    return found ?? []
  }

  /** One object for a node and a name, to ask about. */
  #place(node: Node, name: string): object {
    const places = this.#places.get(node) ?? new Map<string, object>()
    this.#places.set(node, places)
    const place = places.get(name) ?? {}
    places.set(name, place)
    return place
  }

  #parameter(module: JavaScriptModule, fn: FunctionNode, index: number, param: Node): readonly Value[] {
    const label = module.source((plainParameter(param) as Node | undefined) ?? param).split(/[:\s=]/)[0] ?? ''
    const typed = this.#parameterType(module, fn, index, param)
    if (typed) return through(typed, () => `\`${label}\` is declared with its type`, module, param)
    let found = this.uses
      .of(module, fn)
      .flatMap((use) => handedThrough(use, this.#parameterFromUse(module, use, fn, index, label)))
    if (param.type === 'AssignmentPattern') {
      const isCalled = found.length > 0 || this.recursion.isPartial
      const fallback = this.valueOf(module, param.right)
      // a default stands for one of the values that callers give
      if (!isCalled && fallback.some((v) => v.is === 'kind'))
        found = byCallers(`what \`${label}\` is when the function is called with it`)
      found = [...withDefault(found, fallback), ...fallback]
    }
    if (setsArguments(module, fn)) found.push(value({ is: 'foreign', what: 'what `arguments` are set to' }))
    const telling = found.filter((v) => v.is !== 'unknown' && !(v.is === 'primitive' && v.type === 'undefined'))
    if (telling.some((v) => v.is === 'kind') || (telling.length > 0 && telling.length === found.length)) return found
    if (fn.params.some((each) => isDeclaredOtherwise(each as Node)))
      return found.length > 0 ? found : unknown(`\`${label}\` has a declared type that is not followed`)
    const shape = shapedParameters(this, module, fn)
    const shaped = shape.kinds[index]
    if (shaped && !this.#isHandedToStranger(module, fn))
      return [
        ...atMost(
          through(
            [value({ is: 'kind', kind: shaped })],
            () => `\`${label}\` has the name and the use of the ${shaped.name}`,
            module,
            param,
          ),
          shape.certainty,
        ),
        ...telling,
      ]
    // a function that only calls itself here is called from somewhere else, and that is being looked at
    if (found.length > 0 || this.recursion.isPartial) return found
    return byCallers(`nothing in the project is seen to call the function that \`${label}\` is a parameter of`)
  }

  /** An argument without a parameter of its own: one that `...args` collects, or that is only in `arguments`. */
  #furtherArgument(module: JavaScriptModule, fn: FunctionNode, index: number): readonly Value[] {
    const rest = fn.params.at(-1)
    const label =
      rest?.type === 'RestElement'
        ? `${module.source(rest.argument)}[${index - fn.params.length + 1}]`
        : `arguments[${index}]`
    const found = this.uses
      .of(module, fn)
      .flatMap((use) => handedThrough(use, this.#parameterFromUse(module, use, fn, index, label)))
    return found.length > 0 ? found : unknown(`\`${label}\` is one of a list of arguments`)
  }

  /** True if a function is given to something of a package that is not followed: any framework calls `(req, res)` functions. */
  #isHandedToStranger(module: JavaScriptModule, fn: FunctionNode): boolean {
    return this.uses
      .of(module, fn)
      .some(
        (use) =>
          use.is === 'lost' &&
          use.call !== undefined &&
          this.calleeValues(use.module, use.call).some((v) => v.is === 'unknown' && v.from !== undefined),
      )
  }

  #parameterType(module: JavaScriptModule, fn: FunctionNode, index: number, param: Node): readonly Value[] | undefined {
    const plain =
      (plainParameter(param) as Node | undefined) ?? (param.type === 'AssignmentPattern' ? (param.left as Node) : param)
    const own = this.#typed(module, plain, undefined) ?? telling(documentedParameter(this, module, fn, index))
    if (own) return own
    const kinds = parametersByAnnotation(this, module, fn)
    const kind = kinds?.[index]
    return kind ? [value({ is: 'kind', kind })] : undefined
  }

  #parameterFromUse(module: JavaScriptModule, use: Use, fn: FunctionNode, index: number, label: string): Value[] {
    const place = use.module === module ? '' : ` in ${use.module.path}`
    if (use.is === 'called') {
      const args = argumentsOf(use.call)
      const at = index + use.shift
      const spread = use.applied ? 0 : args.findIndex((a) => a.type === 'SpreadElement')
      if (spread >= 0 && spread <= at) {
        const list = use.applied ? args[1] : ((args[spread] as t.SpreadElement).argument as Node)
        return list ? atMost(this.#listed(use.module, list, at - spread), use.certainty) : []
      }
      const argument = args[at]
      if (!argument) return []
      return atMost(
        through(
          [...this.valueOf(use.module, argument)],
          () =>
            `\`${label}\` is \`${excerpt(use.module, argument)}\` in the call \`${excerpt(use.module, use.call)}\`${place}`,
          use.module,
          use.call,
        ),
        use.certainty,
      )
    }
    if (use.is === 'option') {
      const what = () => `\`${label}\` belongs to an option of \`${calleeText(use.module, use.call)}\`${place}`
      return this.calleeValues(use.module, use.call).flatMap((c) => {
        const kind = c.is === 'kind' ? shapeOf(c.kind, 'options')?.(fn, use.path)?.[index] : undefined
        return kind ? through([{ ...c, is: 'kind' as const, kind }], what, use.module, use.call) : []
      })
    }
    if (use.is !== 'argument') return []
    const element = this.#elementParameter(use, index, label)
    if (element) return element
    const callee = this.calleeValues(use.module, use.call)
    return callee.flatMap((c) => {
      if (c.is !== 'kind') return c.is === 'foreign' ? foreignCallback(c, use, module, fn) : []
      const kinds = shapeOf(c.kind, 'callback')?.(fn, { argument: use.argument, count: argumentsOf(use.call).length })
      const kind = kinds?.[index]
      if (!kind) return kinds ? unknown(`\`${label}\` is not a value of the package here`) : []
      const what = () =>
        `\`${label}\` is parameter ${index + 1} of the function handed to \`${calleeText(use.module, use.call)}\`${place}`
      return atMost(
        [
          {
            is: 'kind' as const,
            kind,
            certainty: c.certainty,
            trail: { what, module: use.module, offset: use.call.start, next: c.trail },
          },
        ],
        use.certainty,
      )
    })
  }

  /** The value at a place of a list that a call is made with: `...args`, `arguments`, a list that is written out. */
  #listed(module: JavaScriptModule, list: Node, index: number): Value[] {
    if (list.type === 'Identifier' && list.name === 'arguments') {
      let fn = enclosingFunction(list)
      while (fn?.type === 'ArrowFunctionExpression') fn = enclosingFunction(fn)
      const around = fn
      const own = module.identifiersNamed('arguments').filter((id) => around && contains(around, id))
      return fn && !own.some(isRearranged) ? [...this.parameter(module, fn, index)] : []
    }
    const binding = list.type === 'Identifier' ? module.binding(list) : undefined
    const declaration = binding?.declarations[0]
    if (binding && isFunction(declaration)) {
      const rest = declaration.params.at(-1)
      if (rest?.type !== 'RestElement' || rest.argument !== binding.identifiers[0]) return []
      if (module.references(binding).some(isRearranged)) return unknown(`\`${binding.name}\` is rearranged`)
      return [...this.parameter(module, declaration, declaration.params.length - 1 + index)]
    }
    return this.valueOf(module, list).flatMap((v) => (v.is === 'array' ? this.memberValue(v, String(index), list) : []))
  }

  /** The first parameter of a function given to `list.forEach` and its relatives is an element of the list. */
  #elementParameter(use: Use & { is: 'argument' }, index: number, label: string): Value[] | undefined {
    const callee = unwrap(use.call.callee)
    if (use.argument !== 0 || !isMember(callee)) return undefined
    if (memberName(callee) === 'then') return index === 0 ? this.#awaited(use.module, callee, label) : []
    if (!LIST_METHODS.has(memberName(callee) ?? '')) return undefined
    const lists = this.valueOf(use.module, callee.object).filter((v) => v.is === 'array')
    if (lists.length === 0) return undefined
    if (index > 0) return [primitive('number')]
    const what = () => `\`${label}\` runs over \`${excerpt(use.module, callee.object as Node)}\``
    return through(
      lists.flatMap((v) => this.#elementsOf(v)),
      what,
      use.module,
      use.call,
    )
  }

  /** What `promise.then` gives its callback; a promise and what it is for are one here. */
  #awaited(module: JavaScriptModule, callee: MemberNode, label: string): Value[] {
    const what = () => `\`${label}\` is what \`${excerpt(module, callee.object as Node)}\` gives`
    return through(this.valueOf(module, callee.object), what, module, callee)
  }

  // ---- modules ------------------------------------------------------------------------------

  /** The value of `require('specifier')`. */
  moduleValue(module: JavaScriptModule, specifier: string, at: Node): Value[] {
    const resolution = this.neighbours.resolve(module, specifier)
    const described = this.describedModule(specifier, resolution)
    if (described)
      return through([value({ is: 'kind', kind: described.module })], () => `the module '${specifier}'`, module, at)
    if (resolution.is === 'generated')
      return unknown(`'${specifier}' is a part of what is generated that is not followed`)
    if (resolution.is === 'file')
      return through(
        [value({ is: 'exports', module: resolution.module })],
        () => `the file ${resolution.module.path}`,
        module,
        at,
      )
    if (resolution.is === 'missing') return unknown(resolution.why)
    if (resolution.is === 'unconnected')
      return [
        value({ is: 'foreign', what: `the file ${resolution.path}, which is connected with no use of the package` }),
      ]
    return [this.#packageValue(module, resolution.name, at)]
  }

  /** The package that a specifier leads to, and the kind of its module; nothing for what no provider describes. */
  describedModule(
    specifier: string,
    resolution: Resolution,
  ): { readonly model: PackageModel; readonly module: Kind } | undefined {
    for (const model of this.models) {
      if (model.specifiers.includes(specifier)) return { model, module: model.module }
      const own = model.specifiers.find((name) => specifier.startsWith(`${name}/`))
      const generated = resolution.is === 'generated' ? model.folders?.[resolution.folder] : undefined
      const path = generated && resolution.is === 'generated' ? resolution.subpath : own && specifier.slice(own.length)
      if (generated && path === '') return { model, module: generated }
      const module = model.modules?.[path || specifier]
      // another entry of what is generated is the same module
      if (module) return { model, module: generated && module === model.module ? generated : module }
    }
    return undefined
  }

  #packageValue(module: JavaScriptModule, name: string, at: Node): Value {
    const builtin = name.startsWith('node:') || NODE_BUILTINS.has(name)
    const trail = { what: `the package '${name}'`, module, offset: at.start, next: undefined }
    if (builtin || this.models.some((model) => model.notOurs.has(name)))
      return value({ is: 'foreign', what: builtin ? `Node's '${name}'` : `the package '${name}'` }, trail)
    return value(
      { is: 'unknown', why: `it comes from the package '${name}', which is not followed`, from: name },
      trail,
    )
  }

  /** The value of an imported name; `*` for the namespace. */
  imported(module: JavaScriptModule, specifier: string, name: string, at: Node): Value[] {
    const whole = this.moduleValue(module, specifier, at)
    const found = name === '*' ? whole : whole.flatMap((v) => this.memberValue(v, name, at, true))
    return name === '*' || name === 'default'
      ? found
      : through(found, () => `\`${name}\` is imported from '${specifier}'`, module, at)
  }

  /** The value that a project file exports under a name; `default` is the default export, or `module.exports` as ESM sees it. */
  exported(module: JavaScriptModule, name: string, seen = new Set<JavaScriptModule>()): readonly Value[] {
    if (seen.has(module)) return []
    seen.add(module)
    const { named, stars, whole, esm, transpiled } = exportsOf(module)
    const found: Value[] = []
    for (const source of named.get(name) ?? []) {
      if (source.is === 'value')
        found.push(
          ...through(
            this.valueOf(module, source.node),
            () => `exported as \`${name}\` by ${module.path}`,
            module,
            source.node,
          ),
        )
      else if (source.is === 'local') {
        const binding = module.scopes.lookup(source.id.name, source.id)
        if (binding)
          found.push(
            ...through(
              this.bindingValue(module, binding),
              () => `exported as \`${name}\` by ${module.path}`,
              module,
              source.id as Node,
            ),
          )
      } else found.push(...this.imported(module, source.specifier, source.name, source.node))
    }
    // `module.exports = { app }` beside `exports.app =`: the one that is run last counts
    for (const node of found.length > 0 ? whole : [])
      for (const v of this.valueOf(module, node))
        if (v.is === 'object' && hasOwn(v.node, name)) found.push(...this.memberValue(v, name, node))
    if (found.length > 0) return found
    for (const node of whole)
      for (const v of this.valueOf(module, node))
        found.push(...(name === 'default' && !transpiled ? [v] : this.memberValue(v, name, node)))
    if (found.length > 0) return found
    for (const star of stars) {
      const resolution = this.neighbours.resolve(module, star.specifier)
      if (resolution.is === 'file') found.push(...this.exported(resolution.module, name, seen))
      else
        found.push(
          ...this.moduleValue(module, star.specifier, star.node).flatMap((v) => this.memberValue(v, name, star.node)),
        )
    }
    if (found.length === 0 && name === 'default' && !esm) return [value({ is: 'exports', module })]
    return found
  }

  /** The same values, with what `module.exports` was set to in place of the exports as a whole. */
  settled(values: readonly Value[], seen = new Set<JavaScriptModule>()): readonly Value[] {
    if (!values.some((v) => v.is === 'exports')) return values
    return values.flatMap((v): readonly Value[] => {
      if (v.is !== 'exports' || seen.has(v.module)) return [v]
      const whole = this.#wholeExports(v.module)
      return whole.length > 0 ? keep(v, this.settled(whole, new Set(seen).add(v.module))) : [v]
    })
  }

  /** What calling, or reading a plain member of, `require` of a file starts from. */
  #wholeExports(module: JavaScriptModule): readonly Value[] {
    return exportsOf(module).whole.flatMap((node) =>
      through(this.valueOf(module, node), () => `exported by ${module.path}`, module, node),
    )
  }

  // ---- members ------------------------------------------------------------------------------

  #memberExpression(module: JavaScriptModule, node: MemberNode): readonly Value[] {
    if (isModuleExports(node, module)) return [value({ is: 'exports', module })]
    const name = this.memberNameOf(module, node)
    const objects = this.#objectsOf(module, node, name)
    if (name === undefined) {
      const names = this.#possibleNames(module, node)
      return objects.flatMap((v) =>
        names ? names.flatMap((each) => this.memberValue(v, each, node)) : this.#dynamicMember(v),
      )
    }
    const found = objects.flatMap((v) => this.memberValue(v, name, node))
    if (objects.some((v) => v.is === 'exports' && v.module !== module))
      found.push(...this.#setOnImport(module, node, name))
    // set from itself: `globalThis.x = globalThis.x ?? make()`
    if (found.length === 0 && objects.some(isGlobalObject) && this.recursion.isPartial) return []
    return found.length > 0 ? found : unknown(`\`${excerpt(module, node)}\` is never set`)
  }

  /** True for an object of a class of the project that extends, over any number of steps, what is not known. */
  extendsUnknown(v: Value): boolean {
    if ((v.is !== 'instance' && v.is !== 'class') || !isClass(v.node) || !v.node.superClass) return false
    const parents = this.valueOf(v.module, v.node.superClass)
    return parents.some(
      (one) => one.is === 'unknown' || (one.is === 'class' && one.node !== v.node && this.extendsUnknown(one)),
    )
  }

  /** What a member is taken of; where scopes cannot tell, the type checker is asked if it is one that leads on. */
  #objectsOf(module: JavaScriptModule, node: MemberNode, name: string | undefined): readonly Value[] {
    const objects = this.valueOf(module, node.object)
    // `prisma[model].findFirst`
    const parent = parentOf(node)
    const leading = name ?? (isMember(parent) && parent.object === node ? memberName(parent) : undefined)
    if (leading === undefined || !this.#leading.has(leading) || objects.some((v) => v.is !== 'unknown')) return objects
    const object = unwrap(node.object)
    const typed = this.#types?.kindAt(module, object)
    if (typeof typed !== 'object') return objects
    const trail = typed.steps.reduceRight<Trail | undefined>(
      (next, { what }) => ({ what, module, offset: object.start, next }),
      undefined,
    )
    return [value({ is: 'kind', kind: typed.kind }, trail)]
  }

  /** What a file sets a member of another file's exports to: `const lib = require('./lib'); lib.app = fake`. */
  #setOnImport(module: JavaScriptModule, node: MemberNode, name: string): readonly Value[] {
    const binding = node.object.type === 'Identifier' ? module.binding(node.object) : undefined
    return (binding ? module.references(binding) : []).flatMap((reference) => {
      const member = parentOf(reference)
      const assigned =
        isMember(member) && member.object === reference && memberName(member) === name && assignedMember(member)
      return assigned ? [...this.valueOf(module, assigned)] : []
    })
  }

  /** The name of a member, also when it is a constant: `app[METHOD]`. */
  memberNameOf(module: JavaScriptModule, node: MemberNode): string | undefined {
    const name = memberName(node)
    if (name !== undefined || !node.computed) return name
    const key = this.valueOf(module, node.property)
    const only = key.length === 1 ? key[0] : undefined
    return only?.is === 'primitive' && only.value !== undefined ? String(only.value) : undefined
  }

  /** All names that a computed member may have, when each of them is a constant: `for (const verb of ['get', 'post']) app[verb]`. */
  #possibleNames(module: JavaScriptModule, node: MemberNode): string[] | undefined {
    const keys = this.valueOf(module, node.property)
    const names = keys.flatMap((v) => (v.is === 'primitive' && typeof v.value === 'string' ? [v.value] : []))
    return names.length > 0 && names.length === keys.length ? names : undefined
  }

  #dynamicMember(v: Value): Value[] {
    if (v.is === 'array' || (v.is === 'kind' && shapeOf(v.kind, 'elements'))) return this.#elementsOf(v)
    if (v.is === 'foreign' || v.is === 'primitive')
      return [v.is === 'foreign' ? v : value({ is: 'foreign', what: `a ${v.type}` })]
    const computed = v.is === 'kind' ? shapeOf(v.kind, 'computed') : undefined
    if (v.is === 'kind' && computed) return [{ ...v, kind: computed }]
    return unknown('the name of the member is computed')
  }

  /** The member `name` of a value. */
  memberValue(v: Value, name: string, at: Node, importing = false): Value[] {
    switch (v.is) {
      case 'kind':
        return this.#kindMember(v, name, importing)
      case 'exports':
        return this.#exportsMember(v, name, importing)
      case 'object':
        return this.#withImporters(
          v,
          name,
          keep(
            v,
            this.#once(v.node, name, () => this.#objectMember(v.module, v.node, name)),
          ),
        )
      case 'array':
        if (/^\d+$/.test(name) && v.node.type === 'ArrayExpression') {
          const element = v.node.elements[Number(name)]
          return element ? [...this.valueOf(v.module, element)] : []
        }
        return name === 'length' ? [primitive('number')] : [value({ is: 'foreign', what: 'a member of an array' })]
      case 'class':
        return keep(
          v,
          this.#once(v.node, name, () => this.#staticMember(v.module, v.node, name)),
        )
      case 'instance':
        return keep(
          v,
          this.#once(v.node, `new ${name}`, () => this.#instanceMember(v.module, v.node, name)),
        )
      case 'function':
        if (name === 'bind') return [v]
        return keep(v, this.#writes(v.module, v.node, name))
      case 'primitive':
        return [name === 'length' ? primitive('number') : value({ is: 'foreign', what: `a member of a ${v.type}` })]
      case 'foreign':
        if (isGlobalObject(v) && at) return this.#globalMember(name, at)
        return [{ ...v, what: v.what.startsWith('something of ') ? v.what : `something of ${v.what}` }]
      case 'unknown':
        return at ? [v] : []
    }
  }

  #kindMember(v: Value & { is: 'kind' }, name: string, importing: boolean): Value[] {
    if (v.own) {
      const { module, node } = v.own
      const own = this.#once(node, `new ${name}`, () => this.#instanceMember(module, node, name))
      if (own.length > 0) return keep(v, own)
    }
    const listed = listedMember(v.kind, name)
    if (listed) return [{ ...v, kind: listed }]
    const isModule = this.models.some((model) => model.module === v.kind)
    // `import express from`, and the interop wrappers of compilers
    if (name === 'default' && isModule) return [v]
    if (name === 'bind' && (shapeOf(v.kind, 'call') || shapeOf(v.kind, 'callback'))) return [v]
    const other = otherMember(v.kind, name)
    if (other) return [{ ...v, kind: other }]
    if (shapeOf(v.kind, 'elements') && /^\d+$/.test(name)) return this.#elementsOf(v)
    const why = importing
      ? `'${name}' of the package is not followed`
      : `\`.${name}\` of the ${v.kind.name} is not followed`
    return [{ is: 'unknown', why, certainty: v.certainty, trail: v.trail }]
  }

  #exportsMember(v: Value & { is: 'exports' }, name: string, importing: boolean): Value[] {
    const { esm, transpiled, whole } = exportsOf(v.module)
    if (name === 'default' && !esm && !transpiled && whole.length === 0 && importing) return [v]
    const found = this.#withImporters(v, name, [...this.exported(v.module, name)])
    if (found.length === 0 && !importing) return unknown(`${v.module.path} does not export \`${name}\``)
    return found.map((f) => ({ ...f }))
  }

  /**
   * What a member is, with what the files that import its holder set it to: `lib.app = express()` beside
   * `module.exports = { app: null }`. Not asked where its own file gives something that no value of a package stands beside.
   */
  #withImporters(v: Value & { is: 'exports' | 'object' }, name: string, own: Value[]): Value[] {
    const set = own.filter((one) => !isUnset(one))
    const isOther = set.some((one) => one.is !== 'unknown' && one.is !== 'kind')
    if (isOther || (v.is === 'object' && !this.#isExported(v.module, v.node))) return own
    const holder = v.is === 'object' ? v.node : v.module.program
    const given = this.#once(holder, `${name} set by importers`, () => this.#setByImporters(v, name))
    return given.length > 0 ? [...set, ...given] : own
  }

  #setByImporters(v: Value & { is: 'exports' | 'object' }, name: string): Value[] {
    const isHolder = (one: Value) =>
      (v.is === 'exports' && one.is === 'exports' && one.module === v.module) ||
      (v.is === 'object' && one.is === 'object' && one.node === v.node)
    const modules = new Set(this.neighbours.importers(v.module).map(({ module }) => module))
    return [...modules].flatMap((module) =>
      module.membersNamed(name).flatMap((member) => {
        const assigned = assignedMember(member)
        if (!assigned) return []
        const holders = this.valueOf(module, member.object)
        if (!holders.some(isHolder) && !this.settled(holders).some(isHolder)) return []
        const what = () => `\`${excerpt(module, member)}\` is set to \`${excerpt(module, assigned)}\` in ${module.path}`
        return through(this.valueOf(module, assigned), what, module, member)
      }),
    )
  }

  /** True for an object that other files get by what its file exports. */
  #isExported(module: JavaScriptModule, node: Node): boolean {
    const { named, whole } = exportsOf(module)
    const binding = ownBinding(module, node)
    const isIt = (one: Node) =>
      one === node || (one.type === 'Identifier' && binding && module.binding(one) === binding)
    if (whole.some((one) => isIt(unwrap(one)))) return true
    return [...named.values()].some((sources) =>
      sources.some(
        (source) =>
          (source.is === 'value' && isIt(unwrap(source.node))) ||
          (source.is === 'local' && binding && module.scopes.lookup(source.id.name, source.id) === binding),
      ),
    )
  }

  /** What the file around keeps on the global object under a name: `globalThis.prisma = prisma`. */
  #globalMember(name: string, at: Node): Value[] {
    let root = at
    for (let up = parentOf(root); up; up = parentOf(up)) root = up
    const module = this.#modules.get(root)
    let isSet = false
    const given = (module?.membersNamed(name) ?? []).flatMap((member) => {
      const assigned = assignedMember(member)
      if (!module || !assigned || !this.valueOf(module, member.object).some(isGlobalObject)) return []
      isSet = true
      const what = () => `\`${excerpt(module, member)}\` is set to \`${excerpt(module, assigned)}\``
      return through(this.valueOf(module, assigned), what, module, member)
    })
    if (isSet) return given
    return this.#declaredGlobal(module, name) ?? unknown(`the global \`${name}\` is not followed`)
  }

  /** What `declare global { var prisma: PrismaClient }` of a file says of a name. */
  #declaredGlobal(module: JavaScriptModule | undefined, name: string): Value[] | undefined {
    for (const statement of module?.program.body ?? []) {
      if (statement.type !== 'TSModuleDeclaration' || !statement.global) continue
      for (const inner of statement.body.type === 'TSModuleBlock' ? statement.body.body : [])
        for (const { id } of inner.type === 'VariableDeclaration' ? inner.declarations : [])
          if (id.type === 'Identifier' && id.name === name) return this.#typed(module!, id as Node, undefined)
    }
    return undefined
  }

  #objectMember(module: JavaScriptModule, node: Node, name: string): Value[] {
    if (node.type === 'TSEnumDeclaration') return this.#enumMember(module, node, name)
    if (node.type !== 'ObjectExpression') return []
    const found: Value[] = []
    for (const property of [...node.properties].reverse()) {
      if (property.type === 'SpreadElement') {
        found.push(
          ...this.valueOf(module, property.argument).flatMap((v) => this.memberValue(v, name, property as Node)),
        )
      } else if (keyName(property) === name) {
        if (property.type === 'ObjectProperty')
          found.push(
            ...through(
              this.valueOf(module, property.value),
              () => `\`${name}\` in an object`,
              module,
              property as Node,
            ),
          )
        else if (property.kind === 'get') found.push(...this.returned(module, property as FunctionNode))
        else found.push(value({ is: 'function', module, node: property as FunctionNode }))
        break
      }
    }
    found.push(...this.#writes(module, node, name))
    return found
  }

  #enumMember(module: JavaScriptModule, node: t.TSEnumDeclaration, name: string): Value[] {
    let next: number | undefined = 0
    for (const member of node.members) {
      const init = member.initializer ? this.valueOf(module, member.initializer) : undefined
      const known = init?.length === 1 && init[0]!.is === 'primitive' ? init[0] : undefined
      const current: Value = init ? (known ?? primitive('number')) : primitive('number', next)
      next = current.is === 'primitive' && typeof current.value === 'number' ? current.value + 1 : undefined
      if ((member.id.type === 'Identifier' ? member.id.name : member.id.value) === name)
        return through([current], () => `\`${name}\` of the enum`, module, member as Node)
    }
    return []
  }

  #staticMember(module: JavaScriptModule, node: ClassNode, name: string): Value[] {
    const found: Value[] = []
    for (const member of node.body.body) {
      if (!('key' in member) || !('static' in member) || !member.static || keyName(member as { key: t.Node }) !== name)
        continue
      found.push(...this.#classMember(module, member as Node))
    }
    if (found.length === 0 && node.superClass)
      for (const parent of this.valueOf(module, node.superClass)) found.push(...this.memberValue(parent, name, node))
    found.push(...this.#writes(module, node, name))
    return found
  }

  #classMember(module: JavaScriptModule, member: Node): readonly Value[] {
    if (member.type === 'ClassMethod' || member.type === 'ClassPrivateMethod')
      return member.kind === 'get' ? this.returned(module, member) : [value({ is: 'function', module, node: member })]
    if (
      member.type === 'ClassProperty' ||
      member.type === 'ClassPrivateProperty' ||
      member.type === 'ClassAccessorProperty'
    ) {
      const typed = this.#typed(module, member, member)
      if (typed)
        return through(
          typed,
          () => `the field \`${module.source(member.key)}\` is declared with its type`,
          module,
          member,
        )
      return member.value
        ? through(
            this.valueOf(module, member.value),
            () => `the field \`${module.source(member.key)}\` is \`${excerpt(module, member.value as Node)}\``,
            module,
            member,
          )
        : []
    }
    return []
  }

  #instanceMember(module: JavaScriptModule, owner: ClassNode | FunctionNode, name: string): Value[] {
    const found: Value[] = []
    if (isClass(owner)) {
      for (const member of owner.body.body) {
        if ('static' in member && member.static) continue
        if ('key' in member && keyName(member as { key: t.Node }) === name)
          found.push(...this.#classMember(module, member as Node))
        if (member.type === 'ClassMethod' && member.kind === 'constructor')
          member.params.forEach((param, index) => {
            if (param.type === 'TSParameterProperty' && plainParameter(param as Node)?.name === name)
              found.push(...this.parameter(module, member as FunctionNode, index))
          })
      }
    }
    for (const member of module.membersNamed(name)) {
      const assigned = assignedMember(member)
      if (!assigned || !this.isOwn(module, member.object as Node, owner)) continue
      found.push(
        ...through(
          this.valueOf(module, assigned),
          () => `\`${excerpt(module, member)}\` is set to \`${excerpt(module, assigned)}\``,
          module,
          member,
        ),
      )
    }
    found.push(...this.#prototypeMember(module, owner, name))
    if (found.length === 0 && isClass(owner) && owner.superClass)
      for (const parent of this.valueOf(module, owner.superClass)) {
        const made = parent.is === 'kind' ? shapeOf(parent.kind, 'construct') : undefined
        if (parent.is === 'class') found.push(...this.memberValue({ ...parent, is: 'instance' }, name, owner))
        else if (parent.is === 'kind' && made) found.push(...this.memberValue({ ...parent, kind: made }, name, owner))
        else if (parent.is === 'unknown' || parent.is === 'foreign') found.push(parent)
      }
    return found
  }

  /** Where the class around declares the field that `this.x` reads: a property, or a parameter of its constructor. */
  fieldOf(module: JavaScriptModule, member: MemberNode): Node | undefined {
    const owner = this.thisOwner(module, member.object as Node)?.node
    const name = memberName(member)
    if (!isClass(owner)) return undefined
    for (const own of owner.body.body) {
      if (own.type === 'ClassProperty' && keyName(own) === name) return own as Node
      if (own.type !== 'ClassMethod' || own.kind !== 'constructor') continue
      for (const param of own.params) {
        const plain = param.type === 'TSParameterProperty' ? plainParameter(param as Node) : undefined
        if (plain?.name === name) return plain as Node
      }
    }
    return undefined
  }

  /** True for `this` inside the owner, and for a name that holds it (`var self = this`). */
  isOwn(module: JavaScriptModule, object: Node, owner: Node): boolean {
    const inner = unwrap(object)
    if (inner.type === 'ThisExpression') {
      const holder = this.thisOwner(module, inner)
      return holder?.is === 'instance' && holder.node === owner
    }
    if (inner.type !== 'Identifier') return false
    const binding = module.binding(inner)
    const declaration = binding?.declarations[0]
    return (
      declaration?.type === 'VariableDeclarator' &&
      declaration.init?.type === 'ThisExpression' &&
      this.isOwn(module, declaration.init as Node, owner)
    )
  }

  /** `Owner.prototype.name = …` and `Owner.prototype = { name: … }`. */
  #prototypeMember(module: JavaScriptModule, owner: Node, name: string): Value[] {
    const found: Value[] = []
    const binding = ownBinding(module, owner)
    if (!binding) return found
    for (const reference of module.references(binding)) {
      const prototype = parentOf(reference)
      if (!isMember(prototype) || prototype.object !== reference || memberName(prototype) !== 'prototype') continue
      const outer = parentOf(prototype)
      if (isMember(outer) && outer.object === prototype && memberName(outer) === name) {
        const assigned = assignedMember(outer)
        if (assigned)
          found.push(
            ...through(
              this.valueOf(module, assigned),
              () => `\`${excerpt(module, outer)}\` is set here`,
              module,
              outer,
            ),
          )
      }
      const replaced = assignedMember(prototype)
      if (replaced) found.push(...this.valueOf(module, replaced).flatMap((v) => this.memberValue(v, name, prototype)))
    }
    return found
  }

  /** `holder.name = …` in the file of a function, class or object that a name holds. */
  #writes(module: JavaScriptModule, holder: Node, name: string): Value[] {
    const found: Value[] = []
    const add = (member: MemberNode) => {
      const assigned = assignedMember(member)
      if (assigned)
        found.push(
          ...through(
            this.valueOf(module, assigned),
            () => `\`${excerpt(module, member)}\` is set here`,
            module,
            member,
          ),
        )
    }
    const binding = ownBinding(module, holder)
    if (binding)
      for (const reference of module.references(binding)) {
        const member = parentOf(reference)
        if (isMember(member) && member.object === reference && memberName(member) === name) add(member)
      }
    if (holder.type === 'ObjectExpression')
      for (const member of module.membersNamed(name))
        if (member.object.type === 'ThisExpression' && this.thisOwner(module, member.object as Node)?.node === holder)
          add(member)
    return found
  }

  // ---- this ---------------------------------------------------------------------------------

  #this(module: JavaScriptModule, node: Node): readonly Value[] {
    const owner = this.thisOwner(module, node)
    if (!owner) return unknown('`this` of a function that is not a method')
    if (owner.is === 'exports') return [value({ is: 'exports', module })]
    if (owner.is === 'instance' && isClass(owner.node)) return this.objectOf(module, owner.node)
    return [value({ is: owner.is, module, node: owner.node } as Value)]
  }

  /** An object of a class of the project: a value of a package where the class extends one of the package's. */
  objectOf(module: JavaScriptModule, node: ClassNode, trail?: Trail): Value[] {
    const inherited = this.#inherited(module, node).map((v) => ({ ...v, own: { module, node } }))
    return inherited.length > 0 ? inherited : [value({ is: 'instance', module, node }, trail)]
  }

  /** What `new` on a class makes by what it extends, over any number of classes of the project. */
  #inherited(module: JavaScriptModule, node: ClassNode): Value[] {
    if (!node.superClass) return []
    return this.#once(node, 'extends', () =>
      this.valueOf(module, node.superClass!).flatMap((v): Value[] => {
        if (v.is === 'class') return this.#inherited(v.module, v.node)
        const made = v.is === 'kind' ? shapeOf(v.kind, 'construct') : undefined
        return v.is === 'kind' && made ? [{ ...v, kind: made }] : []
      }),
    )
  }

  /** Whose `this` is meant at a place. */
  thisOwner(
    module: JavaScriptModule,
    at: Node,
  ):
    | { is: 'instance'; node: ClassNode | FunctionNode }
    | { is: 'class'; node: ClassNode }
    | { is: 'object'; node: Node }
    | { is: 'exports'; node?: undefined }
    | undefined {
    let child: Node = at
    for (let up = parentOf(at); up; child = up, up = parentOf(up)) {
      if (up.type === 'ArrowFunctionExpression') continue
      if (up.type === 'ClassProperty' || up.type === 'ClassPrivateProperty') {
        const owner = parentOf(parentOf(up)!)
        if (up.key !== child && isClass(owner))
          return { is: up.static ? 'class' : 'instance', node: owner } as { is: 'instance'; node: ClassNode }
      }
      if (up.type === 'ClassMethod' || up.type === 'ClassPrivateMethod') {
        const owner = parentOf(parentOf(up)!) as ClassNode
        return { is: up.static ? 'class' : 'instance', node: owner } as { is: 'instance'; node: ClassNode }
      }
      if (up.type === 'ObjectMethod') return { is: 'object', node: parentOf(up)! }
      if (isFunction(up)) return this.#functionThis(module, up)
    }
    return undefined
  }

  #functionThis(module: JavaScriptModule, fn: FunctionNode): ReturnType<Origins['thisOwner']> {
    const parent = parentOf(fn)
    if (parent?.type === 'ObjectProperty' && parent.value === fn) {
      const object = parentOf(parent)!
      const prototypeOwner = prototypeAssignment(object)
      return prototypeOwner ? this.#constructorOf(module, prototypeOwner) : { is: 'object', node: object }
    }
    if (parent?.type === 'AssignmentExpression' && parent.right === fn && isMember(parent.left)) {
      const target = parent.left
      const object = target.object as Node
      if (isMember(object) && memberName(object) === 'prototype')
        return this.#constructorOf(module, object.object as Node)
      if (isModuleExports(object, module)) return { is: 'exports' }
      if (object.type === 'Identifier') {
        const held = module.binding(object)
        const declaration = held?.declarations[0]
        if (declaration?.type === 'VariableDeclarator' && declaration.init?.type === 'ObjectExpression')
          return { is: 'object', node: declaration.init as Node }
        const alias = prototypeAlias(declaration)
        if (alias) return this.#constructorOf(module, alias)
        if (isClass(declaration)) return { is: 'class', node: declaration }
      }
      if (isModuleExports(target, module))
        return isConstructor(module, fn) || keepsThis(fn) ? { is: 'instance', node: fn } : undefined
      return undefined
    }
    return isConstructor(module, fn) ? { is: 'instance', node: fn } : undefined
  }

  #constructorOf(module: JavaScriptModule, expression: Node): ReturnType<Origins['thisOwner']> {
    if (expression.type !== 'Identifier') return undefined
    const declaration = module.binding(expression)?.declarations[0]
    const node =
      declaration?.type === 'VariableDeclarator' && declaration.init ? unwrap(declaration.init as Node) : declaration
    return isFunction(node) || isClass(node) ? { is: 'instance', node } : undefined
  }

  // ---- calls --------------------------------------------------------------------------------

  /** What the callee of a call may be. */
  calleeValues(module: JavaScriptModule, call: CallNode): readonly Value[] {
    return this.valueOf(module, call.callee)
  }

  #call(module: JavaScriptModule, node: CallNode): readonly Value[] {
    if (node.callee.type === 'Import') {
      const specifier = requiredSpecifier(node)
      return specifier === undefined
        ? unknown('imports a module whose name is computed')
        : this.moduleValue(module, specifier, node)
    }
    const callee = unwrap(node.callee)
    if (callee.type === 'Identifier' && isFree(module, callee)) {
      if (callee.name === 'require') {
        const specifier = requiredSpecifier(node)
        return specifier === undefined
          ? unknown('requires a module whose name is computed')
          : this.moduleValue(module, specifier, node)
      }
      const type = CONVERSIONS[callee.name]
      if (type) return [primitive(type)]
    }
    const interop = this.#interop(module, node, callee)
    if (interop) return interop
    const standIn = this.#standIn(module, node, callee)
    if (standIn) return standIn
    if (isMember(callee)) {
      const special = this.#memberCall(module, node, callee)
      if (special) return special
    }
    const found = this.calleeValues(module, node).flatMap((v) => this.#result(module, v, node, callee))
    return found.length > 0 ? found : unknown(`what \`${excerpt(module, node)}\` returns is not followed`)
  }

  /** `_interopRequireDefault(require('x'))` and its relatives give the module back, wrapped. */
  #interop(module: JavaScriptModule, node: CallNode, callee: Node): readonly Value[] | undefined {
    const name = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
    const [first] = argumentsOf(node)
    if (
      !first ||
      !name ||
      !/^_*(interop_?require_?(default|wildcard)\d*|importDefault|importStar|toESM|interopNamespace(Default|Compat)?|interop(Default)?(Compat)?)$/i.test(
        name,
      )
    )
      return undefined
    return this.valueOf(module, first).map((v) => (v.is === 'exports' ? { ...v, transpiledDefault: true } : v))
  }

  /** `mockDeep<PrismaClient>()` stands in for what is named between the brackets. */
  #standIn(module: JavaScriptModule, node: CallNode, callee: Node): readonly Value[] | undefined {
    const [type] = ('typeParameters' in node ? node.typeParameters?.params : undefined) ?? []
    if (!type || callee.type !== 'Identifier' || !/^(?:mock\w*|create\w*Mock\w*)$/i.test(callee.name)) return undefined
    const made = this.calleeValues(module, node)
    if (!made.every((v) => v.is === 'unknown' && STAND_INS.has(v.from ?? ''))) return undefined
    const typed = annotatedValue(this, module, type as Node).filter((v) => v.is === 'kind' || v.is === 'instance')
    return typed.length > 0
      ? through(typed, () => `\`${excerpt(module, node)}\` stands in for it`, module, node)
      : undefined
  }

  #memberCall(module: JavaScriptModule, node: CallNode, callee: MemberNode): readonly Value[] | undefined {
    const name = memberName(callee)
    const args = argumentsOf(node)
    if (name === 'bind') return this.valueOf(module, callee.object)
    if (name === 'call' || name === 'apply') {
      const fns = this.valueOf(module, callee.object)
      if (fns.some((v) => v.is === 'function' || v.is === 'kind'))
        return fns.flatMap((v) => this.#result(module, v, node, callee.object as Node))
    }
    if (name === 'then' && args[0]) {
      const fns = this.valueOf(module, args[0]).filter((v) => v.is === 'function')
      if (fns.length > 0) return fns.flatMap((v) => this.#result(module, v, node, callee))
    }
    if ((name === 'catch' || name === 'finally') && isPromise(callee.object as Node))
      return this.valueOf(module, callee.object)
    if (callee.object.type === 'Identifier' && !module.binding(callee.object)) {
      const owner = callee.object.name
      if (
        owner === 'Object' &&
        (name === 'assign' || name === 'freeze' || name === 'seal' || name === 'create') &&
        args[0]
      )
        return args.flatMap((arg) => (arg.type === 'SpreadElement' ? [] : this.valueOf(module, arg)))
      if (owner === 'Promise' && (name === 'resolve' || name === 'all') && args[0]) return this.valueOf(module, args[0])
      if (owner === 'JSON' && name === 'stringify') return [primitive('string')]
      if (owner === 'Math' || (owner === 'Date' && name === 'now') || (owner === 'Number' && /^parse/.test(name ?? '')))
        return [primitive('number')]
      if (owner === 'String' || (owner === 'Number' && name?.startsWith('is')))
        return [primitive(owner === 'String' ? 'string' : 'boolean')]
    }
    if ((name === 'map' || name === 'flatMap') && args[0]) return this.#mapped(module, args[0], callee, name)
    if (
      name === 'toString' ||
      name === 'toFixed' ||
      name === 'toISOString' ||
      name === 'join' ||
      name === 'toLowerCase' ||
      name === 'toUpperCase'
    )
      return [primitive('string')]
    return undefined
  }

  /** The list of what a function gives that is called for each element of another one. */
  #mapped(module: JavaScriptModule, argument: Node, callee: MemberNode, name: string): readonly Value[] | undefined {
    const given = this.valueOf(module, argument).flatMap((v) =>
      v.is === 'function' ? this.returned(v.module, v.node) : [],
    )
    const made = given.flatMap((v): readonly Value[] => {
      if (v.is !== 'kind') return v.is === 'unknown' ? [v] : []
      const list = name === 'flatMap' && shapeOf(v.kind, 'elements') ? v.kind : shapeOf(v.kind, 'list')
      return list ? [{ ...v, kind: list }] : []
    })
    if (!made.some((v) => v.is === 'kind')) return undefined
    const what = () => `\`${excerpt(module, callee)}\` lists what its function gives`
    return through(made, what, module, callee)
  }

  #result(module: JavaScriptModule, callee: Value, node: CallNode, calleeNode: Node): readonly Value[] {
    switch (callee.is) {
      case 'kind': {
        const returns = shapeOf(callee.kind, 'call')
        if (!returns)
          return [
            {
              is: 'unknown',
              why: `what \`${excerpt(module, node)}\` returns is not followed`,
              certainty: callee.certainty,
              trail: callee.trail,
            },
          ]
        if (returns === 'typed') return this.#typedResult(module, node, callee)
        if (returns === 'argument') return this.#firstArgument(module, node)
        if (typeof returns === 'function') {
          const given = {
            arguments: argumentsOf(node),
            objectOf: (expression: Node) => this.#literal(module, expression),
          }
          const made = returns(given)
          return made
            ? [{ ...callee, kind: made }]
            : unknown(`what \`${excerpt(module, node)}\` returns is not followed`)
        }
        if (returns !== 'this') return [{ ...callee, kind: returns }]
        return isMember(calleeNode)
          ? this.valueOf(module, calleeNode.object).filter((v) => v.is === 'kind' || v.is === 'unknown')
          : []
      }
      case 'function':
        return through(
          this.returned(callee.module, callee.node),
          () => `\`${excerpt(module, node)}\` returns it`,
          module,
          node,
        )
      case 'exports':
        return [
          ...this.#wholeExports(callee.module),
          ...(callee.transpiledDefault ? this.exported(callee.module, 'default') : []),
        ].flatMap((v) => (v.is === 'exports' ? [] : this.#result(module, v, node, calleeNode)))
      case 'foreign':
        return [
          { ...callee, what: callee.what.startsWith('something of ') ? callee.what : `something of ${callee.what}` },
        ]
      case 'unknown':
        return [callee]
      default:
        return []
    }
  }

  /** The object literal that an expression is. */
  #literal(module: JavaScriptModule, expression: Node): ObjectLiteral | undefined {
    const [one, ...others] = isFilledIn(module, expression) ? [] : this.valueOf(module, expression)
    if (one?.is !== 'object' || one.node.type !== 'ObjectExpression' || others.length > 0) return undefined
    const node = one.node as ObjectLiteral['node']
    return { node, objectOf: (within) => this.#literal(one.module, within) }
  }

  /** What a call gives by its type argument, which nothing checks: `$queryRaw<User[]>`. */
  #typedResult(module: JavaScriptModule, node: Node, callee: Value): Value[] {
    const [type] = ('typeParameters' in node && (node.typeParameters as { params?: Node[] } | null)?.params) || []
    const typed = type ? annotatedValue(this, module, type).filter((v) => v.is === 'kind') : []
    const what = () => `the type argument of \`${excerpt(module, node)}\``
    return typed.length > 0
      ? atMost(through(typed, what, module, node), weaker('inferred', callee.certainty))
      : unknown(`what \`${excerpt(module, node)}\` returns is not followed`)
  }

  /** The first argument of a call; what it returns, if it is a function. */
  #firstArgument(module: JavaScriptModule, node: CallNode): readonly Value[] {
    const [first] = argumentsOf(node)
    if (!first || first.type === 'SpreadElement') return []
    return this.valueOf(module, first).flatMap((v) =>
      v.is === 'function' ? [...this.returned(v.module, v.node)] : [v],
    )
  }

  #tagged(module: JavaScriptModule, node: t.TaggedTemplateExpression & Node): readonly Value[] {
    const found = this.valueOf(module, node.tag).flatMap((v) =>
      v.is === 'kind' && shapeOf(v.kind, 'call') === 'typed' ? this.#typedResult(module, node, v) : [],
    )
    return found.length > 0 ? found : unknown(`\`${excerpt(module, node)}\` is not followed`)
  }

  /** What a function returns. */
  returned(module: JavaScriptModule, fn: FunctionNode): readonly Value[] {
    const annotation = fn.returnType as Node | null | undefined
    if (annotation) {
      const typed = annotatedValue(this, module, annotation).filter((v) => v.is === 'kind' || v.is === 'instance')
      if (typed.length > 0) return typed
    }
    if (fn.body.type !== 'BlockStatement') return this.valueOf(module, fn.body)
    return returnsOf(fn).flatMap((node) => (node ? [...this.valueOf(module, node)] : [primitive('undefined')]))
  }

  #construct(module: JavaScriptModule, node: CallNode): readonly Value[] {
    const callee = unwrap(node.callee)
    const isGlobal = callee.type === 'Identifier' && !module.binding(callee)
    if (isGlobal && KNOWN_GLOBALS.has(callee.name)) return [value({ is: 'foreign', what: `a \`${callee.name}\`` })]
    return this.calleeValues(module, node).flatMap((v): readonly Value[] => {
      if (v.is === 'exports')
        return [...this.#wholeExports(v.module), ...this.exported(v.module, 'default')].flatMap((w) =>
          this.#constructed(w),
        )
      return this.#constructed(v)
    })
  }

  #constructed(v: Value): readonly Value[] {
    switch (v.is) {
      case 'class':
        return this.objectOf(v.module, v.node, v.trail)
      case 'function':
        return [{ ...v, is: 'instance' }]
      case 'kind': {
        const made = shapeOf(v.kind, 'construct')
        return made ? [{ ...v, kind: made }] : []
      }
      case 'foreign':
      case 'unknown':
        return [v]
      default:
        return []
    }
  }

  // ---- lists, arithmetic --------------------------------------------------------------------

  #elements(module: JavaScriptModule, list: Node): Value[] {
    return this.valueOf(module, list).flatMap((v) => this.#elementsOf(v))
  }

  #elementsOf(v: Value): Value[] {
    const elements = v.is === 'kind' ? shapeOf(v.kind, 'elements') : undefined
    if (v.is === 'kind' && elements) return [{ ...v, kind: elements }]
    if (v.is !== 'array' || v.node.type !== 'ArrayExpression')
      return v.is === 'foreign' ? [v] : unknown('an element of a list that is not written out')
    const { module, node } = v
    return this.#once(node, '', () =>
      node.elements.flatMap((element) => {
        if (!element) return []
        if (element.type === 'SpreadElement') return this.#elements(module, element.argument as Node)
        return [...this.valueOf(module, element)]
      }),
    )
  }

  /** What holds itself (`list = [...list, x]`) is taken apart once: nothing while it is being taken apart. */
  #once(node: Node, name: string, take: () => Value[]): Value[] {
    return this.recursion.ask(this.#members, this.#place(node, name), take) ?? []
  }

  #logical(module: JavaScriptModule, node: t.LogicalExpression): readonly Value[] {
    const left = this.valueOf(module, node.left)
    const right = this.valueOf(module, node.right)
    // `debug && 404` can be what stands left; `options && express()` is asked for what stands right
    if (node.operator === '&&') return right.every((v) => v.is === 'primitive') ? [...left, ...right] : right
    const given = left.filter((v) => !(v.is === 'primitive' && (v.type === 'undefined' || v.type === 'null')))
    return [...withDefault(given, right), ...right]
  }

  #template(module: JavaScriptModule, node: t.TemplateLiteral): Value {
    let text = node.quasis[0]?.value.cooked ?? ''
    for (const [index, expression] of node.expressions.entries()) {
      const part = this.valueOf(module, expression)
      const only = part.length === 1 ? part[0] : undefined
      if (only?.is !== 'primitive' || only.value === undefined) return primitive('string')
      text += String(only.value) + (node.quasis[index + 1]?.value.cooked ?? '')
    }
    return value({ is: 'primitive', type: 'string', value: text, at: { module, node: node as Node } })
  }

  #unary(module: JavaScriptModule, node: t.UnaryExpression): Value {
    switch (node.operator) {
      case '!':
      case 'delete':
        return primitive('boolean')
      case 'typeof':
        return primitive('string')
      case 'void':
        return primitive('undefined')
      case '-': {
        const of = this.valueOf(module, node.argument)
        const only = of.length === 1 ? of[0] : undefined
        return only?.is === 'primitive' && typeof only.value === 'number'
          ? primitive('number', -only.value)
          : primitive('number')
      }
      default:
        return primitive('number')
    }
  }
}

// ---- pieces without state ---------------------------------------------------------------------

/** A primitive value, known or not. */
export function primitive(type: Primitive, known?: string | number | boolean): Value {
  return value({ is: 'primitive', type, ...(known === undefined ? {} : { value: known }) })
}

function byCallers(why: string): Value[] {
  return [value({ is: 'unknown', why, byCallers: 'alone' })]
}

function unknown(why: string): Value[] {
  return [value({ is: 'unknown', why })]
}

function telling(values: readonly Value[]): Value[] | undefined {
  const found = values.filter((v) => v.is === 'kind' || v.is === 'instance' || v.is === 'foreign')
  return found.length > 0 ? found : undefined
}

/** True for what says that nothing is there yet. */
function isUnset(v: Value): boolean {
  return v.is === 'primitive' && (v.type === 'undefined' || v.type === 'null')
}

/** Puts the trail of the holder behind the trail of its member. */
function keep(holder: Value, members: readonly Value[]): Value[] {
  return members.map((v) => (holder.trail && !v.trail ? { ...v, trail: holder.trail } : { ...v }))
}

/** Puts the files that a function was handed through in front of the trail, the nearest first. */
function handedThrough(use: Use, values: readonly Value[]): readonly Value[] {
  const via = use.is === 'lost' ? undefined : use.via
  if (!via) return values
  return values.map((v) => {
    let trail = v.trail
    for (let step: Trail | undefined = via; step; step = step.next) trail = { ...step, next: trail }
    return { ...v, trail }
  })
}

function foreignCallback(
  callee: Value & { is: 'foreign' },
  use: Use,
  module: JavaScriptModule,
  fn: FunctionNode,
): Value[] {
  const trail = {
    what: `the function is handed to ${callee.what}`,
    module: use.module,
    offset: use.call?.start ?? fn.start,
    next: callee.trail,
  }
  return module ? [value({ is: 'foreign', what: `a callback of ${callee.what}` }, trail)] : []
}

/** The plain identifier of a parameter, its default and modifiers looked through. */
export function plainParameter(param: Node): t.Identifier | undefined {
  if (param.type === 'Identifier') return param
  if (param.type === 'AssignmentPattern') return plainParameter(param.left as Node)
  if (param.type === 'TSParameterProperty') return plainParameter(param.parameter as Node)
  return undefined
}

/** True if a list may have other elements, or the same in other places, after this mention of it. */
function isRearranged(list: Node): boolean {
  const parent = parentOf(list)
  if (isMember(parent) && parent.object === list) {
    const outer = parentOf(parent)
    return outer?.type === 'AssignmentExpression' && outer.left === parent
      ? true
      : /^(?:copyWithin|fill|pop|push|reverse|shift|sort|splice|unshift)$/.test(memberName(parent) ?? '')
  }
  // `[].shift.call(arguments)`
  if (isCall(parent) && isMember(parent.callee) && memberName(parent.callee) === 'call')
    return (
      parent.arguments[0] === list && isMember(parent.callee.object) && memberName(parent.callee.object) !== 'slice'
    )
  return assignedValue(list) !== undefined
}

/** True if a function puts something else in the place of its arguments, by which its parameters change, too. */
function setsArguments(module: JavaScriptModule, fn: FunctionNode): boolean {
  if (fn.type === 'ArrowFunctionExpression') return false
  return module.identifiersNamed('arguments').some((id) => {
    if (!contains(fn, id) || !isRearranged(id)) return false
    let owner = enclosingFunction(id)
    while (owner?.type === 'ArrowFunctionExpression') owner = enclosingFunction(owner)
    return owner === fn
  })
}

/** True for a name whose object gets members later: `args.select = …`. */
function isFilledIn(module: JavaScriptModule, expression: Node): boolean {
  const plain = unwrap(expression)
  const binding = plain.type === 'Identifier' ? module.binding(plain) : undefined
  return (
    binding !== undefined &&
    module.references(binding).some((reference) => {
      let at: Node = reference
      for (let up = parentOf(at); isMember(up) && up.object === at; up = parentOf(at)) at = up
      const holder = parentOf(at)
      return at !== reference && holder?.type === 'AssignmentExpression' && holder.left === at
    })
  )
}

/** True for what only a promise has: `import(…)`, and the result of `then`, `catch` and `finally`. */
function isPromise(node: Node): boolean {
  if (!isCall(node)) return node.type === 'ImportExpression'
  const callee = node.callee as Node
  return callee.type === 'Import' || (isMember(callee) && /^(?:then|catch|finally)$/.test(memberName(callee) ?? ''))
}

/** The value that a reference is given when it is the target of `=`; `pattern` when it is inside a pattern that is. */
function assignedValue(reference: Node): Node | 'pattern' | undefined {
  const parent = parentOf(reference)
  if (parent?.type === 'AssignmentExpression' && parent.left === reference)
    return /^(\|\||&&|\?\?)?=$/.test(parent.operator) ? (parent.right as Node) : undefined
  let at: Node = reference
  for (let up = parent; up; at = up, up = parentOf(up)) {
    if (up.type === 'AssignmentExpression') return up.left === at && at.type.endsWith('Pattern') ? 'pattern' : undefined
    if (up.type === 'ObjectProperty' && up.value !== at) return undefined
    if (!/Pattern$|^ObjectProperty$|^RestElement$/.test(up.type)) return undefined
  }
  return undefined
}

/** True for a name that is assigned to only where it is missing: `app ??= express()`, `if (!app) app = express()`. */
function isSetWhereMissing(name: t.Identifier & Node): boolean {
  const assignment = parentOf(name)
  if (assignment?.type !== 'AssignmentExpression') return false
  if (assignment.operator !== '=') return assignment.operator === '||=' || assignment.operator === '??='
  for (let inner: Node = assignment, outer = parentOf(inner); outer; inner = outer, outer = parentOf(inner)) {
    if (outer.type === 'IfStatement') return outer.consequent === inner && saysMissing(outer.test as Node, name.name)
    if (outer.type !== 'ExpressionStatement' && outer.type !== 'BlockStatement') return false
  }
  return false
}

function saysMissing(test: Node, name: string): boolean {
  const isIt = (node: t.Node) => node.type === 'Identifier' && node.name === name
  if (test.type === 'UnaryExpression') return test.operator === '!' && isIt(test.argument)
  if (test.type !== 'BinaryExpression' || !/^===?$/.test(test.operator)) return false
  const { left, right } = test
  if (left.type === 'UnaryExpression' && left.operator === 'typeof')
    return isIt(left.argument) && right.type === 'StringLiteral' && right.value === 'undefined'
  return isIt(left) && (right.type === 'NullLiteral' || (right.type === 'Identifier' && right.name === 'undefined'))
}

/** The loop that sets a name: `for (app of list)`, `for ([app] of list)`. */
function loopThatSets(name: Node): t.ForOfStatement | t.ForInStatement | undefined {
  let at = name
  for (let up = parentOf(at); up; at = up, up = parentOf(up)) {
    if (up.type === 'ForOfStatement' || up.type === 'ForInStatement') return up.left === at ? up : undefined
    if (up.type === 'ObjectProperty' ? up.value !== at : !/Pattern$|^RestElement$/.test(up.type)) return undefined
    if (up.type === 'AssignmentPattern' && up.left !== at) return undefined
  }
  return undefined
}

/** The value that `a.b` is given by `a.b = value`. */
function assignedMember(member: MemberNode): Node | undefined {
  const parent = parentOf(member)
  if (parent?.type !== 'AssignmentExpression' || parent.left !== member) return undefined
  return /^(\|\||\?\?)?=$/.test(parent.operator) ? (parent.right as Node) : undefined
}

/** The list that a `for (const x of list)` declarator runs over. */
function loopSource(declarator: Node): Node | undefined {
  const declaration = parentOf(declarator)
  const loop = declaration && parentOf(declaration)
  return loop?.type === 'ForOfStatement' && loop.left === declaration ? (loop.right as Node) : undefined
}

/** True for the declarator or the name that `for (… in object)` sets: it is a text each time. */
/** `declare const name: Type`: something else sets it. */
function isAmbient(declarator: Node): boolean {
  const statement = parentOf(declarator)
  return statement?.type === 'VariableDeclaration' && statement.declare === true
}

function isKeyOfLoop(target: Node): boolean {
  const declaration = parentOf(target)
  const left = declaration?.type === 'VariableDeclaration' ? declaration : target
  const loop = parentOf(left)
  return loop?.type === 'ForInStatement' && loop.left === left
}

/** The name under which a function, class or object literal is known in its file. */
export function ownBinding(module: JavaScriptModule, holder: Node): Binding | undefined {
  if ((holder.type === 'FunctionDeclaration' || isClass(holder)) && holder.id) {
    const own = module.scopes.lookup(holder.id.name, holder.id)
    if (own && holder.type !== 'ClassExpression') return own
  }
  let at = holder
  for (let up = parentOf(at); up; at = up, up = parentOf(up)) {
    if (up.type === 'VariableDeclarator' && up.init === at && up.id.type === 'Identifier')
      return module.scopes.lookup(up.id.name, up.id)
    if (up.type === 'AssignmentExpression' && up.right === at) {
      if (up.left.type === 'Identifier') return module.binding(up.left)
      continue
    }
    if (unwrap(up) !== unwrap(at)) return undefined
  }
  return undefined
}

/** In `X.prototype = { … }` and `Object.assign(X.prototype, { … })`, the X. */
function prototypeAssignment(object: Node): Node | undefined {
  const parent = parentOf(object)
  if (parent?.type === 'AssignmentExpression' && isMember(parent.left) && memberName(parent.left) === 'prototype')
    return parent.left.object as Node
  if (isCall(parent) && isMember(parent.callee) && /^(assign|extend)$/.test(memberName(parent.callee) ?? '')) {
    const [target] = argumentsOf(parent)
    if (target !== object && isMember(target) && memberName(target) === 'prototype') return target.object as Node
  }
  return undefined
}

/** In `const proto = X.prototype`, the X. */
function prototypeAlias(declaration: Node | undefined): Node | undefined {
  const init = declaration?.type === 'VariableDeclarator' ? declaration.init : undefined
  return isMember(init) && memberName(init) === 'prototype' ? (init.object as Node) : undefined
}

/** True if a plain function is used as a constructor: `new F`, `F.prototype`, or `this.x =` in its body. */
function isConstructor(module: JavaScriptModule, fn: FunctionNode): boolean {
  const binding = ownBinding(module, fn)
  if (!binding) return false
  return module.references(binding).some((reference) => {
    const parent = parentOf(reference)
    if (parent?.type === 'NewExpression' && parent.callee === reference) return true
    return isMember(parent) && parent.object === reference && memberName(parent) === 'prototype'
  })
}

/** True for an object literal that writes a property of this name out. */
function hasOwn(object: Node, name: string): boolean {
  return (
    object.type === 'ObjectExpression' &&
    object.properties.some((property) => property.type !== 'SpreadElement' && keyName(property) === name)
  )
}

/** True if a function sets `this.x`, or keeps `this` under a name, as constructors do. */
function keepsThis(fn: FunctionNode): boolean {
  return (
    fn.type === 'FunctionExpression' &&
    fn.body.body.some((statement) =>
      statement.type === 'VariableDeclaration'
        ? statement.declarations.some(({ init }) => init?.type === 'ThisExpression')
        : statement.type === 'ExpressionStatement' &&
          statement.expression.type === 'AssignmentExpression' &&
          isMember(statement.expression.left) &&
          statement.expression.left.object.type === 'ThisExpression',
    )
  )
}

/** The arguments of all `return` statements of a function's own body; undefined for a bare one. */
export function returnsOf(fn: FunctionNode): (Node | undefined)[] {
  const found: (Node | undefined)[] = []
  const visit = (node: Node) => {
    if (node.type === 'ReturnStatement') found.push((node.argument as Node | null) ?? undefined)
    if (isFunction(node) || isClass(node)) return
    for (const child of children(node)) visit(child)
  }
  if (fn.body.type === 'BlockStatement') for (const child of children(fn.body)) visit(child)
  return found
}

function arithmetic(operator: string, left: readonly Value[], right: readonly Value[]): Value[] {
  if (operator !== '+') return [primitive(/^[<>=!]|^in$|^instanceof$/.test(operator) ? 'boolean' : 'number')]
  const a = left.length === 1 ? left[0] : undefined
  const b = right.length === 1 ? right[0] : undefined
  if (a?.is === 'primitive' && b?.is === 'primitive') {
    if (
      a.value !== undefined &&
      b.value !== undefined &&
      typeof a.value !== 'boolean' &&
      typeof b.value !== 'boolean'
    ) {
      const sum = (a.value as string) + (b.value as string)
      return [primitive(typeof sum === 'number' ? 'number' : 'string', sum)]
    }
    if (a.type === 'number' && b.type === 'number') return [primitive('number')]
  }
  if (left.some((v) => v.is === 'primitive' && v.type === 'string') && left.length === 1) return [primitive('string')]
  if (right.some((v) => v.is === 'primitive' && v.type === 'string') && right.length === 1) return [primitive('string')]
  return unknown('a sum')
}

/** `A.B.C` in a type position, read as an expression. */
function entityExpression(node: Node): Node {
  if (node.type !== 'TSQualifiedName') return node
  const member = {
    type: 'MemberExpression',
    object: entityExpression(node.left as Node),
    property: node.right,
    computed: false,
    start: node.start,
    end: node.end,
  }
  return { ...member, parent: parentOf(node) } as unknown as Node
}

/** A piece of source for a sentence: one line, at most 60 characters. */
export function excerpt(module: JavaScriptModule, node: t.Node): string {
  const text = module.source(node).replace(/\s+/g, ' ')
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** The callee of a call, for a sentence. */
export function calleeText(module: JavaScriptModule, call: CallNode): string {
  const callee = call.callee as Node
  if (isMember(callee)) {
    const name = memberName(callee)
    const object = unwrap(callee.object)
    const owner =
      object.type === 'Identifier' || object.type === 'ThisExpression' || isMember(object)
        ? excerpt(module, object)
        : '…'
    return name ? `${owner}.${name}` : excerpt(module, callee)
  }
  return excerpt(module, callee)
}

/** True for a name that the file does not declare; `const require = createRequire(import.meta.url)` is the usual one. */
function isFree(module: JavaScriptModule, id: t.Identifier): boolean {
  const declaration = module.binding(id)?.declarations[0]
  if (!declaration) return true
  const init = declaration.type === 'VariableDeclarator' ? declaration.init : undefined
  const callee = id.name === 'require' && isCall(init) ? unwrap(init.callee) : undefined
  return (
    (callee?.type === 'Identifier' && callee.name === 'createRequire') ||
    (isMember(callee) && memberName(callee) === 'createRequire')
  )
}

/** For callers that need to know which kind an expression is, and nothing else. */
export function kindsOf(values: readonly Value[]): readonly Kind[] {
  return values.flatMap((v) => (v.is === 'kind' ? [v.kind] : []))
}

const GLOBAL_OBJECT = 'the global `global`'

/** True for `globalThis` and `global`: what they have as members depends on who sets them. */
function isGlobalObject(v: Value): boolean {
  return v.is === 'foreign' && (v.what === GLOBAL_OBJECT || v.what === 'the global `globalThis`')
}

/** Packages whose functions give something that stands in for their type argument. */
const STAND_INS = new Set([
  'jest-mock-extended',
  'vitest-mock-extended',
  '@golevelup/ts-jest',
  '@golevelup/ts-vitest',
  'ts-jest-mock',
  'jest-mock',
])

const CONVERSIONS: Readonly<Record<string, Primitive>> = {
  Number: 'number',
  parseInt: 'number',
  parseFloat: 'number',
  String: 'string',
  Boolean: 'boolean',
  encodeURIComponent: 'string',
  encodeURI: 'string',
  decodeURIComponent: 'string',
  decodeURI: 'string',
  Symbol: 'symbol',
  BigInt: 'bigint',
}

const KNOWN_GLOBALS = new Set(
  'Map Set WeakMap WeakSet Array Object Promise Date Error TypeError RangeError URL URLSearchParams Headers Request Response FormData Blob Buffer process console globalThis window document self navigator location history localStorage sessionStorage XMLHttpRequest WebSocket Worker MessageChannel MessagePort EventSource fetch JSON Math Number String Boolean RegExp Symbol Proxy Reflect Intl AbortController TextEncoder TextDecoder ArrayBuffer Uint8Array DataView jest vi expect describe it test cy angular jQuery $ _ Deno Bun setTimeout setInterval setImmediate'.split(
    ' ',
  ),
)

const NODE_BUILTINS = new Set(
  'assert async_hooks buffer child_process cluster console constants crypto dgram dns domain events fs fs/promises http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream stream/promises string_decoder timers timers/promises tls tty url util v8 vm wasi worker_threads zlib'.split(
    ' ',
  ),
)
