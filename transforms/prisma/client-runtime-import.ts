import {
  type Draft,
  type DraftEdit,
  defineChange,
  type Evidence,
  fix,
  type JavaScriptFile,
  literalText,
  type Node,
  parentOf,
  patternIdentifiers,
  replace,
} from '#kit'
import { Runtime } from './client/kinds.ts'
import { isVisible, namespaceIn } from './client/names.ts'

/** What the namespace has, by the name that it has in the runtime. */
const ON_NAMESPACE: Readonly<Record<string, string>> = {
  Decimal: 'Decimal',
  PrismaClientKnownRequestError: 'PrismaClientKnownRequestError',
  PrismaClientUnknownRequestError: 'PrismaClientUnknownRequestError',
  PrismaClientRustPanicError: 'PrismaClientRustPanicError',
  PrismaClientInitializationError: 'PrismaClientInitializationError',
  PrismaClientValidationError: 'PrismaClientValidationError',
  Sql: 'Sql',
  sqltag: 'sql',
  empty: 'empty',
  join: 'join',
  raw: 'raw',
}

const GONE = /^@prisma\/client\/runtime(?:\/index(?:\.js)?)?$/

export default defineChange({
  title: '`@prisma/client/runtime` was removed',
  why: 'The module, which never was public, has no `index` any more: TypeScript and Node do not find it. What programs took from it stands on the namespace `Prisma`, in 4 as well.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-runtimeindexjs-from-generated-client',
  guideSays: "`import { NotFoundError } from '@prisma/client'`, as the guide has it, never compiled.",
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\/runtime\b/],
  *find(file) {
    for (const { specifier, node } of file.module.mentions)
      if (isGone(file, specifier, node)) yield draftOf(file, node, specifier)
    yield* mocksOf(file)
  },
})

/** The runtime without a further name, of the package or of a client that is generated into the project. */
function isGone(file: JavaScriptFile, specifier: string, node: Node): boolean {
  if (GONE.test(specifier)) return true
  if (!/^\..*\/runtime(?:\/index(?:\.js)?)?$/.test(specifier)) return false
  return file.origins.moduleValue(file.module, specifier, node).some((v) => v.is === 'kind' && v.kind === Runtime)
}

function isModule(file: JavaScriptFile, node: Node, specifier: string): Evidence {
  return { certainty: 'proven', steps: [{ what: `the module '${specifier}'`, at: file.module.locate(node.start) }] }
}

function draftOf(file: JavaScriptFile, node: Node, specifier: string): Draft {
  const draft = {
    at: node,
    message: `'${specifier}' is gone; take what it has from \`Prisma\``,
    evidence: isModule(file, node, specifier),
  }
  const taken = takenFrom(node)
  if (!taken || taken.names.some(({ name }) => !Object.hasOwn(ON_NAMESPACE, name))) return draft
  const namespace = namespaceIn(file)
  if (!namespace) return { ...draft, notes: ['`Prisma` is another thing in this file'] }
  const edits: DraftEdit[] = [replace(lineOf(file, taken.statement), '')]
  for (const { name, local } of taken.names) {
    const binding = file.module.scopes.lookup(local.name, local)
    if (!binding) return draft
    for (const reference of file.module.references(binding)) {
      if (reference.start >= taken.statement.start && reference.end <= taken.statement.end) continue
      const parent = parentOf(reference)
      if (parent?.type === 'ExportSpecifier' || !isVisible(file, namespace.name, reference)) return draft
      const text = `${namespace.name}.${ON_NAMESPACE[name]}`
      const isShort = parent?.type === 'ObjectProperty' && parent.shorthand && parent.value === reference
      edits.push(isShort ? replace(parent, `${reference.name}: ${text}`) : replace(reference, text))
    }
  }
  return { ...draft, fix: { ...fix('safe', 'Take it from the namespace', ...edits), requests: namespace.requests } }
}

type Name = Node & { readonly type: 'Identifier' }

interface Taken {
  readonly statement: Node
  readonly names: readonly { readonly name: string; readonly local: Name }[]
}

/** The names that a statement takes from a module, where it does nothing else. */
function takenFrom(node: Node): Taken | undefined {
  if (node.type === 'ImportDeclaration') {
    const names = node.specifiers.flatMap((one) =>
      one.type === 'ImportSpecifier' && one.imported.type === 'Identifier'
        ? [{ name: one.imported.name, local: one.local as Name }]
        : [],
    )
    return names.length > 0 && names.length === node.specifiers.length ? { statement: node, names } : undefined
  }
  const declarator = parentOf(node)
  const statement = declarator && parentOf(declarator)
  if (declarator?.type !== 'VariableDeclarator' || declarator.id.type !== 'ObjectPattern') return undefined
  if (statement?.type !== 'VariableDeclaration' || statement.declarations.length !== 1) return undefined
  if (parentOf(statement)?.type !== 'Program') return undefined
  const names = declarator.id.properties.flatMap((one) => {
    if (one.type !== 'ObjectProperty' || one.computed || one.key.type !== 'Identifier') return []
    const [local] = one.value.type === 'Identifier' ? patternIdentifiers(one.value as Node) : []
    return local ? [{ name: one.key.name, local: local as Name }] : []
  })
  return names.length === declarator.id.properties.length ? { statement, names } : undefined
}

/** A statement with its line ending. */
function lineOf(file: JavaScriptFile, { start, end }: Node): { start: number; end: number } {
  const after = /^[ \t]*(?:\r\n|\r|\n)/.exec(file.text.slice(end))?.[0].length ?? 0
  return { start, end: end + after }
}

/** `jest.mock('@prisma/client/runtime', …)`, which mocks what nobody loads any more. */
function mocksOf(file: JavaScriptFile): Draft[] {
  return file.module.calls.flatMap((call): Draft[] => {
    const [first] = call.arguments
    const specifier = literalText(first)
    if (!first || specifier === undefined || !GONE.test(specifier)) return []
    if (file.module.mentions.some(({ node }) => node === call)) return []
    const message = `'${specifier}' is gone; nothing loads it any more`
    return [{ at: first as Node, message, evidence: isModule(file, call, specifier) }]
  })
}
