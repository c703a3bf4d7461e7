import {
  type Draft,
  type DraftEdit,
  type DraftFix,
  defineChange,
  fix,
  insertAfter,
  insertBefore,
  isMember,
  type JavaScriptFile,
  type MemberUse,
  memberName,
  type Node,
  parentOf,
  replace,
} from '#kit'
import { standsAlone } from './handlers/expressions.ts'
import { hasComment, quoteOf } from './handlers/layout.ts'
import { StaticFactory } from './provider.ts'

const PACKAGE = 'mime-types'
const RANGE = '^3.0.0'
const TYPES_RANGE = '^3.0.1'
const DEFAULT_TYPE = 'application/octet-stream'

export default defineChange({
  title: '`express.static.mime` was removed',
  why: '`express.static.mime` is undefined, so a look-up in it throws "Cannot read properties of undefined". The package `mime-types` has most of the same methods, but gives false for what it does not know, has no `define()`, and has newer types for some two hundred extensions.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#expressstaticmime',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bmime\b/],
  *find(file) {
    for (const use of file.members([StaticFactory], 'mime')) yield judge(file, use)
    for (const use of file.destructured([StaticFactory], 'mime'))
      yield { at: use.property, message: MESSAGE, evidence: use, notes: ['`mime` is taken out of `express.static`'] }
  },
})

const MESSAGE = '`express.static.mime` is gone; the package `mime-types` has the same look-ups'
const DEFINE =
  'types can no longer be added: set the header where the files are served, `express.static(root, { setHeaders(res, path) { … } })`'
const NEWER =
  'the types are those of Express 5: `.js` is `text/javascript`, and the name alone of a file without extension says nothing'

function judge(file: JavaScriptFile, use: MemberUse): Draft {
  const draft = { at: use.property, message: MESSAGE, evidence: use }
  const alias = aliasOf(use.node)
  const found = alias ? throughAlias(file, use.node, alias) : inPlace(file, use.node)
  return typeof found === 'string' ? { ...draft, notes: [found] } : { ...draft, fix: found, notes: [NEWER] }
}

/** The name in `const name = express.static.mime`. */
function aliasOf(node: Node): (Node & { type: 'Identifier' }) | undefined {
  const parent = parentOf(node)
  return parent?.type === 'VariableDeclarator' && parent.init === node && parent.id.type === 'Identifier'
    ? (parent.id as Node & { type: 'Identifier' })
    : undefined
}

/** The package, and in TypeScript its types, which it does not bring. */
function dependencies(file: JavaScriptFile) {
  const add = 'dependency' as const
  const types = { add, name: `@types/${PACKAGE}`, range: TYPES_RANGE, dev: true as const }
  return [{ add, name: PACKAGE, range: RANGE }, ...(file.isTypeScript ? [types] : [])]
}

/** `express.static.mime.lookup(x)`: the table by the name of an import. A string says why not. */
function inPlace(file: JavaScriptFile, mime: Node): DraftFix | string {
  const edits = editsOf(file, mime)
  if (typeof edits === 'string') return edits
  const name = importName(file, mime)
  return {
    ...fix('review', `Take it from \`${PACKAGE}\``, replace(mime, name), ...edits),
    requests: [{ add: 'import', name, from: PACKAGE }, ...dependencies(file)],
  }
}

/** `const mime = express.static.mime` of CommonJS: the package under the same name, with all its uses. */
function throughAlias(file: JavaScriptFile, mime: Node, alias: Node & { type: 'Identifier' }): DraftFix | string {
  const binding = file.module.scopes.lookup(alias.name, alias)
  if (!binding || file.module.program.sourceType === 'module') return 'the table is kept under a name'
  const edits: DraftEdit[] = []
  for (const reference of file.module.references(binding)) {
    const more = editsOf(file, reference)
    if (typeof more === 'string') return more
    edits.push(...more)
  }
  const quote = quoteOf(file.module)
  return {
    ...fix('review', `Take it from \`${PACKAGE}\``, replace(mime, `require(${quote}${PACKAGE}${quote})`), ...edits),
    requests: dependencies(file),
  }
}

/** What else has to change where the table is used; a string says why it cannot. */
function editsOf(file: JavaScriptFile, table: Node): readonly DraftEdit[] | string {
  const member = parentOf(table)
  if (!isMember(member) || member.object !== table) return 'the table itself is handed on'
  const name = memberName(member)
  const call = parentOf(member)
  const given = call?.type === 'CallExpression' && call.callee === member ? (call.arguments as Node[]) : undefined
  if (given?.some((argument) => argument.type === 'SpreadElement')) return 'its arguments are spread'
  if (name === 'lookup' && given) return lookup(file, call as Node, given)
  if (name === 'extension' && given?.length === 1) return []
  if (name === 'charsets') return isCharsetLookup(member) ? [] : 'only `charsets.lookup(type)` is left'
  if (name === 'types' && !isWritten(member)) return []
  if (name === 'extensions') return '`mime.extensions[type]` is a list there; the first one is the default'
  if (name === 'define' || name === 'load') return DEFINE
  return `\`${name ?? 'this'}\` has no equivalent`
}

/** `lookup(path, fallback)`: what it does not know was the fallback, or the default type. */
function lookup(file: JavaScriptFile, call: Node, [path, fallback, ...more]: readonly Node[]): DraftEdit[] | string {
  if (!path || more.length > 0) return '`lookup` takes one path'
  const [open, close] = standsAlone(call) ? ['', ''] : ['(', ')']
  const quote = quoteOf(file.module)
  if (!fallback) return [insertBefore(call, open), insertAfter(call, ` || ${quote}${DEFAULT_TYPE}${quote}${close}`)]
  const between = { start: path.end, end: fallback.start }
  const behind = { start: fallback.end, end: call.end }
  if (hasComment(file, between) || hasComment(file, behind)) return 'a comment stands between the arguments'
  if (!/^(?:StringLiteral|TemplateLiteral|Identifier|MemberExpression|CallExpression)$/.test(fallback.type))
    return 'its fallback is worked out'
  return [insertBefore(call, open), replace(between, ') || '), replace(behind, close)]
}

function isCharsetLookup(charsets: Node): boolean {
  const member = parentOf(charsets)
  const call = member && parentOf(member)
  return (
    isMember(member) &&
    memberName(member) === 'lookup' &&
    call?.type === 'CallExpression' &&
    call.callee === member &&
    call.arguments.length === 1
  )
}

function isWritten(member: Node): boolean {
  const outer = isMember(parentOf(member)) ? parentOf(member)! : member
  const parent = parentOf(outer)
  return (
    (parent?.type === 'AssignmentExpression' && parent.left === outer) ||
    (parent?.type === 'UnaryExpression' && parent.operator === 'delete')
  )
}

/** The name under which the file has the package already, or a free one. */
function importName(file: JavaScriptFile, at: Node): string {
  for (const { specifier, node } of file.module.mentions) {
    if (specifier !== PACKAGE) continue
    const parent = parentOf(node)
    const id =
      node.type === 'ImportDeclaration'
        ? node.specifiers.find(({ type }) => type === 'ImportDefaultSpecifier')?.local
        : parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier'
          ? parent.id
          : undefined
    if (id?.type === 'Identifier') return id.name
  }
  const isFree = (name: string) =>
    !file.module.scopes.lookup(name, at) && !file.module.scopes.lookup(name, file.module.program)
  return ['mime', 'mimeTypes', 'mimeTypesTable'].find(isFree) ?? 'expressMimeTypes'
}
