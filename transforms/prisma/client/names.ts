import {
  type Evidence,
  isKind,
  isMember,
  type JavaScriptFile,
  type Kind,
  keyName,
  type Node,
  parentOf,
  patternIdentifiers,
} from '#kit'
import { Namespace, PrismaModule, Runtime } from './kinds.ts'

/** `@prisma/client/runtime` without a further name, which 4.16 has as a bundle of its own, and 5 no more. */
export function isRemovedRuntime(specifier: string): boolean {
  return /^@prisma\/client\/runtime(?:\/index(?:\.js)?)?$/.test(specifier)
}

/** True for the same, of the package or of a client that is generated into the project. */
export function loadsRemovedRuntime(file: JavaScriptFile, specifier: string, node: Node): boolean {
  if (isRemovedRuntime(specifier)) return true
  if (!/^\..*\/runtime(?:\/index(?:\.js)?)?$/.test(specifier)) return false
  return file.origins.moduleValue(file.module, specifier, node).some((v) => v.is === 'kind' && v.kind === Runtime)
}

/** A mention of something that Prisma exports: `Prisma.Decimal`, or the name that it is imported under. */
export interface Mention {
  /** The whole of it: `Prisma.Decimal`, `PE` of `import { PrismaClientKnownRequestError as PE }`. */
  readonly node: Node
  /** What stands before the dot, where there is one. */
  readonly holder: Node | undefined
  /** The name under which it is imported here; undefined behind a dot. */
  readonly local: string | undefined
  readonly isType: boolean
  readonly evidence: Evidence
}

/** Every mention of a name of the namespace `Prisma` or of the runtime, as a value and as a type. */
export function mentionsOf(file: JavaScriptFile, name: string): Mention[] {
  const found: Mention[] = file
    .members([Namespace, Runtime], name)
    .map(({ node, object, evidence }) => ({ node, holder: object, local: undefined, isType: false, evidence }))
  for (const id of file.module.identifiersNamed(name)) {
    const parent = parentOf(id)
    if (parent?.type === 'TSQualifiedName' && parent.right === id) {
      const holder = parent.left as Node
      const evidence = evidenceOf(file, holder, [Namespace, Runtime])
      if (evidence) found.push({ node: parent, holder, local: undefined, isType: true, evidence })
    } else found.push(...importedMentions(file, id, name))
  }
  return found.sort((a, b) => a.node.start - b.node.start)
}

/** True for `Prisma` and `runtime`, whose origin is asked for where only a type stands. */
function evidenceOf(file: JavaScriptFile, node: Node, kinds: readonly Kind[]): Evidence | undefined {
  return node.type === 'Identifier' || isMember(node) ? file.evidence(node, kinds) : undefined
}

/** The uses of `import { name as local }` and of `const { name: local } = require(…)`. */
function importedMentions(file: JavaScriptFile, id: Node & { type: 'Identifier' }, name: string): Mention[] {
  const parent = parentOf(id)
  const isImport = parent?.type === 'ImportSpecifier' && parent.imported === id
  const isTaken =
    parent?.type === 'ObjectProperty' &&
    parent.key === id &&
    parentOf(parent)?.type === 'ObjectPattern' &&
    keyName(parent) === name
  if (!parent || (!isImport && !isTaken)) return []
  const local =
    parent.type === 'ImportSpecifier'
      ? parent.local
      : parent.type === 'ObjectProperty'
        ? patternIdentifiers(parent.value as Node)[0]
        : undefined
  const binding = local && file.module.scopes.lookup(local.name, local)
  if (!binding) return []
  const evidence = importEvidence(file, local as Node)
  if (!evidence) return []
  return file.module
    .references(binding)
    .filter((reference) => !isImport || !(reference.start >= parent.start && reference.end <= parent.end))
    .map((reference) => ({
      node: reference,
      holder: undefined,
      local: local.name,
      isType: /^TS(?:TypeReference|TypeQuery|ExpressionWithTypeArguments)$/.test(parentOf(reference)?.type ?? ''),
      evidence,
    }))
}

/** Evidence that an imported name is something of Prisma: where it is imported from. */
function importEvidence(file: JavaScriptFile, local: Node): Evidence | undefined {
  for (const v of file.origins.valueOf(file.module, local))
    if (v.is === 'kind')
      return {
        certainty: v.certainty,
        steps: [{ what: `it is the ${v.kind.name}`, at: file.module.locate(local.start) }],
      }
  return undefined
}

/** What has to be imported so that `Prisma` can be written, and under which name. */
export interface NamespaceName {
  readonly name: string
  readonly requests: readonly {
    readonly add: 'import'
    readonly name: string
    readonly from: string
    readonly named: true
  }[]
}

/**
 * How a file has to write `Prisma` so that a value of it can be used; undefined where the name is taken, imported as a type
 * alone, or where it is not known which of several clients is meant.
 */
export function namespaceIn(file: JavaScriptFile): NamespaceName | undefined {
  let isTaken = false
  for (const id of file.module.identifiersNamed('Prisma')) {
    const parent = parentOf(id)
    if (parent?.type !== 'ImportSpecifier' || parent.imported !== id) continue
    if (!file.evidence(parent.local, [Namespace])) continue
    const isType = parent.importKind === 'type' || (parentOf(parent) as { importKind?: string }).importKind === 'type'
    if (!isType) return { name: parent.local.name, requests: [] }
    isTaken ||= parent.local.name === 'Prisma'
  }
  const own = file.module.scopes.at(file.module.program)?.bindings.get('Prisma')
  const [id] = own?.identifiers ?? []
  if (id && !isTaken && file.evidence(id, [Namespace])) return { name: 'Prisma', requests: [] }
  const from = own || isTaken ? undefined : clientSource(file)
  return from === undefined
    ? undefined
    : { name: 'Prisma', requests: [{ add: 'import', name: 'Prisma', from, named: true }] }
}

/** True where a name of the file means what it means at the top: nothing around has one of its own. */
export function isVisible(file: JavaScriptFile, name: string, at: Node): boolean {
  const found = file.module.scopes.lookup(name, at)
  return found === undefined || found === file.module.scopes.at(file.module.program)?.bindings.get(name)
}

/** Where a file gets its client from; the usual package where it gets none and the project generates no other one. */
function clientSource(file: JavaScriptFile): string | undefined {
  for (const { specifier, node } of file.module.mentions)
    if (!specifier.includes('/runtime') && isClientModule(file, specifier, node)) return specifier
  return isUsualOnly(file) ? '@prisma/client' : undefined
}

function isClientModule(file: JavaScriptFile, specifier: string, node: Node): boolean {
  return file.origins
    .moduleValue(file.module, specifier, node)
    .some((v) => v.is === 'kind' && isKind(v.kind, PrismaModule))
}

/** True where no schema of the project is generated into a folder of its own. */
export function isUsualOnly(file: JavaScriptFile): boolean {
  return file.origins.models.every(({ folders = {} }) => Object.keys(folders).length === 0)
}
