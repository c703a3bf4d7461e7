import {
  contains,
  type DraftFix,
  type FunctionNode,
  fix,
  indentationAt,
  insertAfter,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  type MemberUse,
  memberName,
  type Node,
  parentOf,
  replace,
} from '#kit'
import { ClientClass } from './kinds.ts'
import { blockOf, linesOf } from './statements.ts'

/** What each property of the parameters of a middleware is called in an extension. */
const NAMES: Readonly<Record<string, string>> = { model: 'model', action: 'operation', args: 'args' }

/** How a middleware is written as an extension; else, why a person has to. */
export type Extension = { readonly fix: DraftFix; readonly notes: readonly string[] } | { readonly why: string }

/** `const prisma = new PrismaClient()`, and the `$use` of it in the same block. */
interface Registration {
  readonly made: Node
  readonly statement: Node
  readonly middleware: FunctionNode
}

/**
 * `prisma.$use(async (params, next) => …)` as `$extends({ query: { $allOperations(…) { … } } })` behind the `new
 * PrismaClient()` that the name stands for. Extensions are nested as middlewares are: the first one is the outermost.
 */
export function extensionFor(file: JavaScriptFile, use: MemberUse): Extension {
  const own = registrationOf(file, use)
  if ('why' in own) return own
  const { object } = use
  const binding = object.type === 'Identifier' ? file.module.binding(object) : undefined
  if (!binding) return { why: 'the client is not a name of this block' }
  const references = file.module.references(binding)
  const others = references.filter((reference) => parentOf(reference) !== use.node)
  const registering = others.filter((reference) => nameAt(reference) === '$use')
  for (const reference of registering) {
    const other = registrationOf(file, asUse(reference, use))
    if ('why' in other || 'why' in methodOf(file, other))
      return { why: 'another middleware of this client has to be written as an extension first' }
  }
  const last = Math.max(own.statement.end, ...registering.map((reference) => reference.end))
  if (others.some((one) => one.end <= last && !registering.includes(one)))
    return { why: 'the client is used before the middleware is registered' }
  if (others.some((one) => nameAt(one) === '$on' || isTakenApart(one)))
    return { why: 'an extended client has no `$on`: call it on the client before `$extends`' }
  if (others.some((one) => parentOf(one)?.type === 'BinaryExpression'))
    return { why: 'an extended client is no `instanceof PrismaClient`' }
  const written = methodOf(file, own)
  if ('why' in written) return written
  const removal = linesOf(file, own.statement)
  if (!removal) return { why: 'other code stands on its line' }
  const isLocal = others.every((one) => nameAt(one) !== undefined) && !isExported(own.made)
  const applicability = isLocal && written.notes.length === 0 ? 'safe' : 'review'
  return {
    fix: fix(applicability, 'Extend the client instead', insertAfter(own.made, written.text), replace(removal, '')),
    notes: [
      ...(isLocal ? [] : ['an extended client does not fit the type `PrismaClient`, and has no `$on`']),
      ...written.notes,
    ],
  }
}

function asUse(reference: Node, use: MemberUse): MemberUse {
  const node = parentOf(reference) as MemberUse['node']
  const parent = parentOf(node)
  const call = isCall(parent, false) && parent.callee === node ? { call: parent } : {}
  const { call: _, ...rest } = use
  return {
    ...rest,
    ...call,
    node,
    object: reference,
    arguments: 'call' in call ? (call.call!.arguments as Node[]) : [],
  }
}

function registrationOf(file: JavaScriptFile, use: MemberUse): Registration | { readonly why: string } {
  const { call, object } = use
  const statement = call && parentOf(call)
  if (!call || statement?.type !== 'ExpressionStatement') return { why: 'it is not simply called here' }
  const declaration = object.type === 'Identifier' ? file.module.binding(object)?.declarations[0] : undefined
  if (object.type !== 'Identifier' || declaration?.type !== 'VariableDeclarator')
    return { why: '`$extends` gives a new client back, which has to take the place of this one' }
  const made = declaration.init as Node | null | undefined
  const isMade = made?.type === 'NewExpression' && file.evidence(made.callee, [ClientClass]) !== undefined
  if (!isMade || declaration.id.type !== 'Identifier' || declaration.id.typeAnnotation)
    return { why: '`$extends` gives a new client back, which does not fit the type of this one' }
  const list = parentOf(declaration)
  if (list?.type !== 'VariableDeclaration' || list.kind !== 'const' || blockOf(list) !== parentOf(statement))
    return { why: 'it is registered somewhere else than where the client is made' }
  const [middleware] = use.arguments
  if (use.arguments.length !== 1 || !isFunction(middleware) || middleware.generator)
    return { why: 'the middleware is made somewhere else' }
  return { made: made!, statement, middleware }
}

/** The method of the extension, with what is around it, and what a reader should know of it. */
function methodOf(
  file: JavaScriptFile,
  { middleware, made, statement }: Registration,
): { readonly text: string; readonly notes: readonly string[] } | { readonly why: string } {
  const [params, next] = middleware.params
  if (middleware.params.length !== 2 || params?.type !== 'Identifier' || next?.type !== 'Identifier')
    return { why: 'its parameters are taken apart' }
  const body = middleware.body as Node
  const text = file.source(body)
  if (/\b(?:queryRaw|executeRaw)\b/.test(text)) return { why: 'the operations of raw queries have other names there' }
  if (middleware.type !== 'ArrowFunctionExpression' && /\b(?:this|arguments)\b/.test(text))
    return { why: '`this` is another thing there' }
  const used = new Set<string>(['args', 'query'])
  const edits: { start: number; end: number; text: string }[] = []
  const notes = new Set<string>()
  const calls: Node[] = []
  const inBody = (name: Node) => referencesOf(file, name as Name).filter((one) => contains(body, one))
  for (const reference of inBody(next as Name)) {
    const call = parentOf(reference)
    const [given] = isCall(call, false) && call.callee === reference ? call.arguments : []
    const isPassedOn = given?.type === 'Identifier' && given.name === params.name
    if (!isCall(call, false) || !isPassedOn || call.arguments.length !== 1)
      return { why: '`next` is given something else than the parameters' }
    calls.push(given as Node)
    edits.push({ start: call.start, end: call.end, text: 'query(args)' })
  }
  if (calls.length === 0) return { why: 'it does not go on to the query' }
  for (const reference of inBody(params as Name)) {
    if (calls.includes(reference)) continue
    const member = parentOf(reference)
    const name = isMember(member) && member.object === reference ? memberName(member) : undefined
    const written = name === undefined || !isMember(member) || member.computed ? undefined : NAMES[name]
    if (written === undefined || !member) return { why: 'more of the parameters is used than an extension has' }
    const outer = parentOf(member)
    const isSet =
      (outer?.type === 'AssignmentExpression' && outer.left === member) || outer?.type === 'UpdateExpression'
    if (isSet && name !== 'args')
      return { why: '`query` always makes its own operation: call the method that is meant' }
    // the arguments have a type there, which they had not here
    if (name === 'args') notes.add('the arguments have types there, and are an empty object where a query has none')
    if (name === 'action' && !isCompared(member))
      notes.add('raw queries are called `$queryRaw`, `$queryRawUnsafe`, `$executeRaw` and `$executeRawUnsafe` now')
    used.add(written)
    edits.push({ start: member.start, end: member.end, text: written })
  }
  for (const name of used)
    if (file.module.identifiersNamed(name).some((id) => contains(middleware, id) && !isKey(id)))
      return { why: `\`${name}\` is another thing within it` }
  const pattern = ['model', 'operation', 'args', 'query'].filter((name) => used.has(name)).join(', ')
  const base = indentationAt(file.text, made.start)
  const unit = unitOf(file, statement, body)
  const inner = shifted(file, body, edits, `${base}${unit}${unit}`, indentationAt(file.text, statement.start))
  const block =
    body.type === 'BlockStatement' ? inner : `{\n${base}${unit.repeat(3)}return ${inner}\n${base}${unit.repeat(2)}}`
  const lines = [
    '.$extends({',
    `${base}${unit}query: {`,
    `${base}${unit}${unit}${middleware.async ? 'async ' : ''}$allOperations({ ${pattern} }) ${block},`,
    `${base}${unit}},`,
    `${base}})`,
  ]
  return { text: lines.join('\n'), notes: [...notes] }
}

type Name = Node & { readonly type: 'Identifier' }

function referencesOf(file: JavaScriptFile, parameter: Name): readonly Node[] {
  const binding = file.module.scopes.lookup(parameter.name, parameter)
  return binding ? file.module.references(binding) : []
}

/** `params.action === 'create'`, `['create'].includes(params.action)`, `switch (params.action)`. */
function isCompared(member: Node): boolean {
  const parent = parentOf(member)
  if (parent?.type === 'BinaryExpression') return /^[!=]==?$/.test(parent.operator)
  if (parent?.type === 'SwitchStatement') return parent.discriminant === member
  return isCall(parent, false) && isMember(parent.callee) && /^(?:includes|has)$/.test(memberName(parent.callee) ?? '')
}

/** True for the name of a property that is no name of a value. */
function isKey(id: Node): boolean {
  const parent = parentOf(id)
  if (isMember(parent)) return parent.property === id && !parent.computed
  return parent?.type === 'ObjectProperty' && parent.key === id && !parent.shorthand
}

/** One step of indentation, as the body of the middleware has it. */
function unitOf(file: JavaScriptFile, statement: Node, body: Node): string {
  const first = body.type === 'BlockStatement' ? (body.body[0] as Node | undefined) : undefined
  const outer = indentationAt(file.text, statement.start)
  const own = first ? indentationAt(file.text, first.start) : ''
  const step = own.startsWith(outer) ? own.slice(outer.length) : ''
  return step || (outer.includes('\t') || /^\t/m.test(file.text) ? '\t' : '  ')
}

/** The body with its edits, its further lines moved from one indentation to another; as they are where a text spans lines. */
function shifted(
  file: JavaScriptFile,
  body: Node,
  edits: readonly { start: number; end: number; text: string }[],
  to: string,
  from: string,
): string {
  let text = ''
  let at = body.start
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    text += file.text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  text += file.text.slice(at, body.end)
  if (/`[^`]*\n[^`]*`/.test(text)) return text
  return text.replace(/\r?\n([ \t]*)(?=\S)/g, (_all, own: string) =>
    own.startsWith(from) ? `\n${to}${own.slice(from.length)}` : `\n${own}`,
  )
}

function nameAt(reference: Node): string | undefined {
  const member = parentOf(reference)
  return isMember(member) && member.object === reference ? memberName(member) : undefined
}

/** `const { $use } = prisma`. */
function isTakenApart(reference: Node): boolean {
  const parent = parentOf(reference)
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern'
}

function isExported(made: Node): boolean {
  let at = parentOf(made)
  while (at && at.type !== 'VariableDeclaration') at = parentOf(at)
  return at !== undefined && parentOf(at)?.type === 'ExportNamedDeclaration'
}
