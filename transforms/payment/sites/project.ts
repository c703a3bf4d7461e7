/** What is asked of the generator for one package of a project, and how its files reach the façade. */
import {
  type ApiCall,
  type DraftRequest,
  exportsOf,
  isCall,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  type Survey,
} from '#kit'
import { generateFacade } from '../facade/generate.ts'
import type { Facade, FacadeEntry, FacadeRequest, FacadeStage, HttpClient, ProjectStyle } from '../facade/types.ts'
import type { ChosenMap } from '../map/chosen.ts'
import type { OperationId, PaymentMap } from '../map/types.ts'
import { callsOf } from './bodies.ts'
import { CLIENT_PACKAGES } from './clients.ts'
import { described } from './describe.ts'
import { isFacadeSpecifier, namesGiven } from './facade-uses.ts'
import { namedCalls } from './handed-in.ts'
import { httpUses } from './http.ts'
import { isOnlyForOthers } from './loads.ts'
import { digest, digests, LOCK, LOCKS, type Lock, lockText } from './lock.ts'
import { sdkModel, wordsOf } from './model.ts'
import { facadeNames } from './names.ts'
import { testFiles } from './test-files.ts'

/** What one file of code says of the project. */
interface FileFacts {
  readonly path: string
  readonly isTypeScript: boolean
  readonly isEsm: boolean
  readonly sdk: readonly string[]
  /** The SDKs that it names, be it for their types alone. */
  readonly names: readonly string[]
  /** Operations that are called through the SDK. */
  readonly called: readonly OperationId[]
  /** These calls, for reports. */
  readonly calls: readonly ApiCall[]
  /** True if a member of a part of the SDK that has operations is asked for by a computed name. */
  readonly isComputed: boolean
  /** True if it imports the façade. */
  readonly facade: boolean
  readonly http: readonly { readonly operation: OperationId; readonly as: HttpClient }[]
  /** Members of the SDK that it asks the façade for and the map does not know, such as `payout`. */
  readonly others: readonly string[]
  /** What it asks of the SDK itself that the map does not know. */
  readonly beyond: readonly string[]
  /** True if it hands the SDK-shaped object on. */
  readonly isHandedOn: boolean
  /** Members that the SDK has and the map does not know, of whatever it asks for them. */
  readonly otherWords: readonly string[]
  /** True if it gets the SDK past the façade, for more than what the façade has nothing to do with. */
  readonly loadsSdk: boolean
  /** True if something in it goes past the façade. */
  readonly open: boolean
  readonly quotes: number
  readonly semicolons: number
  readonly indent: string | undefined
  readonly extension: ProjectStyle['importExtension'] | undefined
  readonly hasNodeTest: boolean
  /** How it imports the SDK in TypeScript: as a namespace, which every setting takes, or by its default. */
  readonly importsSdkAs: 'namespace' | 'default' | undefined
}

const surveys = new WeakMap<PaymentMap, Survey<readonly FileFacts[]>>()

/** The files of a package that have something to do with the old API. */
export function sitesSurvey(map: PaymentMap): Survey<readonly FileFacts[]> {
  const found = surveys.get(map) ?? makeSurvey(map)
  surveys.set(map, found)
  return found
}

function makeSurvey(map: PaymentMap): Survey<readonly FileFacts[]> {
  const packages = (map.sdk ?? []).map((sdk) => sdk.package)
  const others = (map.sdk ?? []).flatMap((sdk) => sdk.others ?? [])
  return {
    mentions: [...packages, ...others, ...CLIENT_PACKAGES, 'fetch', ...wordsOf(map), 'node:test'],
    reach: 'package',
    look: (files) => [...files].map((file) => factsOf(file, map, packages)),
  }
}

function factsOf(file: JavaScriptFile, map: PaymentMap, packages: readonly string[]): FileFacts {
  const { text, module } = file
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0
  const loaded = packages.filter((name) =>
    module.mentions.some(({ specifier, node }) => specifier === name && !isTypeOnly(node)),
  )
  const requests = isTest(file.path) ? [] : httpUses(file, map).sites
  const own = isTest(file.path) ? { names: [], isHandedOn: false } : otherMembers(file, map)
  const relative = module.mentions.map(({ specifier }) => specifier).filter((specifier) => /^\.\.?\//.test(specifier))
  return {
    path: file.path,
    isTypeScript: file.isTypeScript,
    isEsm: isEsm(file),
    sdk: loaded,
    names: packages.filter((name) => new RegExp(`['"\`]${name}['"\`/]`).test(text)),
    facade: module.mentions.some(({ specifier }) => isFacadeSpecifier(specifier, map)),
    called: isTest(file.path)
      ? []
      : sdkModel(map).operations.flatMap(({ owner, member, operation }) =>
          file.members([owner], member).length > 0 ? [operation] : [],
        ),
    calls: isTest(file.path) || isFacade(file.path, map) ? [] : sdkCalls(file, map),
    isComputed:
      !isTest(file.path) && namedCalls(file, map).some(({ path, isKnown }) => isKnown && path.endsWith('[…]')),
    // requests of a new version that is asked through the SDK have no client to go to
    http: map.to.transport === 'sdk' ? [] : requests.map(({ operation, request }) => ({ operation, as: request.as })),
    others: own.names,
    beyond: isTest(file.path)
      ? []
      : sdkModel(map).others.flatMap(({ owner, member, path }) =>
          file.members([owner], member).length > 0 ? [path] : [],
        ),
    isHandedOn: own.isHandedOn,
    otherWords: isTest(file.path) || isFacade(file.path, map) ? [] : otherWords(file, map),
    loadsSdk: loadsForItself(file, map),
    open: isOpen(file, map) || requests.some(({ isBehindFacade, facts }) => !isBehindFacade && facts.v2 !== null),
    quotes: count(/'/g) - count(/"/g),
    semicolons: count(/;[ \t]*$/gm) - count(/[\w)\]'"`}][ \t]*$/gm) / 2,
    indent: /^(\t| {2,8})\S/m.exec(text)?.[1],
    extension:
      relative.length === 0
        ? undefined
        : ((/\.[cm]?[jt]s$/.exec(relative[0]!)?.[0] ?? '') as ProjectStyle['importExtension']),
    hasNodeTest: module.mentions.some(({ specifier }) => specifier === 'node:test'),
    importsSdkAs: file.isTypeScript ? importForm(file, packages) : undefined,
  }
}

/** The calls of a file that go through the SDK, or what has its members. */
function sdkCalls(file: JavaScriptFile, map: PaymentMap): ApiCall[] {
  return callsOf(file, map)
    .filter(({ how }) => how.startsWith('SDK'))
    .map((call) => {
      const { v2 = null, why = 'see the guide of the provider' } = map.operations[call.operation] ?? {}
      const verdict = v2 === null ? `has no counterpart: ${why.trim().replace(/\.$/, '')}` : 'goes through the façade'
      return described(file, map, call, verdict)
    })
}

/** True if a file gets the SDK past the façade, for more than what the façade has nothing to do with. */
function loadsForItself(file: JavaScriptFile, map: PaymentMap): boolean {
  return (map.sdk ?? []).some((sdk) =>
    file.module.mentions.some(
      ({ specifier, node }) =>
        specifier === sdk.package &&
        !isTypeOnly(node) &&
        !(sdk.client === 'object' && isOnlyForOthers(file, sdk, node)),
    ),
  )
}

/** True if a file uses the SDK past the façade. A class is loaded to be wrapped, so what is made of it counts. */
function isOpen(file: JavaScriptFile, map: PaymentMap): boolean {
  const wrap = facadeNames(map).sdk?.kind === 'wrap' ? facadeNames(map).sdk!.name : undefined
  if (wrap === undefined) return loadsForItself(file, map)
  return file.callsOf(sdkModel(map).module).some(({ call }) => !isLoading(call) && !isWrapped(call, wrap))
}

/** `require('stripe')`, of which something is still to be made. */
export function isLoading(call: Node): boolean {
  return (
    isCall(call) && (call.callee as Node).type === 'Identifier' && (call.callee as { name?: string }).name === 'require'
  )
}

/** True for a client that the façade wraps. */
export function isWrapped(call: Node, wrap: string): boolean {
  const outer = parentOf(call)
  const callee = isCall(outer) ? (outer.callee as Node) : undefined
  return callee?.type === 'Identifier' && callee.name === wrap
}

/**
 * What is asked of the SDK-shaped object of the façade, beside operations and setting it up. Where the object is handed on,
 * somebody else asks for its members: `isHandedOn`.
 */
function otherMembers(file: JavaScriptFile, map: PaymentMap): { names: string[]; isHandedOn: boolean } {
  const found: string[] = []
  let isHandedOn = false
  for (const sdk of map.sdk ?? []) {
    // a class of the façade hands nothing on
    if (sdk.client !== 'object') continue
    const own = [...Object.keys(sdk.members).map((path) => path.split('.')[0]), ...(sdk.configure ?? [])]
    for (const { specifier, node } of file.module.mentions) {
      if (!isFacadeSpecifier(specifier, map)) continue
      // `export { paypal } from`, `require('./payments/paypal').paypal`
      if (node.type === 'ExportNamedDeclaration' || isMember(parentOf(node))) isHandedOn = true
      for (const id of namesGiven(node, facadeNames(map).sdk?.name)) {
        const binding = file.module.scopes.lookup(id.name, id)
        for (const reference of binding ? file.module.references(binding) : []) {
          const member = parentOf(reference)
          const name =
            isMember(member) && member.object === reference ? (memberName(member) ?? 'any member') : undefined
          if (name !== undefined && !own.includes(name)) found.push(name)
          if (name === undefined) isHandedOn = true
        }
      }
    }
  }
  return { names: [...new Set(found)], isHandedOn }
}

/** Members of the SDK that the map does not know, as words of a file: whoever is handed the SDK may ask for them. */
function otherWords(file: JavaScriptFile, map: PaymentMap): string[] {
  return (map.sdk ?? [])
    .flatMap(({ others = [] }) => others)
    .filter((name) => file.module.membersNamed(name).length + file.module.patternKeysNamed(name).length > 0)
}

/** What the whole package asks of the SDK through the façade that is not an operation of the map. */
export function passedThrough(files: readonly FileFacts[], map: PaymentMap): readonly string[] {
  const asked = files.flatMap(({ others }) => others)
  if (files.some(({ isHandedOn }) => isHandedOn)) {
    const isListed = (map.sdk ?? []).every(({ others }) => others !== undefined)
    asked.push(...(isListed ? files.flatMap(({ otherWords }) => otherWords) : ['any member']))
  }
  return [...new Set(asked)]
}

function importForm(file: JavaScriptFile, packages: readonly string[]): FileFacts['importsSdkAs'] {
  for (const { specifier, node } of file.module.mentions) {
    if (!packages.includes(specifier)) continue
    if (node.type === 'TSImportEqualsDeclaration') return 'namespace'
    if (node.type !== 'ImportDeclaration') continue
    if (node.specifiers.some((one) => one.type === 'ImportNamespaceSpecifier')) return 'namespace'
    if (node.specifiers.some((one) => one.type === 'ImportDefaultSpecifier')) return 'default'
  }
  return undefined
}

function isTypeOnly(node: Node): boolean {
  return node.type === 'ImportDeclaration' && node.importKind === 'type'
}

/** True for a file that is written with `import` and `export`. */
export function isEsm(file: JavaScriptFile): boolean {
  return exportsOf(file.module).esm || (file.isTypeScript && /^\s*import\s/m.test(file.text))
}

/** True for a file of the façade itself. */
export function isFacade(path: string, map: PaymentMap): boolean {
  return path.includes(`payments/${map.provider.id}/`)
}

/** True for tests: what stands in them is listed, and never rewritten. */
export function isTest(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|specs?|__mocks__|mocks|fixtures|e2e|cypress)\/|[.-](?:test|spec|e2e-spec)\.[cm]?[jt]sx?$/.test(
    path,
  )
}

/** The façade of one package. */
export interface PackageFacade {
  readonly facade: Facade
  readonly entry: FacadeEntry
  readonly style: ProjectStyle
  readonly stage: FacadeStage
  /** True where the old version is gone from it already: no call of the old version goes behind it any more. */
  readonly isOver: boolean
  /** What every fix that uses it asks for: its files, and the file that remembers it. Nothing where the package has it already. */
  readonly requests: readonly DraftRequest[]
  readonly refused: ReadonlySet<OperationId>
}

const facades = new WeakMap<readonly FileFacts[], Map<string, PackageFacade | undefined>>()

/** The façade that the package which owns a file gets; nothing where it has no use for one. */
export function facadeFor(project: ProjectFacts, { map, name }: ChosenMap): PackageFacade | undefined {
  const files = project.survey(sitesSurvey(map))
  const known = facades.get(files) ?? new Map<string, PackageFacade | undefined>()
  facades.set(files, known)
  const key = `${project.folder}\0${name}`
  if (!known.has(key)) known.set(key, make(project, map, name, files))
  return known.get(key)
}

function make(
  project: ProjectFacts,
  map: PaymentMap,
  mapName: string,
  files: readonly FileFacts[],
): PackageFacade | undefined {
  const lockPath = joined(project.folder, LOCK)
  const lock = project.survey(LOCKS).find(([path, { map: name }]) => path === lockPath && name === mapName)?.[1]
  const using = files.filter(
    ({ path, loadsSdk, http, facade }) =>
      (loadsSdk || http.length > 0 || (lock !== undefined && facade)) && !isFacade(path, map) && !isTest(path),
  )
  const isAsked = files.some((one) => asksForOperations(one) && !isFacade(one.path, map))
  // a client may be there for other things
  const isForOperations = using.some(({ http }) => http.length > 0) || isAsked || map.sdk?.[0]?.client === 'object'
  if (using.length === 0 || !isForOperations) return undefined
  // the façade's own way to the old SDK tells that the SDK was in use before
  const sdk = (map.sdk ?? []).find((one) => files.some((file) => file.sdk.includes(one.package) && !isTest(file.path)))
  const plain = styleOf(project, files, using)
  const inSource = using.some(({ path }) => within(project.folder, path).startsWith('src/'))
  const folder = joined(project.folder, `${inSource ? 'src/' : ''}payments/${map.provider.id}`)
  const extension = plain.fileExtension ?? (plain.language === 'typescript' ? '.ts' : '.js')
  const places = testFiles(project, plain.tests, { facade: folder, provider: map.provider.id, extension })
  const style: ProjectStyle = { ...plain, ...(places ? { testFiles: places } : {}) }
  const sites = using.flatMap((file) => file.http)
  const ofSdk = sdk
    ? sdkModel(map)
        .operations.filter((one) => one.sdk === sdk)
        .map(({ operation }) => operation)
    : []
  const own = {
    style,
    folder,
    operations: ofSdk,
    ...(sdk ? { sdk: { package: sdk.package } } : {}),
    http: [],
    stage: map.mode === 'cutover-only' ? ('full' as const) : ('dual' as const),
  }
  // a façade that is there stays as it was made, and has what is new beside it
  const before = lock?.facade ?? own
  const request: FacadeRequest = {
    map,
    mapName,
    ...before,
    ...(isOver(before, map)
      ? {}
      : {
          operations: sorted([...before.operations, ...sites.map(({ operation }) => operation)]),
          http: sorted([...before.http, ...sites.map(({ as }) => as)]),
        }),
  }
  const facade = generateFacade(request)
  const added = [...facade.files].map(([file, text]): DraftRequest => ({ add: 'file', file, text }))
  return {
    facade,
    entry: facade.entry,
    style: request.style,
    stage: request.stage ?? 'dual',
    isOver: lock !== undefined && isOver(before, map),
    // a façade that has all of it is not made again, whatever somebody has changed in it
    requests:
      lock && isSame(lock.facade, request)
        ? []
        : [...added, { add: 'file', file: lockPath, text: lockOf(request, facade) }],
    refused: new Set(facade.refused.map(({ operation }) => operation)),
  }
}

/** At the end a façade has what is left, on purpose. */
function isOver({ stage, native }: Lock['facade'], { mode }: PaymentMap): boolean {
  return stage === 'full' && (mode === 'dual' || native !== undefined)
}

function isSame(was: Lock['facade'], { map: _map, mapName: _name, ...now }: FacadeRequest): boolean {
  return JSON.stringify(was) === JSON.stringify(now)
}

/** True for a file that calls operations through the SDK, whichever they are. */
export function asksForOperations({ called, isComputed }: Pick<FileFacts, 'called' | 'isComputed'>): boolean {
  return called.length > 0 || isComputed
}

function lockOf({ map, mapName, ...facade }: FacadeRequest, { files }: Facade): string {
  return lockText({ map: mapName, mapHash: digest(JSON.stringify(map)), facade, files: digests(files) })
}

function styleOf(project: ProjectFacts, files: readonly FileFacts[], using: readonly FileFacts[]): ProjectStyle {
  const language = using.some(({ isTypeScript }) => isTypeScript) ? 'typescript' : 'javascript'
  const own = using.filter(({ isTypeScript }) => isTypeScript === (language === 'typescript'))
  const modules =
    language === 'typescript' || own.filter(({ isEsm }) => isEsm).length * 2 > own.length ? 'esm' : 'commonjs'
  const extensions = own.flatMap(({ extension }) => (extension === undefined ? [] : [extension]))
  const usual = modules === 'esm' && language === 'javascript' ? '.js' : ''
  const sum = (of: (file: FileFacts) => number) => using.reduce((total, file) => total + of(file), 0)
  const ending = own[0]?.path.match(/\.[cm]?[jt]s$/)?.[0] as ProjectStyle['fileExtension']
  const plain = language === 'typescript' ? '.ts' : '.js'
  return {
    language,
    modules,
    importExtension: modules === 'commonjs' ? '' : (extensions[0] ?? usual),
    fileExtension: ending !== undefined && own.every(({ path }) => path.endsWith(ending)) ? ending : plain,
    esModuleInterop: !files.some(({ importsSdkAs }) => importsSdkAs === 'namespace'),
    tests: project.depends('vitest')
      ? 'vitest'
      : project.depends('jest')
        ? 'jest'
        : project.depends('mocha')
          ? 'mocha'
          : files.some(({ hasNodeTest }) => hasNodeTest)
            ? 'node'
            : 'none',
    format: {
      indent: using.find(({ indent }) => indent !== undefined)?.indent ?? '  ',
      quotes: sum(({ quotes }) => quotes) >= 0 ? 'single' : 'double',
      semicolons: sum(({ semicolons }) => semicolons) > 0,
      lineWidth: 100,
      trailingCommas: 'all',
      newline: '\n',
    },
  }
}

/** What a file imports the façade by. */
export function specifierFrom(path: string, entry: FacadeEntry, style: ProjectStyle): string {
  const from = path.split('/').slice(0, -1)
  const to = entry.file.split('/')
  while (from.length > 0 && to.length > 1 && from[0] === to[0]) {
    from.shift()
    to.shift()
  }
  const up = from.length === 0 ? './' : '../'.repeat(from.length)
  const bare = to.join('/').replace(/\.[cm]?[jt]s$/, '')
  const ending = style.importExtension
  return up + (ending === '' ? bare.replace(/\/index$/, '') : bare + ending)
}

function within(folder: string, path: string): string {
  return folder === '.' ? path : path.slice(folder.length + 1)
}

function joined(folder: string, path: string): string {
  return folder === '.' ? path : `${folder}/${path}`
}

function sorted<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].sort()
}
