import type * as t from '@babel/types'
import type { Location } from '../../model/trust.ts'
import { type LineIndex, lineIndex } from '../../text/lines.ts'
import { type Binding, eachChild, reverse, Scopes } from './scopes.ts'
import {
  argumentsOf,
  type CallNode,
  isCall,
  isMember,
  keyName,
  literalText,
  type MemberNode,
  memberName,
  type Node,
  parentOf,
} from './syntax.ts'

/** A mention of another module: `import … from 'x'`, `export … from 'x'`, `require('x')`, `import('x')`. */
export interface ModuleMention {
  readonly specifier: string
  /** The declaration, or the `require`/`import()` call. */
  readonly node: Node
}

/**
 * One parsed file and what a single walk over it finds: parents, members by name, identifiers by name, calls, mentions of
 * other modules. Scopes are built when they are first asked for. Source positions are offsets only, to keep trees small.
 */
export class JavaScriptModule {
  readonly path: string
  readonly text: string
  readonly program: t.Program & Node
  readonly comments: readonly t.Comment[]
  readonly mentions: readonly ModuleMention[]
  /** Every call and `new`, in the order of the text. */
  readonly calls: readonly CallNode[]
  readonly #members = new Map<string, MemberNode[]>()
  readonly #patternKeys = new Map<string, (t.ObjectProperty & Node)[]>()
  readonly #identifiers = new Map<string, (t.Identifier & Node)[]>()
  readonly #references = new Map<Binding, (t.Identifier & Node)[]>()
  readonly #sorted = new Set<string>()
  #scopes: Scopes | undefined
  #lines: LineIndex | undefined

  constructor(path: string, text: string, ast: t.File) {
    this.path = path
    this.text = text
    this.program = ast.program as t.Program & Node
    this.comments = ast.comments ?? []
    const mentions: ModuleMention[] = []
    const calls: CallNode[] = []
    this.#index(this.program, mentions, calls)
    this.mentions = mentions
    this.calls = calls.sort((a, b) => a.start - b.start)
  }

  get scopes(): Scopes {
    this.#scopes ??= new Scopes(this.program)
    return this.#scopes
  }

  get lines(): LineIndex {
    this.#lines ??= lineIndex(this.text)
    return this.#lines
  }

  /** The place of an offset, for people. */
  locate(offset: number): Location {
    return { file: this.path, ...this.lines.positionAt(offset) }
  }

  /** All `x.name` and `x['name']`, wherever they stand. */
  membersNamed(name: string): readonly MemberNode[] {
    return this.#members.get(name) ?? []
  }

  /** All `{ name }` and `{ name: local }` in destructuring patterns. */
  patternKeysNamed(name: string): readonly (t.ObjectProperty & Node)[] {
    return this.#patternKeys.get(name) ?? []
  }

  /** All identifiers with this text, whatever they mean. */
  identifiersNamed(name: string): readonly (t.Identifier & Node)[] {
    return this.#identifiers.get(name) ?? []
  }

  /** The binding that an identifier refers to. */
  binding(id: t.Identifier): Binding | undefined {
    return this.scopes.lookup(id.name, id)
  }

  /** All identifiers that refer to a binding, its declarations left out. */
  references(binding: Binding): readonly (t.Identifier & Node)[] {
    if (!this.#sorted.has(binding.name)) this.#sortReferences(binding.name)
    return this.#references.get(binding) ?? []
  }

  /** Sorts all identifiers of one name by what they refer to, so that asking for each binding costs nothing more. */
  #sortReferences(name: string): void {
    this.#sorted.add(name)
    for (const id of this.identifiersNamed(name)) {
      if (!isReference(id)) continue
      const binding = this.binding(id)
      if (binding && !binding.identifiers.includes(id)) push(this.#references, binding, id)
    }
  }

  /** The source text of a node. */
  source(node: t.Node): string {
    return this.text.slice((node as Node).start, (node as Node).end)
  }

  /** Visits every node once, parents first, in the order of the fields. A list instead of recursion: chains can be long. */
  #index(root: Node, mentions: ModuleMention[], calls: CallNode[]): void {
    const waiting: Node[] = [root]
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      this.#visit(node, mentions, calls)
      const parent = node
      const before = waiting.length
      eachChild(node, (child) => {
        child.parent = parent
        waiting.push(child)
      })
      reverse(waiting, before)
    }
  }

  #visit(node: Node, mentions: ModuleMention[], calls: CallNode[]): void {
    // positions as offsets are enough, and the location objects are most of a tree's memory
    node.loc = null
    switch (node.type) {
      case 'Identifier':
        push(this.#identifiers, node.name, node)
        break
      case 'MemberExpression':
      case 'OptionalMemberExpression': {
        const name = memberName(node)
        if (name !== undefined) push(this.#members, name, node)
        break
      }
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type !== 'ObjectProperty') continue
          const name = keyName(property)
          if (name !== undefined) push(this.#patternKeys, name, property as t.ObjectProperty & Node)
        }
        break
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        mentions.push({ specifier: node.source.value, node })
        break
      case 'ExportNamedDeclaration':
        if (node.source) mentions.push({ specifier: node.source.value, node })
        break
      case 'TSImportEqualsDeclaration':
        if (node.moduleReference.type === 'TSExternalModuleReference')
          mentions.push({ specifier: node.moduleReference.expression.value, node })
        break
      default:
        if (isCall(node)) {
          // `f(, a)` is a syntax error that the parser forgives, with nothing in the place of the argument
          if ((node.arguments as readonly unknown[]).includes(null)) node.arguments = node.arguments.filter(Boolean)
          calls.push(node)
          const specifier = requiredSpecifier(node)
          if (specifier !== undefined) mentions.push({ specifier, node })
        } else if (node.type === 'ImportExpression') {
          const specifier = literalText(node.source)
          if (specifier !== undefined) mentions.push({ specifier, node })
        }
    }
  }
}

/** The specifier of `require('x')` and `import('x')`, when it is a literal. */
export function requiredSpecifier(call: CallNode): string | undefined {
  const callee = call.callee as Node
  const loads = (callee.type === 'Identifier' && callee.name === 'require') || callee.type === 'Import'
  return loads && call.type !== 'NewExpression' ? literalText(argumentsOf(call)[0]) : undefined
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** False for identifiers that are only names of properties, labels, exports or imports. */
export function isReference(id: t.Identifier & Node): boolean {
  const parent = parentOf(id)
  if (!parent) return false
  if (isMember(parent)) return parent.object === id || parent.computed === true
  switch (parent.type) {
    case 'ObjectProperty':
      if (parent.value === id) return true
      return parent.key === id && parent.computed === true
    case 'ObjectMethod':
    case 'ClassMethod':
    case 'ClassProperty':
    case 'ClassAccessorProperty':
      if (parent.key === id) return parent.computed === true
      return true
    case 'TSPropertySignature':
    case 'TSMethodSignature':
    case 'ObjectTypeProperty':
      return parent.key !== id || ('computed' in parent && parent.computed === true)
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
    case 'ExportNamespaceSpecifier':
    case 'ExportDefaultSpecifier':
    case 'TSEnumMember':
    case 'MetaProperty':
    case 'JSXIdentifier':
      return parent.type === 'TSEnumMember' ? parent.id !== id : false
    case 'ExportSpecifier': {
      const declaration = parentOf(parent)
      return parent.local === id && !(declaration?.type === 'ExportNamedDeclaration' && declaration.source)
    }
    case 'TSQualifiedName':
      return parent.left === id
    case 'TSNamedTupleMember':
    case 'TSParameterProperty':
      return false
    default:
      return true
  }
}
