import {
  argumentsOf,
  type Certainty,
  exportsOf,
  isCall,
  isKind,
  isMember,
  type JavaScriptFile,
  type Kind,
  keyName,
  memberName,
  type Node,
  parentOf,
  type Survey,
  unwrap,
} from '#kit'
import { ANY_BYTES } from '../client/rows.ts'
import { isBuffer, nodesOf } from './rewrite.ts'

/** `z.instanceof(Buffer)` of Zod, as a part of a schema. */
export interface BufferCheck {
  /** `Buffer`. */
  readonly at: Node
  /** The names that lead to it: `['file', 'data']` of `z.object({ file: z.object({ data: z.instanceof(Buffer) }) })`. */
  readonly path: readonly string[]
  /** Where the whole schema starts. */
  readonly start: number
  /** True where something is done with the value that may be one of a Buffer: `.transform((data) => …)`. */
  readonly isUsed: boolean
}

/** Every such check of a file. */
export function bufferChecks(file: JavaScriptFile): BufferCheck[] {
  if (!file.module.mentions.some(({ specifier }) => /^zod(?:\/|$)/.test(specifier))) return []
  return [...nodesOf(file)].flatMap((node): BufferCheck[] => {
    if (!isCall(node, false) || !isMember(node.callee) || memberName(node.callee) !== 'instanceof') return []
    const [given] = argumentsOf(node)
    if (given?.type !== 'Identifier' || given.name !== 'Buffer' || !isBuffer(file, given)) return []
    return [{ at: given, ...placeOf(node) }]
  })
}

/** What changes nothing of the value. */
const PLAIN = /^(?:nullable|optional|nullish|describe|brand|readonly|default|catch|meta|register|or)$/
const PARSING = /^(?:safeParse|parse|safeParseAsync|parseAsync|spa)$/

/** Climbs from a check to the schema that it is a part of. */
function placeOf(check: Node): Omit<BufferCheck, 'at'> {
  const path: string[] = []
  let isUsed = false
  let node = check
  for (let up = parentOf(node); up; up = parentOf(node)) {
    if (isMember(up) && up.object === node) {
      const call = parentOf(up)
      const name = memberName(up) ?? ''
      if (!isCall(call, false) || call.callee !== up || PARSING.test(name)) break
      if (!PLAIN.test(name) && path.length === 0) isUsed = true
      node = call
    } else if (up.type === 'ObjectProperty' && up.value === node) {
      path.unshift(keyName(up) ?? '?')
      node = parentOf(up)!
    } else if (up.type === 'ArrayExpression' || (isCall(up, false) && up.callee !== node)) node = up
    else break
  }
  return { path, isUsed, start: node.start }
}

/** A value with bytes in it that a schema is asked about. Plain data. */
export interface Parsed {
  /** Where the schema is written: its file, and where it starts. */
  readonly file: string
  readonly start: number
  /** True for bytes alone; else the names of the fields that hold them. */
  readonly isBytes: boolean
  readonly fields: readonly string[]
  readonly certainty: Certainty
  readonly what: string
  readonly at: { readonly file: string; readonly line: number; readonly column: number }
}

/** Every `schema.parse(row)` of a project, for rows that hold bytes. */
export const PARSED: Survey<readonly Parsed[]> = {
  of: 'project',
  mentions: [/\b(?:safeParse|parse|spa)(?:Async)?\s*\(/],
  reach: 'package',
  look: (files) => [...files].flatMap(parsedIn),
}

function parsedIn(file: JavaScriptFile): Parsed[] {
  return file.module.calls.flatMap((call): Parsed[] => {
    const callee = unwrap(call.callee as Node)
    const [value] = argumentsOf(call)
    if (!isMember(callee) || !value || !PARSING.test(memberName(callee) ?? '')) return []
    const schema = schemaBehind(file, callee.object as Node)
    const held = schema && bytesIn(file, value)
    if (!schema || !held) return []
    const at = file.module.locate(call.start)
    return [{ ...schema, ...held, what: `\`${file.source(callee)}\` is given a record with bytes`, at }]
  })
}

/** Where a schema is written: in its place, under a name of the file, or in the file that exports it. */
function schemaBehind(file: JavaScriptFile, expression: Node): Pick<Parsed, 'file' | 'start'> | undefined {
  const plain = unwrap(expression)
  if (plain.type !== 'Identifier') return isCall(plain, false) ? { file: file.path, start: plain.start } : undefined
  const declaration = file.module.binding(plain)?.declarations[0]
  if (declaration?.type === 'VariableDeclarator' && declaration.init)
    return { file: file.path, start: (declaration.init as Node).start }
  if (declaration?.type !== 'ImportSpecifier' || declaration.imported.type !== 'Identifier') return undefined
  const statement = parentOf(declaration)
  if (statement?.type !== 'ImportDeclaration') return undefined
  const found = file.origins.neighbours.resolve(file.module, statement.source.value)
  if (found.is !== 'file') return undefined
  for (const source of exportsOf(found.module).named.get(declaration.imported.name) ?? []) {
    const node = source.is === 'value' ? source.node : source.is === 'local' ? (source.id as Node) : undefined
    const held = node?.type === 'Identifier' ? found.module.binding(node)?.declarations[0] : undefined
    const init = held?.type === 'VariableDeclarator' ? (held.init as Node | null | undefined) : node
    if (init) return { file: found.module.path, start: init.start }
  }
  return undefined
}

/** What of a value is bytes. */
function bytesIn(file: JavaScriptFile, value: Node): Pick<Parsed, 'isBytes' | 'fields' | 'certainty'> | undefined {
  for (const v of file.origins.valueOf(file.module, value)) {
    if (v.is !== 'kind') continue
    const isBytes = isOfBytes(v.kind)
    const fields = isBytes ? [] : [...fieldsOf(v.kind)]
    if (isBytes || fields.length > 0) return { isBytes, fields, certainty: v.certainty }
  }
  return undefined
}

function isOfBytes(kind: Kind): boolean {
  return ANY_BYTES.some((one) => isKind(kind, one))
}

/** The names of the fields of a record, and of those that are related to it, that hold bytes. */
function fieldsOf(kind: Kind, seen = new Set<Kind>()): Set<string> {
  const found = new Set<string>()
  if (seen.has(kind)) return found
  seen.add(kind)
  const { members = {}, elements } = kind.shape
  for (const [name, member] of Object.entries(members)) {
    if (isOfBytes(member)) found.add(name)
    else
      for (const field of /^record|^list of records/.test(member.name) ? fieldsOf(member, seen) : []) found.add(field)
  }
  for (const field of elements ? fieldsOf(elements, seen) : []) found.add(field)
  return found
}
