/** The calls of a package that can speak the new version themselves, and why the others cannot. */
import {
  type ApiCall,
  contains,
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
import type { FacadeRequest, HttpClient, NativeRequest } from '../facade/types.ts'
import type { OperationId, PaymentMap } from '../map/types.ts'
import { described } from './describe.ts'
import { askedFor, type Double, doublesIn, handedOutIn, joinedPath, withoutExtension } from './doubles.ts'
import { type FacadeSite, facadeUses, isFacadeSpecifier, namesGiven, type OtherUse, takenBy } from './facade-uses.ts'
import { sdkModel } from './model.ts'
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
  /** What is known of it, for reports; without what becomes of it. */
  readonly facts: ApiCall
} & (
  | {
      readonly is: 'inlined'
      readonly edits: readonly TextEdit[]
      readonly usesAmount: boolean
      /** True if the file imports the façade for it. */
      readonly isOwn: boolean
    }
  | { readonly is: 'kept'; readonly why: string }
)

/** What the calls of one file become. */
export interface InlineFile {
  readonly path: string
  readonly sites: readonly InlineSite[]
  /** Where the SDK-shaped object is set up: the names. */
  readonly configured: readonly Range[]
  /** What is done with the objects of the façade that is no call: they have to stay for it. */
  readonly others: readonly (Omit<OtherUse, 'node'> & { readonly at: Range })[]
  /** Functions of promises that are made of a member: what is written in its place, if all of its calls are. */
  readonly made: readonly { readonly edit: TextEdit; readonly maker: string; readonly isOwn: boolean }[]
  /** Statements that add promised members to a part of the object, which go with the last call of one. */
  readonly promisified: readonly { readonly at: Range; readonly maker: string; readonly owner: string }[]
  /** What the file imports the façade by, if it does, and the names that it gives to the objects. */
  readonly specifier: string | undefined
  /** What it takes out of the façade; `*` for all of it. */
  readonly taken: readonly string[]
  readonly locals: readonly string[]
  /** Operations that it seems to ask somebody for in the old words: whoever is handed the object may be meant. */
  readonly asked: readonly OperationId[]
  /** The files that it gets an object of the façade from, without their extensions. */
  readonly from: readonly string[]
  /** Of a test: what it puts in the place of the façade. */
  readonly doubles: readonly Double[]
}

const surveys = new WeakMap<PaymentMap, Survey<readonly InlineFile[]>>()
const askedSurveys = new WeakMap<PaymentMap, Survey<readonly AskedBy[]>>()

/** A file, and what it seems to ask somebody for in the old words. */
interface AskedBy {
  readonly path: string
  readonly asked: readonly OperationId[]
}

/** Who asks for the members of the SDK in the whole project: an object that one package exports is asked by others. */
function askedSurvey(map: PaymentMap): Survey<readonly AskedBy[]> {
  const found = askedSurveys.get(map) ?? {
    of: 'project' as const,
    mentions: sdkModel(map).operations.map(({ member }) => new RegExp(`\\b${member}\\b`)),
    reach: 'package' as const,
    look: (files: Iterable<JavaScriptFile>) =>
      [...files].flatMap((file) => {
        const asked = isFacade(file.path, map) ? [] : askedFor(file, map, () => false)
        return asked.length > 0 ? [{ path: file.path, asked }] : []
      }),
  }
  askedSurveys.set(map, found)
  return found
}

/** The files of a package that use its façade. */
export function inlineSurvey(map: PaymentMap): Survey<readonly InlineFile[]> {
  const found = surveys.get(map) ?? {
    mentions: [
      `payments/${map.provider.id}`,
      ...sdkModel(map).operations.map(({ member }) => new RegExp(`\\b${member}\\b`)),
    ],
    reach: 'package' as const,
    look: (files: Iterable<JavaScriptFile>) => [...files].flatMap((file) => inlineFile(file, map) ?? []),
  }
  surveys.set(map, found)
  return found
}

/** What one file becomes; nothing for one that does not use the façade. */
function inlineFile(file: JavaScriptFile, map: PaymentMap): InlineFile | undefined {
  if (isFacade(file.path, map)) return undefined
  const specifier = file.module.mentions.find((one) => isFacadeSpecifier(one.specifier, map))?.specifier
  const uses = facadeUses(file, map)
  const doubles = isTest(file.path) ? [...doublesIn(file, map), ...handedOutIn(file, map, uses.others)] : []
  const called = new Set(uses.sites.map(({ call }) => call.callee as Node))
  const made = uses.sites.flatMap(({ made }) => made ?? [])
  const asked = askedFor(file, map, (node) => called.has(node) || made.some(({ init }) => contains(init, node)))
  if (specifier === undefined && uses.sites.length + uses.others.length + doubles.length + asked.length === 0)
    return undefined
  const taken = file.module.mentions.flatMap((one) => (isFacadeSpecifier(one.specifier, map) ? takenBy(one.node) : []))
  const others = uses.others.map(({ node, ...other }) => ({ ...other, at: rangeOf(node) }))
  const own = uses.sites.filter(({ isOwn }) => isOwn)
  const locals = [...own.map(({ object }) => object), ...uses.configured].flatMap((node) =>
    node.type === 'Identifier' ? [node.name] : [],
  )
  const common = { path: file.path, specifier, taken, asked, doubles }
  if (isTest(file.path)) {
    // what a test asks for is what it wants to see, and stays
    const used = uses.sites.map(({ call, by, operation }) => ({
      at: rangeOf(call),
      by,
      what: 'a test asks for it',
      keeps: operation,
    }))
    const none = { sites: [], configured: [], made: [], promisified: [], locals: [], from: [] }
    return { ...common, ...none, others: [...others, ...used] }
  }
  const sites = alike(
    uses.sites,
    uses.sites.map((site) => inlined(file, map, site)),
  )
  return {
    ...common,
    sites,
    configured: uses.configured.map(rangeOf),
    others,
    made: madeIn(file, map, uses.sites, sites),
    promisified: uses.promisified.map(({ statement, maker, owner }) => ({
      at: wholeLines(file.text, rangeOf(statement)),
      maker: maker.name,
      owner,
    })),
    locals: [...new Set(locals)],
    from: uses.sites.flatMap(({ object, isOwn }) => (isOwn ? [] : (importedFrom(file, object) ?? []))),
  }
}

function rangeOf(node: Node): Range {
  return { start: node.start!, end: node.end! }
}

/** The lines of a statement, if nothing else stands on them. */
function wholeLines(text: string, { start, end }: Range): Range {
  const before = /(?:^|\n)[ \t]*$/.exec(text.slice(0, start))
  const after = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(end))
  if (!before || !after) return { start, end }
  return { start: start - before[0].replace(/^\n/, '').length, end: end + after[0].length }
}

/** The calls of one function that was made of a member change together. */
function alike(sites: readonly FacadeSite[], become: readonly InlineSite[]): InlineSite[] {
  const kept = sites.flatMap(({ made }, at) => (made && become[at]!.is === 'kept' ? [made.init] : []))
  return become.map((site, at) => {
    const made = sites[at]!.made
    return site.is === 'inlined' && made && kept.includes(made.init)
      ? keptSite(site, `another call of \`${made.id.name}\` does`)
      : site
  })
}

function madeIn(
  file: JavaScriptFile,
  map: PaymentMap,
  sites: readonly FacadeSite[],
  become: readonly InlineSite[],
): InlineFile['made'] {
  const { sdk } = facadeNames(map).native
  return sites.flatMap(({ made, operation, object, isOwn }, at) => {
    const isFirst = made && sites.findIndex((one) => one.made?.init === made.init) === at
    if (!isFirst || become[at]!.is !== 'inlined') return []
    const text = `${isOwn ? sdk : file.source(object)}.${operation}`
    return [{ edit: { ...rangeOf(made.init), text }, maker: made.maker.name, isOwn }]
  })
}

function keptSite({ operation, by, as, at, line, facts }: InlineSite, why: string): InlineSite {
  return { operation, by, as, at, line, facts, is: 'kept', why }
}

/** The file that a name is imported from, without its extension. */
function importedFrom(file: JavaScriptFile, object: Node): string | undefined {
  if (object.type !== 'Identifier') return undefined
  const binding = file.module.binding(object)
  const mention = file.module.mentions.find(
    ({ node }) =>
      binding?.declarations.includes(node) ||
      binding?.declarations.some(
        (one) =>
          one === parentOf(node) || parentOf(one) === node || (one.type === 'VariableDeclarator' && one.init === node),
      ),
  )
  return mention && joinedPath(file.path, mention.specifier)
}

function inlined(file: JavaScriptFile, map: PaymentMap, site: FacadeSite): InlineSite {
  const { operation, by, as, call, object, isOwn, made, ref } = site
  const common = {
    operation,
    by,
    as,
    at: { start: call.start!, end: call.end! },
    line: file.module.locate(call.start!).line,
    facts: factsOf(file, map, site),
  }
  const names = facadeNames(map).native
  const quote = quoteOf(file)
  try {
    // pointers are no rows
    if (map.operations[operation]?.patch) throw new NotProven('what it changes has other pointers')
    if (site.unproven !== undefined) throw new NotProven(site.unproven)
    const edits: TextEdit[] = []
    if (by === 'http') edits.push({ start: object.start!, end: object.end!, text: names.http })
    else if (!made) {
      const head = isOwn ? names.sdk : ''
      const start = isOwn ? object.start! : object.end!
      if (/\?\.|\/[/*]/.test(file.text.slice(object.end!, call.callee.end!)))
        throw new NotProven('what it asks is written in an unusual way')
      edits.push({ start, end: call.callee.end!, text: `${head}.${operation}` })
    }
    const body = site.body && bodyOf(file, site.body)
    const trailingComma = endsWithComma(body ? file.source(body) : '') ?? endsWithComma(file.text) ?? true
    const style = { quote, indent: indentOf(file), amount: names.amount, trailingComma }
    const written = nativeBody(file, map, operation, body, ref, style)
    if (body) {
      const lineStart = file.text.lastIndexOf('\n', body.start) + 1
      const text = written.text(indentationAt(file.text, body.start), body.start - lineStart)
      if (text !== file.source(body)) edits.push({ start: body.start, end: body.end, text })
    } else if (!written.isEmpty) throw new NotProven(`it sends nothing, and ${map.to.id} wants something`)
    edits.push(...nativeReads(file, map, site, quote))
    const introduced = [
      ...(by === 'http' ? [names.http] : isOwn ? [names.sdk] : []),
      ...(written.usesAmount ? [names.amount] : []),
    ]
    for (const name of introduced)
      if (isTaken(file, map, name, made?.init ?? call))
        throw new NotProven(`\`${name}\` is the name of something else here`)
    return { ...common, is: 'inlined', edits: apart(edits), usesAmount: written.usesAmount, isOwn }
  } catch (error) {
    if (!(error instanceof NotProven)) throw error
    return { ...common, is: 'kept', why: error.message }
  }
}

/** True where a name means something else than what the façade exports under it. */
function isTaken(file: JavaScriptFile, map: PaymentMap, name: string, at: Node): boolean {
  const binding = file.module.scopes.lookup(name, at)
  if (!binding) return false
  return !file.module.mentions.some(
    ({ specifier, node }) =>
      isFacadeSpecifier(specifier, map) &&
      namesGiven(node, name).some((one) => one.name === name && file.module.scopes.lookup(name, one) === binding),
  )
}

/** What is known of a call, for reports. */
function factsOf(
  file: JavaScriptFile,
  map: PaymentMap,
  { operation, by, as, call, body, ref, callback }: FacadeSite,
): ApiCall {
  const how = by === 'sdk' ? `SDK with a ${callback ? 'callback' : 'promise'}` : `HTTP as ${as ?? 'an unknown client'}`
  const answerAt = map.sdk?.[0]?.callback === 'single' ? 0 : 1
  const hasKey = ref !== undefined
  return described(file, map, { operation, call, how, body, hasKey, answerAt: by === 'sdk' ? answerAt : 1 }, '')
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

/** Whether lists and objects over several lines end with a comma, where there are any. */
function endsWithComma(text: string): boolean | undefined {
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0
  const [yes, no] = [count(/,[ \t]*\r?\n\s*[}\]]/g), count(/[^,;{[\s][ \t]*\r?\n\s*[\]}](?=\s*(?:[,)\]}]|$))/g)]
  return yes + no === 0 ? undefined : yes >= no
}

function indentOf({ text }: JavaScriptFile): string {
  return /^(\t| {2,8})\S/m.exec(text)?.[1] ?? '  '
}

/** What of a package's calls can speak the new version. */
export interface Inlining {
  readonly files: readonly InlineFile[]
  readonly inlined: number
  readonly kept: number
  /** The operations that something still asks the SDK-shaped object for, in the old words. */
  readonly asked: ReadonlySet<OperationId>
  /** True if anything at all may be asked of it. */
  readonly isOpen: boolean
}

const known = new WeakMap<readonly InlineFile[], Inlining>()

/** What of a package's calls can speak the new version. */
export function inliningOf(project: ProjectFacts, map: PaymentMap): Inlining {
  const files = project.survey(inlineSurvey(map))
  const found = known.get(files) ?? together(files, project.survey(askedSurvey(map)))
  known.set(files, found)
  return found
}

/** What no file can tell alone: what tests put in the place of the façade, and who asks an object that is handed on. */
function together(surveyed: readonly InlineFile[], ofProject: readonly AskedBy[]): Inlining {
  const held = heldBack(surveyed)
  const files = surveyed.map((file) => {
    const sites = file.sites.map((site) => {
      const why = site.is === 'inlined' && held(site)
      return why ? keptSite(site, why) : site
    })
    return sites.every((site, at) => site === file.sites[at]) ? file : { ...file, sites, made: [] }
  })
  const sites = files.flatMap((file) => file.sites)
  const others = files.flatMap((file) => file.others).filter(({ by }) => by === 'sdk')
  const isHandedOn = others.some(({ keeps }) => keeps === 'by name')
  const elsewhere = ofProject.filter(({ path }) => !files.some((file) => file.path === path))
  const asked = [
    ...sites.flatMap(({ is, by, operation }) => (is === 'kept' && by === 'sdk' ? [operation] : [])),
    ...others.flatMap(({ keeps }) => (keeps === 'by name' || keeps === 'everything' ? [] : [keeps])),
    ...(isHandedOn ? files.flatMap((file) => file.asked) : []),
    ...(isHandedOn ? elsewhere.flatMap((file) => file.asked) : []),
  ]
  const inlinedCount = sites.filter(({ is }) => is === 'inlined').length
  return {
    files,
    inlined: inlinedCount,
    kept: sites.length - inlinedCount,
    asked: new Set(asked),
    isOpen: others.some(({ keeps }) => keeps === 'everything'),
  }
}

/** Why a call has to go on through what a test replaces: it would no longer come there. */
function heldBack(files: readonly InlineFile[]): (site: InlineSite) => string | undefined {
  const handedOn = new Set([
    ...files.flatMap(({ from }) => from),
    ...files
      .filter(({ others }) => others.some(({ keeps }) => keeps === 'by name'))
      .map(({ path }) => withoutExtension(path)),
  ])
  const doubles = files.flatMap(({ path, doubles: own }) => own.map((double) => ({ ...double, path })))
  return (site) => {
    const found = doubles.find(({ replaces }) => {
      if (replaces.is === 'operation') return site.by === 'sdk' && replaces.operation === site.operation
      if (replaces.is === 'object') return replaces.by === site.by
      return replaces.is === 'facade' || (site.by === 'sdk' && handedOn.has(replaces.path))
    })
    return found && `${found.path}:${found.line} puts something else in its place`
  }
}

/** What a façade is asked for, but for the map. */
export type FacadeAsked = Omit<FacadeRequest, 'map' | 'mapName'>

/** The façade that is left: what is asked for in the new words, and what still is in the old ones. */
export function inlinedFacade(before: FacadeAsked, map: PaymentMap, { files, asked, isOpen }: Inlining): FacadeAsked {
  const { sdk, native: was, ...rest } = before
  const sites = files.flatMap((file) => file.sites)
  const others = files.flatMap((file) => file.others)
  const of = (is: InlineSite['is'], by: 'sdk' | 'http') =>
    sites.filter((site) => site.is === is && site.by === by).map(({ operation }) => operation)
  const names = facadeNames(map)
  const takes = (...wanted: readonly (string | undefined)[]) =>
    files.some(({ taken }) => taken.some((one) => one === '*' || wanted.includes(one)))
  const isOpenHttp = others.some(({ by }) => by === 'http')
  const isHandedOn =
    was?.isHandedOn === true || map.sdk?.[0]?.client !== 'object' || others.some(({ keeps }) => keeps === 'by name')
  const keeps = {
    sdk: isOpen || asked.size > 0,
    http: isOpenHttp || of('kept', 'http').length > 0,
    webhook: takes(names.webhook, names.webhookOnce),
    returnId: takes(names.returnId),
  }
  const native: NativeRequest = {
    sdk: sorted([...(was?.sdk ?? []), ...of('inlined', 'sdk')]),
    http: sorted([...(was?.http ?? []), ...of('inlined', 'http')]),
    keeps,
    amount: was?.amount === true || sites.some((site) => site.is === 'inlined' && site.usesAmount),
    ...(isHandedOn ? { isHandedOn } : {}),
  }
  const operations = isOpen || isOpenHttp ? before.operations : sorted([...asked, ...of('kept', 'http')])
  const clients = sites.filter(({ by }) => by === 'http').flatMap(({ as }) => as ?? [])
  const needsSdk = keeps.sdk || native.sdk.length > 0 || sdk?.passThrough === true
  return {
    ...rest,
    operations,
    http: native.http.length > 0 || keeps.http ? sorted<HttpClient>([...before.http, ...clients]) : [],
    ...(sdk && needsSdk ? { sdk } : {}),
    native,
  }
}

function sorted<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].sort()
}
