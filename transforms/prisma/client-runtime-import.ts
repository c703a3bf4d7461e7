import {
  type Draft,
  type DraftEdit,
  defineChange,
  type Evidence,
  fix,
  isCall,
  type JavaScriptFile,
  literalText,
  type Node,
  type ProjectFacts,
  parentOf,
  patternIdentifiers,
  replace,
  type Survey,
} from '#kit'
import { isRemovedRuntime, isVisible, loadsRemovedRuntime, namespaceIn } from './client/names.ts'

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

/** What people ask by: these are told apart by which bundle made them. */
const CLASSES = Object.keys(ON_NAMESPACE).filter((name) => /^[A-Z]/.test(name))

/** The classes of `ON_NAMESPACE` by which a project asks anywhere, whatever package they are of there. */
const ASKED_BY: Survey<readonly string[]> = {
  of: 'project',
  mentions: [new RegExp(`\\b(?:${CLASSES.join('|')})\\b`)],
  reach: 'package',
  look: (files) => {
    const found = new Set<string>()
    for (const file of files)
      for (const name of CLASSES)
        if (!found.has(name) && file.module.identifiersNamed(name).some(isAskedBy)) found.add(name)
    return [...found]
  },
}

export default defineChange({
  title: '`@prisma/client/runtime` was removed',
  why: 'The module, which never was public, has no `index` any more: TypeScript and Node do not find it. What programs took from it stands on the namespace `Prisma`, in 4 as well.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-runtimeindexjs-from-generated-client',
  guideSays:
    'It does not say that the classes were others than those of the client in 4.16, and `Prisma.NotFoundError`, which it names, is gone again in 6.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\/runtime\b/],
  *find(file, project) {
    for (const { specifier, node } of file.module.mentions)
      if (loadsRemovedRuntime(file, specifier, node)) yield draftOf(file, project, node, specifier)
    yield* mocksOf(file)
  },
})

function isModule(file: JavaScriptFile, node: Node, specifier: string): Evidence {
  return { certainty: 'proven', steps: [{ what: `the module '${specifier}'`, at: file.module.locate(node.start) }] }
}

function draftOf(file: JavaScriptFile, project: ProjectFacts, node: Node, specifier: string): Draft {
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
  const asked = new Set<string>()
  for (const { name, local } of taken.names) {
    const binding = file.module.scopes.lookup(local.name, local)
    if (!binding) return draft
    for (const reference of file.module.references(binding)) {
      if (reference.start >= taken.statement.start && reference.end <= taken.statement.end) continue
      const parent = parentOf(reference)
      if (parent?.type === 'ExportSpecifier' || !isVisible(file, namespace.name, reference)) return draft
      const isClass = CLASSES.includes(name)
      if (isClass && (isAskedBy(reference) || (isMade(reference) && project.survey(ASKED_BY).includes(name))))
        asked.add(name)
      const text = `${namespace.name}.${ON_NAMESPACE[name]}`
      const isShort = parent?.type === 'ObjectProperty' && parent.shorthand && parent.value === reference
      edits.push(isShort ? replace(parent, `${reference.name}: ${text}`) : replace(reference, text))
    }
  }
  const isSame = asked.size === 0
  const { requests } = namespace
  return {
    ...draft,
    ...(isSame ? {} : { notes: [otherClasses([...asked])] }),
    fix: { ...fix(isSame ? 'safe' : 'review', 'Take it from the namespace', ...edits), requests },
  }
}

/** What a person is told of a class that a program asks by. */
function otherClasses(names: readonly string[]): string {
  const listed = names.map((name) => `\`${name}\``).join(', ')
  return `4.16 has classes of its own in this module: nothing that the client gives or throws was \`instanceof\` ${listed}, and it is from here on, so that the branch behind such a question is taken now`
}

/** True for a class that is made an object of: only who asks for the class of that can tell it from the one of the client. */
function isMade(name: Node): boolean {
  const parent = parentOf(name)
  return parent?.type === 'NewExpression' && parent.callee === name
}

/**
 * True for a class where it is a value that something may be compared with: `instanceof`, `toThrow(…)`, `@Catch(…)`, or in
 * anybody's hands. Not where it is called, made an object of, read a member of, imported, or only a type.
 */
function isAskedBy(name: Node): boolean {
  let value = name
  let parent = parentOf(value)
  // `Prisma.Decimal`
  if (parent?.type === 'MemberExpression' && parent.property === value && !parent.computed) {
    value = parent
    parent = parentOf(value)
  }
  if (!parent) return false
  if (parent.type === 'ImportSpecifier') return isRenamed(parent) && !isRemovedRuntime(sourceOf(parent))
  if (/^TS(?:As|Satisfies|NonNull|TypeAssertion|ExportAssignment)/.test(parent.type)) return true
  if (/^(?:TS|Import)/.test(parent.type) || (parent as { id?: unknown }).id === value) return false
  if (parent.type === 'ObjectProperty' && !parent.computed) {
    const isPattern = parentOf(parent)?.type === 'ObjectPattern'
    // under another name, it is lost from sight
    if (isPattern) return parent.key === value && !parent.shorthand
    return parent.value === value || parent.shorthand
  }
  if (parent.type === 'MemberExpression') return parent.object !== value
  if (parent.type === 'TaggedTemplateExpression') return parent.tag !== value
  return !isCall(parent) || parent.callee !== value
}

function isRenamed(specifier: Node & { type: 'ImportSpecifier' }): boolean {
  return specifier.imported.type !== 'Identifier' || specifier.imported.name !== specifier.local.name
}

function sourceOf(specifier: Node): string {
  const declaration = parentOf(specifier)
  return declaration?.type === 'ImportDeclaration' ? declaration.source.value : ''
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
    if (!first || specifier === undefined || !isRemovedRuntime(specifier)) return []
    if (file.module.mentions.some(({ node }) => node === call)) return []
    const message = `'${specifier}' is gone; nothing loads it any more`
    return [{ at: first as Node, message, evidence: isModule(file, call, specifier) }]
  })
}
