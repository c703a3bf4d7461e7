import {
  type Evidence,
  isKind,
  isMember,
  type JavaScriptFile,
  type Kind,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
} from '#kit'
import { ClientClass, Namespace, PrismaModule } from '../client/kinds.ts'
import { folderOf } from '../schema/facts.ts'
import { SCHEMAS } from '../schema/project.ts'

/** A name that the generated client exports, or that its namespace `Prisma` has, where code uses it. */
export interface ClientName {
  readonly name: string
  /** The name alone: `UserArgs` of `Prisma.UserArgs`. */
  readonly node: Node
  /** With what it is taken from: `Prisma.UserArgs`. */
  readonly whole: Node
  /** True where only a type can stand. */
  readonly isType: boolean
  readonly evidence: Evidence
}

/** What of a client a file brings in under a name of its own. */
export interface Imported {
  /** The exported name; `*` for all of them. */
  readonly name: string
  readonly local: Node & { readonly type: 'Identifier' }
  /** The specifier, or the key of a pattern, that brings it in. */
  readonly node: Node
  /** The import declaration, or the call of `require`. */
  readonly from: Node
  readonly specifier: string
}

const PACKAGE = /^\.?@?prisma\/client(?:\/(?:index|default|edge|wasm)(?:\.js)?)?$/

/** True for what leads to a generated client: the package, or the folder that a generator of the project writes to. */
export function isClient(specifier: string, file: JavaScriptFile, project: ProjectFacts): boolean {
  if (PACKAGE.test(specifier)) return true
  if (!specifier.startsWith('.')) return false
  const target = resolve(folderOf(file.path), specifier)
  return project
    .survey(SCHEMAS)
    .flatMap(({ generators }) => generators)
    .filter(({ provider, output }) => /^prisma-client(?:-js)?$/.test(provider ?? '') && output !== undefined)
    .map((generator) => resolve(folderOf(generator.file), generator.output!))
    .some(
      (output) =>
        target === output ||
        (/^\/(?:index|client|default|edge)(?:\.[cm]?[jt]s)?$/.test(target.slice(output.length)) &&
          target.startsWith(output)),
    )
}

/** `path.posix.join`, which a transform does without. */
function resolve(folder: string, path: string): string {
  const parts: string[] = []
  for (const part of `${folder}${path}`.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

/** Everything that a file imports or requires of a client by name, also from a file that gives it on. */
export function clientImports(file: JavaScriptFile, project: ProjectFacts): Imported[] {
  const imported = file.module.mentions.flatMap(({ node, specifier }) => {
    const own = importedBy(node).map((one) => ({ ...one, from: node, specifier }))
    return isClient(specifier, file, project) ? own : own.flatMap((one) => givenOn(file, one))
  })
  // `import client from '@prisma/client'`, and `const { Prisma } = client` behind it
  const taken = file
    .destructured([PrismaModule], 'Prisma', 'PrismaClient')
    .flatMap(({ property, name }): Imported[] => {
      const { value } = property
      if (value.type !== 'Identifier' || imported.some(({ local }) => local === value)) return []
      const holder = parentOf(parentOf(property)!) as Node
      return [{ name, local: value as Imported['local'], node: property, from: holder, specifier: '@prisma/client' }]
    })
  return [...imported, ...taken]
}

/** `Prisma` and `PrismaClient`, whatever they are called, of a file or package of the project that has them from a client, or all of it. */
function givenOn(file: JavaScriptFile, imported: Imported): Imported[] {
  const { name, specifier, from } = imported
  // a namespace and a class begin with a capital
  if (name !== '*' && !/^[A-Z]/.test(name)) return []
  const values = file.origins.imported(file.module, specifier, name === '*' ? 'Prisma' : name, from)
  const is = (kind: Kind) => values.some((v) => v.is === 'kind' && isKind(v.kind, kind))
  if (is(Namespace)) return [name === '*' ? imported : { ...imported, name: 'Prisma' }]
  return name !== '*' && is(ClientClass) ? [{ ...imported, name: 'PrismaClient' }] : []
}

/** True if the `Prisma` of a module is the namespace of a client. */
function givesOn(file: JavaScriptFile, specifier: string, at: Node): boolean {
  return file.origins
    .imported(file.module, specifier, 'Prisma', at)
    .some((v) => v.is === 'kind' && isKind(v.kind, Namespace))
}

/** The names that an import or a call of `require` brings in. */
export function importedBy(node: Node): Pick<Imported, 'name' | 'local' | 'node'>[] {
  if (node.type === 'ImportDeclaration') {
    return node.specifiers.flatMap((one) => {
      if (one.type === 'ImportDefaultSpecifier') return []
      const name =
        one.type === 'ImportNamespaceSpecifier'
          ? '*'
          : one.imported.type === 'Identifier'
            ? one.imported.name
            : one.imported.value
      return [{ name, local: one.local as Imported['local'], node: one as Node }]
    })
  }
  const holder = parentOf(node)
  if (holder?.type !== 'VariableDeclarator' || holder.init !== node) return []
  if (holder.id.type === 'Identifier') return [{ name: '*', local: holder.id as Imported['local'], node: holder }]
  if (holder.id.type !== 'ObjectPattern') return []
  return holder.id.properties.flatMap((property) => {
    if (property.type !== 'ObjectProperty' || property.computed) return []
    if (property.key.type !== 'Identifier' || property.value.type !== 'Identifier') return []
    return [{ name: property.key.name, local: property.value as Imported['local'], node: property as Node }]
  })
}

/** Every use of a name of the namespace `Prisma` of a client: `Prisma.UserArgs`, `P.Prisma.UserArgs`, as type or value. */
export function* namesOfPrisma(file: JavaScriptFile, project: ProjectFacts): Generator<ClientName> {
  const found: ClientName[] = []
  for (const imported of clientImports(file, project)) {
    const binding = file.module.binding(imported.local)
    if (!binding) continue
    for (const reference of file.module.references(binding)) {
      const namespace =
        imported.name === 'Prisma' ? reference : imported.name === '*' ? takenFrom(reference, 'Prisma') : undefined
      const use = namespace && nameIn(namespace)
      if (use) found.push({ ...use, evidence: evidenceOf(file, imported) })
    }
  }
  for (const type of importTypes(file)) {
    const specifier = specifierOf(type)
    if (specifier === undefined || !(isClient(specifier, file, project) || givesOn(file, specifier, type))) continue
    const { qualifier } = type as { qualifier?: Node | null }
    if (qualifier?.type !== 'TSQualifiedName' || !isNamed(qualifier.left as Node, 'Prisma')) continue
    const node = qualifier.right as Node & { type: 'Identifier' }
    const steps = [{ what: `\`import('${specifier}')\` is the generated client`, at: file.module.locate(type.start) }]
    found.push({
      name: node.name,
      node,
      whole: qualifier as Node,
      isType: true,
      evidence: { certainty: 'proven', steps },
    })
  }
  yield* found.sort((a, b) => a.node.start - b.node.start)
}

/** Every use of a name that is imported from a client itself: `PrismaClient`, `User`. */
export function* namesOfClient(
  file: JavaScriptFile,
  project: ProjectFacts,
  ...names: readonly string[]
): Generator<ClientName> {
  const found: ClientName[] = []
  for (const imported of clientImports(file, project)) {
    const binding = file.module.binding(imported.local)
    if (!binding || (imported.name !== '*' && !names.includes(imported.name))) continue
    for (const reference of file.module.references(binding)) {
      const evidence = evidenceOf(file, imported)
      if (imported.name !== '*') {
        found.push({ name: imported.name, node: reference, whole: reference, isType: isInType(reference), evidence })
        continue
      }
      const use = nameIn(reference)
      if (use && names.includes(use.name)) found.push({ ...use, evidence })
    }
  }
  yield* found.sort((a, b) => a.node.start - b.node.start)
}

export function evidenceOf(file: JavaScriptFile, { name, specifier, node }: Imported): Evidence {
  const what = `${name === '*' ? 'everything' : `\`${name}\``} comes from \`${specifier}\``
  return { certainty: 'proven', steps: [{ what, at: file.module.locate(node.start) }] }
}

/** The name that is taken from a namespace at this place, as a type or as a value. */
function nameIn(namespace: Node): Omit<ClientName, 'evidence'> | undefined {
  const whole = parentOf(namespace)
  if (whole?.type === 'TSQualifiedName' && whole.left === namespace) {
    // what stands behind `import('…').` is no name of this file, and is found by that
    if (parentOf(whole)?.type === 'TSImportType') return undefined
    const node = whole.right as Node & { type: 'Identifier' }
    return { name: node.name, node, whole, isType: true }
  }
  if (isMember(whole) && whole.object === namespace) {
    const name = memberName(whole)
    return name === undefined ? undefined : { name, node: whole.property as Node, whole, isType: isInType(whole) }
  }
  return undefined
}

function takenFrom(namespace: Node, name: string): Node | undefined {
  const use = nameIn(namespace)
  return use?.name === name ? use.whole : undefined
}

/** True for the expression after `implements`, and after `extends` of an interface, which older trees have as values. */
function isInType(node: Node): boolean {
  const parent = parentOf(node)
  return (
    parent?.type === 'TSTypeReference' ||
    parent?.type === 'TSExpressionWithTypeArguments' ||
    (parent?.type as string) === 'TSInterfaceHeritage' ||
    (parent?.type as string) === 'TSClassImplements'
  )
}

function importTypes(file: JavaScriptFile): Node[] {
  if (!/\bimport\s*\(/.test(file.text)) return []
  const found = new Set<Node>()
  for (const id of file.module.identifiersNamed('Prisma')) {
    for (let node = parentOf(id); node; node = parentOf(node)) {
      if (node.type === 'TSImportType') found.add(node)
      if (node.type !== 'TSQualifiedName') break
    }
  }
  return [...found]
}

function specifierOf(type: Node): string | undefined {
  const { argument } = type as { argument?: { value?: string; literal?: { value?: string } } }
  return argument?.value ?? argument?.literal?.value
}

function isNamed(node: Node, name: string): boolean {
  return node.type === 'Identifier' && node.name === name
}

/** The type arguments behind a name: `<A, B>`. */
export function typeArguments(whole: Node): { readonly list: Node; readonly args: readonly Node[] } | undefined {
  const holder = parentOf(whole) as
    | (Node & { typeParameters?: Node; typeArguments?: Node; superTypeParameters?: Node })
    | undefined
  const list = holder?.typeParameters ?? holder?.typeArguments ?? holder?.superTypeParameters
  return list && 'params' in list ? { list, args: list.params as readonly Node[] } : undefined
}
