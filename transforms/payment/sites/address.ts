import {
  argumentsOf,
  exportsOf,
  isMember,
  type JavaScriptFile,
  type JavaScriptModule,
  keyName,
  literally,
  literalText,
  memberName,
  type Node,
  parentOf,
  plainParameter,
  returnsOf,
  unwrap,
} from '#kit'

/** A part of an address: text that is known, or an expression whose value is not. */
export type Piece =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'hole'; readonly node: Node; readonly module: JavaScriptModule }

/** What an address is made of, and the constants that it was read through, outermost first. */
export interface Address {
  readonly pieces: readonly Piece[]
  /** The places of the expressions that it was followed to, as `file:offset`; none where all of it stands in one place. */
  readonly via: readonly string[]
}

/** The arguments of a function that an address was followed into, by the node of the parameter. */
type Given = ReadonlyMap<Node, { readonly module: JavaScriptModule; readonly node: Node }>

const MAX_DEPTH = 12

/** What an expression that gives an address is made of. Names are followed to constants, also of other files. */
export function addressOf(file: JavaScriptFile, expression: Node): Address {
  const state: State = { via: [] }
  const pieces = joined(pieceList(file, file.module, expression, new Map(), 0, state))
  return { pieces, via: state.via }
}

/** What an expression of another file of the program is made of. */
export function piecesOf(file: JavaScriptFile, module: JavaScriptModule, expression: Node): readonly Piece[] {
  return joined(pieceList(file, module, expression, new Map(), 0, { via: [] }))
}

interface State {
  readonly via: string[]
}

function pieceList(
  file: JavaScriptFile,
  module: JavaScriptModule,
  expression: Node,
  given: Given,
  depth: number,
  state: State,
): Piece[] {
  const node = unwrap(expression)
  const hole: Piece[] = [{ is: 'hole', node, module }]
  if (depth > MAX_DEPTH) return hole
  const inner = (next: Node, at = module, args = given) => pieceList(file, at, next, args, depth + 1, state)
  const text = literalText(node)
  if (text !== undefined) return [{ is: 'text', text }]
  switch (node.type) {
    case 'TemplateLiteral':
      return node.quasis.flatMap((quasi, index) => {
        const expression = node.expressions[index] as Node | undefined
        return [
          { is: 'text' as const, text: quasi.value.cooked ?? quasi.value.raw },
          ...(expression ? inner(expression) : []),
        ]
      })
    case 'BinaryExpression':
      return node.operator === '+' ? [...inner(node.left as Node), ...inner(node.right as Node)] : hole
    case 'NewExpression':
    case 'CallExpression':
    case 'OptionalCallExpression':
      return calledPieces(file, module, node, given, depth, state) ?? hole
    case 'Identifier':
    case 'MemberExpression':
    case 'OptionalMemberExpression': {
      const target = definitionOf(file, module, node, given, depth)
      if (!target) return hole
      const found = inner(target.node, target.module, target.given ?? given)
      // a constant that is nothing but unknown says no more than its name, and the name can be written at the call
      if (found.length === 1 && found[0]!.is === 'hole') return target.given ? found : hole
      state.via.push(placeOf(target.module, target.node))
      return found
    }
    default:
      return hole
  }
}

/** `new URL(path, base)`, `url.resolve(base, path)`, `[a, b].join('')`, `encodeURIComponent(x)`, and functions that return an address. */
function calledPieces(
  file: JavaScriptFile,
  module: JavaScriptModule,
  call: Extract<Node, { type: 'NewExpression' | 'CallExpression' | 'OptionalCallExpression' }>,
  given: Given,
  depth: number,
  state: State,
): Piece[] | undefined {
  const callee = unwrap(call.callee as Node)
  const args = argumentsOf(call)
  const inner = (next: Node, at = module, values = given) => pieceList(file, at, next, values, depth + 1, state)
  if (call.type === 'NewExpression') {
    if (callee.type !== 'Identifier' || callee.name !== 'URL' || module.binding(callee)) return undefined
    const [path, base] = args
    if (!path) return undefined
    if (!base) return inner(path)
    const tail = joined(inner(path))
    const isAbsolute = tail[0]?.is === 'text' && tail[0].text.startsWith('/')
    const head = joined(inner(base))
    // a base with a path of its own loses it
    const plain = head.every((piece) => piece.is === 'hole' || /^(?:https?:\/\/[^/]*)?\/?$/.test(piece.text))
    return isAbsolute && plain ? [...withoutSlash(head), ...tail] : undefined
  }
  if (isMember(callee)) {
    const name = memberName(callee)
    if (name === 'toString' || name === 'href') return inner(callee.object as Node)
    if (name === 'concat') return [...inner(callee.object as Node), ...args.flatMap((arg) => inner(arg))]
    if (name === 'join' && unwrap(callee.object as Node).type === 'ArrayExpression') {
      const separator = args[0] ? literalText(unwrap(args[0])) : ','
      const list = unwrap(callee.object as Node)
      if (separator === undefined || list.type !== 'ArrayExpression') return undefined
      return list.elements.flatMap((element, index): Piece[] =>
        element && element.type !== 'SpreadElement'
          ? [...(index > 0 ? [{ is: 'text' as const, text: separator }] : []), ...inner(element as Node)]
          : [{ is: 'hole', node: list, module }],
      )
    }
  }
  const { found, complete } = file.functions(callee, module)
  const only = found.length === 1 && complete ? found[0] : undefined
  if (!only || only.node.async || ('generator' in only.node && only.node.generator)) return undefined
  const returned = only.node.body.type === 'BlockStatement' ? returnsOf(only.node) : [only.node.body as Node]
  const result = returned.length === 1 ? returned[0] : undefined
  if (!result) return undefined
  const values = new Map<Node, { module: JavaScriptModule; node: Node }>()
  only.node.params.forEach((param, index) => {
    const plain = plainParameter(param as Node) as Node | undefined
    const argument = args[index]
    if (plain && argument && argument.type !== 'SpreadElement')
      values.set(plain, resolvedArgument(module, argument, given))
  })
  const pieces = joined(inner(result, only.module, values))
  if (!pieces.some((piece) => piece.is === 'text')) return undefined
  state.via.push(placeOf(only.module, result))
  return pieces
}

/** The name of a place in the project. */
export function placeOf(module: JavaScriptModule, node: Node): string {
  return `${module.path}:${unwrap(node).start}`
}

/** The one expression that a name, a member or a field stands for. */
export function writtenAs(
  file: JavaScriptFile,
  module: JavaScriptModule,
  expression: Node,
): { readonly module: JavaScriptModule; readonly node: Node } | undefined {
  const node = unwrap(expression)
  if (node.type !== 'Identifier' && !isMember(node)) return { module, node }
  const found = definitionOf(file, module, node, new Map(), 0)
  return found && writtenAs(file, found.module, found.node)
}

function resolvedArgument(module: JavaScriptModule, argument: Node, given: Given) {
  const node = unwrap(argument)
  const declared = node.type === 'Identifier' ? module.binding(node)?.identifiers[0] : undefined
  return (declared && given.get(declared as Node)) ?? { module, node }
}

interface Definition {
  readonly module: JavaScriptModule
  readonly node: Node
  readonly given?: Given
}

/** The one expression that a name or a member stands for; nothing where it is given a value twice, or none. */
function definitionOf(
  file: JavaScriptFile,
  module: JavaScriptModule,
  node: Node,
  given: Given,
  depth: number,
): Definition | undefined {
  if (node.type === 'Identifier') {
    const binding = module.binding(node)
    if (binding?.declarations.length !== 1) return undefined
    const argument = given.get(binding.identifiers[0] as Node)
    if (argument) return { ...argument, given: new Map() }
    const declaration = binding.declarations[0]!
    if (declaration.type === 'VariableDeclarator') {
      if (
        declaration.id.type !== 'Identifier' ||
        !declaration.init ||
        isAssigned(module, node.name, binding.identifiers[0] as Node)
      )
        return undefined
      return { module, node: declaration.init as Node }
    }
    if (declaration.type === 'ImportSpecifier' || declaration.type === 'ImportDefaultSpecifier') {
      const source = (parentOf(declaration) as Extract<Node, { type: 'ImportDeclaration' }>).source.value
      const name =
        declaration.type === 'ImportDefaultSpecifier'
          ? 'default'
          : declaration.imported.type === 'Identifier'
            ? declaration.imported.name
            : declaration.imported.value
      return exportedBy(file, module, source, name)
    }
    return undefined
  }
  if (!isMember(node)) return undefined
  const name = memberName(node)
  if (name === undefined || depth > MAX_DEPTH) return undefined
  const member = enumMember(file, module, unwrap(node.object as Node), name)
  if (member) return member
  const objects = file.origins.valueOf(module, node.object as Node)
  const [only] = objects
  if (objects.length !== 1 || !only) return undefined
  if (only.is === 'exports') return memberOfExports(file, only.module, name)
  if (only.is === 'object' && only.node.type === 'ObjectExpression') {
    const property = only.node.properties.find((one) => one.type === 'ObjectProperty' && keyName(one) === name)
    const isSpread = only.node.properties.some((one) => one.type === 'SpreadElement')
    if (property?.type === 'ObjectProperty' && !isSpread && !isWritten(only.module, name))
      return { module: only.module, node: property.value as Node }
  }
  if (only.is === 'class' || only.is === 'instance') {
    if (!('body' in only.node) || only.node.body.type !== 'ClassBody') return undefined
    const fields = only.node.body.body.filter((one) => 'key' in one && keyName(one as { key: Node }) === name)
    const field = fields.length === 1 ? fields[0] : undefined
    if (field?.type === 'ClassProperty' && field.value && !isWritten(only.module, name))
      return { module: only.module, node: field.value as Node }
    if (field?.type === 'ClassMethod' && field.kind === 'get') {
      const returned = returnsOf(field as never)
      if (returned.length === 1 && returned[0]) return { module: only.module, node: returned[0] }
    }
    if (fields.length === 0 || (field?.type === 'ClassProperty' && !field.value)) {
      const written = only.module.membersNamed(name).flatMap((member) => {
        const parent = parentOf(member)
        return parent?.type === 'AssignmentExpression' && parent.left === member && parent.operator === '='
          ? [parent.right as Node]
          : []
      })
      if (written.length === 1) return { module: only.module, node: written[0]! }
    }
  }
  return undefined
}

/** What a member of an enum is, here or in the module that it is imported from. */
function enumMember(
  file: JavaScriptFile,
  module: JavaScriptModule,
  object: Node,
  name: string,
): Definition | undefined {
  if (object.type !== 'Identifier') return undefined
  const declaration = module.binding(object)?.declarations[0]
  if (declaration?.type === 'ImportSpecifier' && declaration.imported.type === 'Identifier') {
    const source = (parentOf(declaration) as Extract<Node, { type: 'ImportDeclaration' }>).source.value
    const resolution = file.origins.neighbours.resolve(module, source)
    return resolution.is === 'file' ? enumIn(resolution.module, declaration.imported.name, name) : undefined
  }
  return enumIn(module, object.name, name)
}

function enumIn(module: JavaScriptModule, owner: string, name: string): Definition | undefined {
  for (const statement of module.program.body) {
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declared?.type !== 'TSEnumDeclaration' || declared.id.name !== owner) continue
    const member = declared.members.find(({ id }) => (id.type === 'Identifier' ? id.name : id.value) === name)
    return member?.initializer ? { module, node: member.initializer as Node } : undefined
  }
  return undefined
}

function exportedBy(
  file: JavaScriptFile,
  from: JavaScriptModule,
  specifier: string,
  name: string,
): Definition | undefined {
  const resolution = file.origins.neighbours.resolve(from, specifier)
  return resolution.is === 'file' ? memberOfExports(file, resolution.module, name) : undefined
}

function memberOfExports(file: JavaScriptFile, module: JavaScriptModule, name: string): Definition | undefined {
  const { named, whole } = exportsOf(module)
  const sources = named.get(name) ?? []
  const source = sources.length === 1 ? sources[0] : undefined
  if (source?.is === 'value') return { module, node: source.node }
  if (source?.is === 'local') {
    const binding = module.scopes.lookup(source.id.name, source.id)
    const declaration = binding?.declarations.length === 1 ? binding.declarations[0] : undefined
    if (declaration?.type === 'VariableDeclarator' && declaration.id.type === 'Identifier' && declaration.init)
      return isAssigned(module, source.id.name, binding!.identifiers[0] as Node)
        ? undefined
        : { module, node: declaration.init as Node }
  }
  if (source?.is === 'from') return exportedBy(file, module, source.specifier, source.name)
  const object = whole.length === 1 ? unwrap(whole[0]!) : undefined
  if (object?.type !== 'ObjectExpression') return undefined
  const property = object.properties.find((one) => one.type === 'ObjectProperty' && keyName(one) === name)
  return property?.type === 'ObjectProperty' ? { module, node: property.value as Node } : undefined
}

/** True if a name is given another value than the one that it is declared with. */
function isAssigned(module: JavaScriptModule, name: string, declared: Node): boolean {
  const binding = module.scopes.lookup(name, declared)
  if (!binding || binding.kind === 'const') return false
  return module.references(binding).some((reference) => {
    const parent = parentOf(reference)
    return (parent?.type === 'AssignmentExpression' && parent.left === reference) || parent?.type === 'UpdateExpression'
  })
}

/** True if some member of this name is assigned to anywhere in the file. */
function isWritten(module: JavaScriptModule, name: string): boolean {
  return module.membersNamed(name).some((member) => {
    const parent = parentOf(member)
    return parent?.type === 'AssignmentExpression' && parent.left === member
  })
}

function withoutSlash(pieces: readonly Piece[]): Piece[] {
  const last = pieces.at(-1)
  return last?.is === 'text'
    ? [...pieces.slice(0, -1), { is: 'text', text: last.text.replace(/\/$/, '') }]
    : [...pieces]
}

/** Neighbouring texts as one, and no empty ones. */
export function joined(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = []
  for (const piece of pieces) {
    const last = found.at(-1)
    if (piece.is === 'text' && last?.is === 'text')
      found[found.length - 1] = { is: 'text', text: last.text + piece.text }
    else if (piece.is === 'hole' || piece.text !== '') found.push(piece)
  }
  return found
}

// ---- which operation ----------------------------------------------------------------------------

/** An address that is exactly one operation's: what stands before its path, and what stands in place of its parameters. */
export interface PathMatch {
  /** What stands before the path: a host, a name, nothing. */
  readonly base: readonly Piece[]
  /** By the name in the path. */
  readonly params: Readonly<Record<string, readonly Piece[]>>
  /** What stands behind a `?`. */
  readonly query: readonly Piece[]
}

/** A mark for a hole in the text of an address: no address has it. */
const HOLE = '\u0000'

/**
 * Matches an address with a path template such as `/v1/payments/payment/{id}/execute`, whole: segment by segment, from the
 * end of the host to the `?`. A base may end in a slash that the path begins with, never in part of a path.
 */
export function matchPath(pieces: readonly Piece[], template: string, trailingSlash = false): PathMatch | undefined {
  const holes: Piece[] = []
  const text = pieces
    .map((piece) => {
      if (piece.is === 'text') return piece.text
      holes.push(piece)
      return HOLE
    })
    .join('')
  const pathEnd = /[?#]/.exec(text)?.index ?? text.length
  const path = text.slice(0, pathEnd)
  const names: string[] = []
  const pattern = template
    .split(/\{(\w+)\}/)
    .map((part, index) => {
      if (index % 2 === 0) return literally(part)
      names.push(part)
      return `([^/?#]+)`
    })
    .join('')
  const found = new RegExp(
    `^(|https?://[^/\u0000]*|[a-z+]*:?//\u0000[^/\u0000]*|\u0000|https?://[^/]*\u0000[^/]*)(/?)${pattern.replace(/^\//, '/')}${trailingSlash ? '/?' : ''}$`,
  ).exec(path)
  if (!found) return undefined
  const [, base = '', , ...values] = found
  let used = 0
  const take = (part: string): Piece[] =>
    part
      .split(/(\u0000)/)
      .flatMap((one): Piece[] => (one === HOLE ? [holes[used++]!] : one === '' ? [] : [{ is: 'text', text: one }]))
  const before = take(base)
  const params = Object.fromEntries(names.map((name, index) => [name, take(values[index] ?? '')]))
  return { base: before, params, query: take(text.slice(pathEnd)) }
}
