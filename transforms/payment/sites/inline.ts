/** The calls of a package that can speak the new version themselves, and why the others cannot. */
import {
  indentationAt,
  type JavaScriptFile,
  keyName,
  type Node,
  type ProjectFacts,
  parentOf,
  type Range,
  type Survey,
  unwrap,
} from '#kit'
import type { HttpClient } from '../facade/types.ts'
import { rowsOf } from '../map/rows.ts'
import type { OperationId, PaymentMap } from '../map/types.ts'
import { fieldsOf } from './bodies.ts'
import { type FacadeSite, facadeUses, isFacadeSpecifier, takenBy } from './facade-uses.ts'
import { facadeNames } from './names.ts'
import { NotProven, nativeBody } from './native-body.ts'
import { nativeReads, type TextEdit } from './native-reads.ts'
import { isFacade, isTest } from './project.ts'

/** A call of the façade: the edits that make it speak the new version, or why it does not. */
export type InlineSite = {
  readonly operation: OperationId
  readonly by: 'sdk' | 'http'
  readonly as: HttpClient | undefined
  readonly at: Range
  readonly line: number
  /** For people: what the call sends, by the rows of the map, and whether it has a key. */
  readonly about: string
} & (
  | { readonly is: 'inlined'; readonly edits: readonly TextEdit[]; readonly usesAmount: boolean }
  | { readonly is: 'kept'; readonly why: string }
)

/** What the calls of one file become. */
export interface InlineFile {
  readonly path: string
  readonly sites: readonly InlineSite[]
  /** Where the SDK-shaped object is set up: the names. */
  readonly configured: readonly Range[]
  /** What is done with the objects of the façade that is no call: they have to stay for it. */
  readonly others: readonly { readonly at: Range; readonly by: 'sdk' | 'http'; readonly what: string }[]
  /** What the file imports the façade by, and the names that it gives to the objects. */
  readonly specifier: string
  /** What it takes out of the façade; `*` for all of it. */
  readonly taken: readonly string[]
  readonly locals: readonly string[]
}

const surveys = new WeakMap<PaymentMap, Survey<readonly InlineFile[]>>()

/** The files of a package that use its façade. */
export function inlineSurvey(map: PaymentMap): Survey<readonly InlineFile[]> {
  const found = surveys.get(map) ?? {
    mentions: [`payments/${map.provider.id}`],
    look: (files: Iterable<JavaScriptFile>) => [...files].flatMap((file) => inlineFile(file, map) ?? []),
  }
  surveys.set(map, found)
  return found
}

/** What one file becomes; nothing for one that does not use the façade. */
export function inlineFile(file: JavaScriptFile, map: PaymentMap): InlineFile | undefined {
  if (isFacade(file.path, map)) return undefined
  const specifier = file.module.mentions.find((one) => isFacadeSpecifier(one.specifier, map))?.specifier
  if (specifier === undefined) return undefined
  const uses = facadeUses(file, map)
  const taken = file.module.mentions.flatMap((one) => (isFacadeSpecifier(one.specifier, map) ? takenBy(one.node) : []))
  const range = (node: Node): Range => ({ start: node.start, end: node.end })
  const others = uses.others.map(({ node, by, what }) => ({ at: range(node), by, what }))
  const locals = new Set([...uses.sites.map(({ object }) => object.name), ...uses.configured.map(({ name }) => name)])
  if (isTest(file.path)) {
    // what a test asks for is what it wants to see, and stays
    const used = uses.sites.map(({ call, by }) => ({ at: range(call), by, what: 'a test asks for it' }))
    return { path: file.path, sites: [], configured: [], others: [...others, ...used], specifier, taken, locals: [] }
  }
  return {
    path: file.path,
    sites: uses.sites.map((site) => inlined(file, map, site)),
    configured: uses.configured.map(range),
    others,
    specifier,
    taken,
    locals: [...locals],
  }
}

function inlined(file: JavaScriptFile, map: PaymentMap, site: FacadeSite): InlineSite {
  const { operation, by, as, call, object, ref } = site
  const common = {
    operation,
    by,
    as,
    at: { start: call.start!, end: call.end! },
    line: file.module.locate(call.start!).line,
    about: aboutSite(file, map, site),
  }
  const names = facadeNames(map).native
  const quote = quoteOf(file)
  try {
    // pointers are no rows
    if (map.operations[operation]?.patch) throw new NotProven('what it changes has other pointers')
    const edits: TextEdit[] = [
      by === 'sdk'
        ? { start: object.start!, end: call.callee.end!, text: `${names.sdk}.${operation}` }
        : { start: object.start!, end: object.end!, text: names.http },
    ]
    const body = site.body && bodyOf(file, site.body)
    const style = { quote, indent: indentOf(file), amount: names.amount }
    const made = nativeBody(file, map, operation, body, ref, style)
    if (body) {
      const lineStart = file.text.lastIndexOf('\n', body.start) + 1
      const text = made.text(indentationAt(file.text, body.start), body.start - lineStart)
      if (text !== file.source(body)) edits.push({ start: body.start, end: body.end, text })
    } else if (!made.isEmpty) throw new NotProven(`it sends nothing, and ${map.to.id} wants something`)
    edits.push(...nativeReads(file, map, site, quote))
    return { ...common, is: 'inlined', edits: apart(edits), usesAmount: made.usesAmount }
  } catch (error) {
    if (!(error instanceof NotProven)) throw error
    return { ...common, is: 'kept', why: error.message }
  }
}

/** `SDK with a callback; 5 rows A, 1 C (description), 1 R (notify_url); its key is its own`. */
function aboutSite(
  file: JavaScriptFile,
  map: PaymentMap,
  { operation, by, as, body, ref, callback }: FacadeSite,
): string {
  const how = by === 'sdk' ? `SDK with a ${callback ? 'callback' : 'promise'}` : `HTTP as ${as ?? 'an unknown client'}`
  const rows = rowsOf(map, operation, 'request')
  const parts = [how]
  if (body) {
    const { fields, isComplete } = fieldsOf(file, body)
    const hit = rows.filter(({ from }) => fields.some(({ path }) => path === from?.replace(/\[\d+\]/g, '[]')))
    const tagged = (['A', 'C', 'R'] as const).flatMap((tag) => {
      const own = [...new Set(hit.filter((row) => row.tag === tag && !row.isContainer).map(({ from }) => from))]
      return own.length === 0 ? [] : [`${own.length} ${tag}${tag === 'A' ? '' : ` (${own.join(', ')})`}`]
    })
    if (tagged.length > 0) parts.push(`rows ${tagged.join(', ')}`)
    if (fields.length === 0 && !isComplete) parts.push('what it sends is put together elsewhere')
    const keys = (map.operations[operation]?.rolloutKey ?? []).map((path) => path.replace(/\[\d+\]/g, '[]'))
    const key = keys.find((path) => fields.some((field) => field.path === path))
    if (map.operations[operation]?.binding === 'decides')
      parts.push(ref ? 'its key is `ref`' : key ? `its key is \`${key}\`` : 'no key is seen')
  }
  return parts.join('; ')
}

/** The object that is sent: where it is written, or in the constant that is made for this call alone. */
function bodyOf(file: JavaScriptFile, node: Node): Node {
  const inner = unwrap(node)
  if (inner.type !== 'Identifier') return inner
  const binding = file.module.binding(inner)
  const declaration = binding?.declarations.length === 1 ? binding.declarations[0] : undefined
  const isOwn =
    declaration?.type === 'VariableDeclarator' &&
    declaration.id.type === 'Identifier' &&
    declaration.init &&
    !declaration.id.typeAnnotation &&
    file.module.references(binding!).every((reference) => reference === node || isSameProperty(reference, node))
  if (!isOwn) throw new NotProven('what it sends is put together elsewhere')
  return unwrap(declaration.init as Node)
}

/** `{ body }`: the name and the value are one. */
function isSameProperty(reference: Node, node: Node): boolean {
  const parent = parentOf(node)
  return (
    parent?.type === 'ObjectProperty' &&
    parent.shorthand &&
    keyName(parent) !== undefined &&
    parentOf(reference) === parent
  )
}

/** In order; throws where two of them are about the same piece of the file. */
function apart(edits: readonly TextEdit[]): TextEdit[] {
  const unique = edits.filter(
    (one, index) =>
      edits.findIndex(({ start, end, text }) => start === one.start && end === one.end && text === one.text) === index,
  )
  const ordered = [...unique].sort((a, b) => a.start - b.start)
  if (ordered.some((one, index) => index > 0 && one.start < ordered[index - 1]!.end))
    throw new NotProven('its reads stand within each other')
  return ordered
}

function quoteOf({ text }: JavaScriptFile): string {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0
  return count(/'/g) >= count(/"/g) ? "'" : '"'
}

function indentOf({ text }: JavaScriptFile): string {
  return /^(\t| {2,8})\S/m.exec(text)?.[1] ?? '  '
}

/** The façade of the package that owns a file as the calls need it afterwards, and what changes for that. */
export interface Inlining {
  readonly files: readonly InlineFile[]
  readonly inlined: number
  readonly kept: number
}

/** What of a package's calls can speak the new version. */
export function inliningOf(project: ProjectFacts, map: PaymentMap): Inlining {
  const files = project.survey(inlineSurvey(map))
  const sites = files.flatMap((file) => file.sites)
  const inlinedCount = sites.filter(({ is }) => is === 'inlined').length
  return { files, inlined: inlinedCount, kept: sites.length - inlinedCount }
}
