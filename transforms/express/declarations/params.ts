import {
  contains,
  enclosingFunction,
  type FunctionNode,
  isFunction,
  isMember,
  type JavaScriptFile,
  keyName,
  literalText,
  type MemberNode,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { below, flowing } from './nodes.ts'

/** A place where a key is taken out of `req.params`. */
export interface ParamsRead {
  /** `req.params.id`, or `req.params` of `const { id } = req.params`. */
  readonly expression: Node
  /** The keys; undefined where they are not all written out. */
  readonly keys: readonly string[] | undefined
  /** True where `expression` is the value of one key, false where it is all of them. */
  readonly isValue: boolean
  /** `req` of it. */
  readonly request: Node | undefined
}

/** Every read of `req.params` that a value comes from, through names that are declared with it and what functions return. */
export function readsBehind(file: JavaScriptFile, subject: Node): readonly ParamsRead[] {
  const found = new Map<Node, ParamsRead>()
  const seen = new Set<Node>()
  const follow = (node: Node) => {
    if (seen.has(node)) return
    seen.add(node)
    for (const inner of isFunction(node) ? returned(node) : flowing(node)) {
      if (isFunction(node)) follow(inner)
      const read = isMember(inner) ? (memberRead(file, inner) ?? wholeRead(inner)) : undefined
      if (read) found.set(read.expression, read)
      if (inner.type !== 'Identifier' || !isValue(inner)) continue
      for (const source of sourcesOf(file, inner))
        if (source.read) found.set(source.read.expression, source.read)
        else follow(source.from)
    }
  }
  follow(subject)
  return [...found.values()]
}

/** What a function gives back. */
function* returned(fn: FunctionNode): Iterable<Node> {
  if (fn.body.type !== 'BlockStatement') yield fn.body as Node
  else for (const node of below(fn.body as Node)) if (isReturnOf(node, fn)) yield (node as { argument: Node }).argument
}

function isReturnOf(node: Node, fn: FunctionNode): boolean {
  return node.type === 'ReturnStatement' && node.argument != null && enclosingFunction(node) === fn
}

/** `req.params.id`; also `params.id` where `params` is `req.params`. */
function memberRead(file: JavaScriptFile, member: MemberNode): ParamsRead | undefined {
  const holder = unwrap(member.object)
  const params = isParams(holder) ? holder : holder.type === 'Identifier' ? initOf(file, holder) : undefined
  if (!params || !isParams(params)) return undefined
  const key = memberName(member)
  return {
    expression: member,
    keys: key === undefined ? undefined : [key],
    isValue: true,
    request: unwrap((params as MemberNode).object),
  }
}

/** `req.params` that is handed on as it is. */
function wholeRead(member: MemberNode): ParamsRead | undefined {
  const parent = parentOf(member)
  if (!isParams(member) || (parent && isMember(parent) && parent.object === member)) return undefined
  return { expression: member, keys: undefined, isValue: false, request: unwrap(member.object) }
}

function isParams(node: Node): boolean {
  return isMember(node) && memberName(node) === 'params'
}

/** What a name was declared with, when that is a plain `const name = …`. */
function initOf(file: JavaScriptFile, name: Node & { type: 'Identifier' }): Node | undefined {
  const declaration = file.module.binding(name)?.declarations[0]
  if (declaration?.type !== 'VariableDeclarator' || declaration.id.type !== 'Identifier' || !declaration.init)
    return undefined
  return unwrap(declaration.init)
}

/** Where the value of a name comes from: a read, or something to look into. */
type Source = { readonly read: ParamsRead; readonly from?: never } | { readonly read?: never; readonly from: Node }

function sourcesOf(file: JavaScriptFile, name: Node & { type: 'Identifier' }): readonly Source[] {
  const binding = file.module.binding(name)
  const declaration = binding?.declarations[0]
  // the declaration of a parameter is its function, too
  if (binding?.kind === 'function' && declaration) return [{ from: declaration }]
  if (declaration?.type !== 'VariableDeclarator' || !declaration.init) return []
  const init = unwrap(declaration.init)
  if (declaration.id.type === 'Identifier') return [{ from: init }]
  const params = isParams(init) ? init : init.type === 'Identifier' ? initOf(file, init) : undefined
  if (declaration.id.type !== 'ObjectPattern' || !params || !isParams(params)) return []
  const request = unwrap((params as MemberNode).object)
  return [{ read: patternRead(declaration.init as Node, declaration.id as Node, request) }]
}

function patternRead(expression: Node, pattern: Node, request: Node): ParamsRead {
  return { expression, keys: patternKeys(pattern), isValue: false, request }
}

/** The keys of `{ id, name: local }`; undefined with a rest or a computed key. */
function patternKeys(pattern: Node): readonly string[] | undefined {
  if (pattern.type !== 'ObjectPattern') return undefined
  const keys = pattern.properties.map((property) =>
    property.type === 'ObjectProperty' ? keyName(property) : undefined,
  )
  return keys.includes(undefined) ? undefined : (keys as string[])
}

function isValue(name: Node): boolean {
  const parent = parentOf(name)
  if (!parent) return true
  if (isMember(parent)) return parent.object === name || (parent.computed === true && parent.property === name)
  return !(parent.type === 'ObjectProperty' && parent.key === name && !parent.shorthand)
}

/** A type annotation that says what `req.params` holds, and may say it more exactly. */
export interface OpenAnnotation {
  /** `Request` or `express.RequestHandler`, without type arguments. */
  readonly type: Node
  readonly fn: FunctionNode
  /** The request in the function. */
  readonly request: Node & { readonly type: 'Identifier' }
}

const ANNOTATIONS: readonly string[] = ['Request', 'RequestHandler', 'ErrorRequestHandler', 'Handler']
/** `Handler` takes no type arguments. */
const WITH_PARAMETERS = ANNOTATIONS.filter((name) => name !== 'Handler')

/** The annotation of the function's parameter that `request` is, or of what the function is declared as. */
export function annotationOf(file: JavaScriptFile, request: Node): OpenAnnotation | undefined {
  if (request.type !== 'Identifier') return undefined
  const binding = file.module.binding(request)
  const fn = binding?.kind === 'parameter' ? (binding.declarations[0] as Node) : undefined
  if (!binding || !isFunction(fn)) return undefined
  const parameter = fn.params.find((param) => contains(param, binding.identifiers[0]!)) as Node | undefined
  if (parameter?.type !== 'Identifier') return undefined
  const own = typeIn(parameter.typeAnnotation as Node | null | undefined)
  if (own) return isOpen(file, own, ['Request']) ? { type: own, fn, request } : undefined
  const holder = parentOf(fn)
  if (holder?.type !== 'VariableDeclarator' || holder.init !== fn || holder.id.type !== 'Identifier') return undefined
  const outer = typeIn(holder.id.typeAnnotation as Node | null | undefined)
  return outer && isOpen(file, outer, WITH_PARAMETERS) ? { type: outer, fn, request } : undefined
}

function typeIn(annotation: Node | null | undefined): Node | undefined {
  return annotation?.type === 'TSTypeAnnotation' ? (annotation.typeAnnotation as Node) : undefined
}

/** True for `Request`, `express.Request` and the like of Express, without type arguments. */
function isOpen(file: JavaScriptFile, type: Node, names: readonly string[]): boolean {
  if (type.type !== 'TSTypeReference' || ('typeParameters' in type && type.typeParameters)) return false
  const name = type.typeName as Node
  if (name.type === 'TSQualifiedName')
    return name.left.type === 'Identifier' && names.includes(name.right.name) && isExpress(file, name.left as Node)
  if (name.type !== 'Identifier') return false
  const binding = file.module.binding(name)
  const declaration = binding?.declarations[0]
  if (declaration?.type !== 'ImportSpecifier') return false
  const imported = declaration.imported
  return names.includes(imported.type === 'Identifier' ? imported.name : imported.value) && isFromExpress(declaration)
}

function isExpress(file: JavaScriptFile, name: Node): boolean {
  const declaration = name.type === 'Identifier' ? file.module.binding(name)?.declarations[0] : undefined
  if (declaration?.type === 'TSImportEqualsDeclaration')
    return (
      declaration.moduleReference.type === 'TSExternalModuleReference' &&
      literalText(declaration.moduleReference.expression) === 'express'
    )
  return declaration !== undefined && isFromExpress(declaration)
}

function isFromExpress(specifier: Node): boolean {
  const declaration = parentOf(specifier)
  return (
    declaration?.type === 'ImportDeclaration' &&
    ['express', 'express-serve-static-core'].includes(declaration.source.value)
  )
}

/** Every key that a function takes out of the `params` of its request; undefined where it is not told which. */
export function keysIn(file: JavaScriptFile, { fn, request }: OpenAnnotation): readonly string[] | undefined {
  const keys = new Set<string>()
  const binding = file.module.binding(request)
  for (const node of below(fn)) {
    if (!isParams(node)) continue
    const holder = unwrap((node as MemberNode).object)
    if (holder.type !== 'Identifier' || file.module.binding(holder) !== binding) continue
    const used = keysUsed(file, node)
    if (!used) return undefined
    for (const key of used) keys.add(key)
  }
  return [...keys]
}

/** The keys that are taken of one `req.params`; undefined where it is handed on or asked for a computed key. */
function keysUsed(file: JavaScriptFile, params: Node): readonly string[] | undefined {
  const parent = parentOf(params)
  if (parent && isMember(parent) && parent.object === params) {
    const key = memberName(parent)
    return key === undefined ? undefined : [key]
  }
  if (parent?.type !== 'VariableDeclarator' || parent.init !== params) return undefined
  if (parent.id.type === 'ObjectPattern') return patternKeys(parent.id as Node)
  if (parent.id.type !== 'Identifier') return undefined
  const binding = file.module.binding(parent.id)
  const uses = binding ? file.module.references(binding) : []
  const keys = uses.flatMap((use): readonly (string | undefined)[] => keysUsed(file, use) ?? [undefined])
  return keys.includes(undefined) ? undefined : (keys as string[])
}

/** `{ id: string; 'a-b': string }`. */
export function objectType(keys: readonly string[]): string {
  const named = keys.map(
    (key) => `${/^[A-Za-z_$][\w$]*$|^\d+$/.test(key) ? key : `'${key.replaceAll("'", "\\'")}'`}: string`,
  )
  return `{ ${named.join('; ')} }`
}
