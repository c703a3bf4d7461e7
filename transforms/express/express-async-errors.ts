import {
  type Draft,
  type DraftFix,
  defineChange,
  fix,
  type JavaScriptFile,
  type JavaScriptModule,
  type Node,
  parentOf,
} from '#kit'
import { removeStatement } from './removals/statement.ts'

const NAME = 'express-async-errors'

export default defineChange({
  title: '`express-async-errors` no longer loads',
  why: 'The package patches `express/lib/router/layer`, which is gone: "Cannot find module" while the program starts. Express 5 hands a rejected promise of a handler to `next()` by itself, which is all that the package did.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#rejected-promises-handled-from-middleware-and-handlers',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [NAME],
  *find(file) {
    const mentions = file.module.mentions.filter(({ specifier }) => specifier === NAME)
    for (const { node } of mentions) yield loaded(file, node)
    for (const at of namedElsewhere(
      file,
      mentions.map(({ node }) => node),
    ))
      yield { at, message: 'the package is named here, and loading it throws', evidence: evidence(file, at) }
  },
})

/** A place that loads the package: its statement goes, unless something still uses what it gives. */
function loaded(file: JavaScriptFile, node: Node): Draft {
  const draft = {
    at: node,
    message: 'the package is not needed any more, and loading it throws',
    evidence: evidence(file, node),
  }
  const removal = removalOf(file, node)
  return removal ? { ...draft, fix: removal } : { ...draft, notes: ['something is done with what the package gives'] }
}

function removalOf(file: JavaScriptFile, node: Node): DraftFix | undefined {
  const statement = statementOf(node)
  if (!statement || boundNames(statement).some((id) => isUsed(file.module, id))) return undefined
  const edit = removeStatement(file, statement)
  if (!edit) return undefined
  return {
    ...fix('safe', `Remove \`${NAME}\``, edit),
    requests: [{ dropIfUnused: 'dependency', name: NAME }],
  }
}

/** The statement that does nothing but load the package: an import, `require(…)`, `const x = require(…)`. */
function statementOf(node: Node): Node | undefined {
  if (node.type === 'ImportDeclaration' || node.type === 'TSImportEqualsDeclaration') return node
  const parent = parentOf(node)
  if (parent?.type === 'ExpressionStatement') return parent
  if (parent?.type === 'AwaitExpression') return statementOf(parent)
  if (parent?.type !== 'VariableDeclarator' || parent.init !== node || parent.id.type !== 'Identifier') return undefined
  const declaration = parentOf(parent)
  return declaration?.type === 'VariableDeclaration' && declaration.declarations.length === 1 ? declaration : undefined
}

function boundNames(statement: Node): readonly Node[] {
  if (statement.type === 'ImportDeclaration') return statement.specifiers.map(({ local }) => local as Node)
  if (statement.type === 'TSImportEqualsDeclaration') return [statement.id as Node]
  return statement.type === 'VariableDeclaration' ? [statement.declarations[0]!.id as Node] : []
}

function isUsed(module: JavaScriptModule, id: Node): boolean {
  const binding = id.type === 'Identifier' ? module.scopes.lookup(id.name, id) : undefined
  return !binding || module.references(binding).length > 0
}

/** Strings with the name that load nothing by themselves: `setupFiles: ['express-async-errors']`, `jest.mock(…)`. */
function namedElsewhere(file: JavaScriptFile, loads: readonly Node[]) {
  const comments = file.module.comments as unknown as readonly Node[]
  return [...file.text.matchAll(/(['"`])express-async-errors(?:\/[^'"`\n]*)?\1/g)]
    .map(({ index, 0: { length } }) => ({ start: index, end: index + length }))
    .filter(({ start }) => ![...loads, ...comments].some((node) => node.start <= start && start < node.end))
}

function evidence(file: JavaScriptFile, { start }: { readonly start: number }) {
  return {
    certainty: 'proven' as const,
    steps: [{ what: `the package '${NAME}'`, at: file.module.locate(start) }],
  }
}
