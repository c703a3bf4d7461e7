import {
  argumentsOf,
  exportsOf,
  isCall,
  isClass,
  isKind,
  isMember,
  type JavaScriptFile,
  keyName,
  literalText,
  memberName,
  type Node,
  type Survey,
  unwrap,
  type Value,
} from '#kit'
import { nodesOf } from '../bytes/rewrite.ts'
import { Client, ClientClass } from './kinds.ts'
import { isObject, type ObjectNode, propertyOf } from './literals.ts'

/** An object that stands in for a client in tests: `{ user: { findUnique: jest.fn() } }`. Plain data. */
export interface StandIn {
  /** Where the object literal stands. */
  readonly file: string
  readonly start: number
  /** What makes it one, and where that is written. */
  readonly what: string
  readonly at: { readonly file: string; readonly line: number; readonly column: number }
}

/** Tests, and what stands in for modules in them. */
export function isTest(path: string): boolean {
  return /(?:^|\/)(?:__tests__|__mocks__|tests?|spec|e2e)\/|[.-](?:test|spec|mock)\.[cm]?[jt]sx?$/i.test(path)
}

/** Every object that a test puts in the place of a client, wherever it is written. */
export const STAND_INS: Survey<readonly StandIn[]> = {
  of: 'project',
  mentions: [/\buseValue\b|\bfind(?:Unique|First)\b|mock|stub|fake|double/i],
  reach: 'package',
  look: (files) => [...files].flatMap((file) => (isTest(file.path) ? standInsOf(file) : [])),
}

function standInsOf(file: JavaScriptFile): StandIn[] {
  const found: StandIn[] = []
  const add = (values: readonly Value[], what: string, at: Node): void => {
    for (const v of values) {
      const object = v.is === 'object' && isObject(v.node) ? v : undefined
      if (object)
        found.push({ file: object.module.path, start: object.node.start, what, at: file.module.locate(at.start) })
    }
  }
  for (const node of nodesOf(file)) {
    if (node.type === 'ObjectExpression') {
      // `{ provide: PrismaService, useValue: prismaMock }`
      const [token, given] = [propertyOf(node as never, 'provide'), propertyOf(node as never, 'useValue')]
      if (token && given && isClientClass(file, token.value as Node))
        add(valuesOf(file, given.value as Node), `it is provided as \`${file.source(token.value)}\``, given)
    } else if (/^TS(?:As|Satisfies)Expression$/.test(node.type)) {
      if (file.evidence(node, [Client])) add(valuesOf(file, node), `\`${typeOf(file, node)}\` is said of it`, node)
    } else if (isCall(node)) {
      for (const { values, what } of ofCall(file, node as never)) add(values, what, node)
    }
  }
  return found
}

function typeOf(file: JavaScriptFile, cast: Node): string {
  const { typeAnnotation } = cast as Node & { typeAnnotation?: Node }
  return typeAnnotation ? file.source(typeAnnotation) : ''
}

interface Put {
  readonly values: readonly Value[]
  readonly what: string
}

/** What a call puts in the place of a client. */
function* ofCall(file: JavaScriptFile, call: Node & { type: 'CallExpression' }): Generator<Put> {
  const given = argumentsOf(call)
  const callee = unwrap(call.callee as Node)
  const name = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
  if (isMember(callee) && name === 'useValue') {
    const token = overridden(callee.object as Node)
    if (token && given[0] && isClientClass(file, token))
      yield { values: valuesOf(file, given[0]), what: `it is provided as \`${file.source(token)}\`` }
  } else if (/^(?:mock|doMock)$/.test(name ?? '')) yield* mockedModule(file, call)
  else yield* handedOver(file, call)
}

function valuesOf(file: JavaScriptFile, node: Node): readonly Value[] {
  return file.origins.valueOf(file.module, unwrap(node))
}

/** `PrismaService` of `….overrideProvider(PrismaService).useValue(…)`. */
function overridden(object: Node): Node | undefined {
  const call = unwrap(object)
  if (!isCall(call, false) || !isMember(call.callee) || memberName(call.callee) !== 'overrideProvider') return undefined
  return argumentsOf(call)[0]
}

/** `jest.mock('./prisma', factory)`: what the factory gives for each client that the module exports. */
function* mockedModule(file: JavaScriptFile, call: Node & { type: 'CallExpression' }): Generator<Put> {
  const [first, factory] = argumentsOf(call)
  const specifier = literalText(first)
  if (specifier === undefined || !factory) return
  const { origins, module } = file
  const isExported = (name: string) => origins.imported(module, specifier, name, call).some(isClient)
  const put = (name: string) => `'${specifier}', which exports a Prisma client as \`${name}\`, is mocked`
  const made = valuesOf(file, factory).flatMap((v) => (v.is === 'function' ? origins.returned(v.module, v.node) : []))
  for (const v of made) {
    if (v.is === 'object' && origins.moduleValue(module, specifier, call).some(isClient))
      yield { values: [v], what: `'${specifier}', which is a Prisma client, is mocked` }
    const names =
      v.is === 'object' && isObject(v.node)
        ? v.node.properties.flatMap((one) => (one.type === 'ObjectProperty' ? (keyName(one) ?? []) : []))
        : v.is === 'exports'
          ? [...exportsOf(v.module).named.keys()]
          : []
    for (const name of names)
      if (isExported(name)) yield { values: origins.memberValue(v, name, call), what: put(name) }
  }
}

/** `new UsersService(prismaMock)`, where the parameter is declared to be a client. */
function* handedOver(file: JavaScriptFile, call: Node & { type: 'CallExpression' }): Generator<Put> {
  for (const [index, argument] of argumentsOf(call).entries()) {
    if (!/^(?:Identifier|ObjectExpression)$/.test(unwrap(argument).type)) continue
    const values = valuesOf(file, argument)
    if (!values.some((v) => v.is === 'object')) continue
    for (const v of valuesOf(file, call.callee as Node)) {
      const fn = v.is === 'function' ? v.node : v.is === 'class' ? constructorOf(v.node) : undefined
      if (!fn || (v.is !== 'function' && v.is !== 'class')) continue
      if (file.origins.parameter(v.module, fn, index).some(isClient))
        yield { values, what: `it is handed to \`${file.source(call.callee)}\` for a client` }
    }
  }
}

function constructorOf(owner: Node) {
  const members = isClass(owner) ? owner.body.body : []
  return members.find((one) => one.type === 'ClassMethod' && one.kind === 'constructor') as
    | Extract<Parameters<JavaScriptFile['origins']['returned']>[1], { type: 'ClassMethod' }>
    | undefined
}

function isClient(v: Value): boolean {
  return v.is === 'kind' && isKind(v.kind, Client)
}

/** True for `PrismaClient`, and for a class that extends it. */
function isClientClass(file: JavaScriptFile, token: Node): boolean {
  return valuesOf(file, token).some((v) => {
    if (v.is === 'kind') return isKind(v.kind, ClientClass)
    return v.is === 'class' && file.origins.objectOf(v.module, v.node).some(isClient)
  })
}

/** The object literal of a file that stands in for a client, with what makes it one. */
export function standInsIn(
  file: JavaScriptFile,
  all: readonly StandIn[],
): { readonly object: ObjectNode; readonly standIn: StandIn }[] {
  const own = new Map(all.filter((one) => one.file === file.path).map((one) => [one.start, one]))
  if (own.size === 0) return []
  return [...nodesOf(file)].flatMap((node) => {
    const standIn = node.type === 'ObjectExpression' ? own.get(node.start) : undefined
    return standIn && node.type === 'ObjectExpression' ? [{ object: node, standIn }] : []
  })
}

/** The stand-in that an expression is, in whichever file it is written; undefined where it is none, or may be another one. */
export function standInBehind(
  file: JavaScriptFile,
  expression: Node,
  all: readonly StandIn[],
): { readonly standIn: StandIn; readonly object: ObjectNode; source(node: Node): string } | undefined {
  const [one, ...others] = file.origins.valueOf(file.module, expression)
  if (one?.is !== 'object' || !isObject(one.node) || others.length > 0) return undefined
  const { module, node } = one
  const standIn = all.find(({ file: path, start }) => path === module.path && start === node.start)
  return standIn && { standIn, object: node, source: (within) => module.source(within) }
}

/** What is called on a member of a stand-in: `user` of `prismaMock.user.findUnique`. */
export function accessorBefore(member: Node): { readonly accessor: string; readonly object: Node } | undefined {
  const delegate = isMember(member) ? unwrap(member.object as Node) : undefined
  const accessor = isMember(delegate) ? memberName(delegate) : undefined
  return isMember(delegate) && accessor !== undefined
    ? { accessor, object: unwrap(delegate.object as Node) }
    : undefined
}
