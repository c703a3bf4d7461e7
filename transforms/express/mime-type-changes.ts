import {
  type Difference,
  type Draft,
  defineChange,
  type JavaScriptFile,
  keyName,
  literalText,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { Request, Response } from './provider.ts'
import { selectedTypes, sentTypes, type TypeChanges } from './responses/content-types.ts'
import { isCompared, literalsOf, statementText, textEvidence } from './text/literals.ts'

/** What only Express 4 writes in a header; as text, and as it stands in a regular expression. */
const OLD_TYPES =
  /application\\?\/javascript|image\\?\/x-icon|audio\\?\/x-aac|application\\?\/x-rar-compressed|application\\?\/x-sql|charset=UTF-8/

export default defineChange({
  title: 'The content types of some two hundred extensions have changed',
  why: 'Among them are `.js` and `.mjs` (now `text/javascript`), `.ico`, `.aac` and `.rar`, and `express.static()` writes `charset=utf-8` in lower case; `res.type()` and `res.format()` send by the same table. `req.accepts()` and `req.is()` have another one, which changed for some seventy: a client that asks for `application/javascript` no longer gets the `js` branch.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#mime-type-changes',
  fixable: 'never',
  symptom: isOldType,

  format: 'javascript',
  restsOn: 'dependency',
  mentions: [/\.\s*(?:accepts|is|type|contentType|attachment|format)\s*\(/, OLD_TYPES],
  mentionsWithoutUses: [OLD_TYPES],
  *find(file) {
    for (const use of file.calls([Request], 'accepts', 'is'))
      yield* named(file, use.arguments.flatMap(parts), use, SELECTS)
    for (const use of file.calls([Response], 'type', 'contentType'))
      yield* named(file, use.arguments.slice(0, 1), use, SENDS)
    for (const use of file.calls([Response], 'attachment')) yield* named(file, use.arguments.slice(0, 1), use, ATTACHES)
    for (const use of file.calls([Response], 'format'))
      yield* named(file, keysOf(use.arguments[0]), use, SELECTS, SENDS)
    for (const literal of literalsOf(file)) if (isOldHeader(file, literal)) yield compared(file, literal)
  },
})

interface Table {
  readonly types: TypeChanges
  readonly verb: 'stands for' | 'sends'
  readonly ofFile?: true
}

const SELECTS: Table = { types: selectedTypes, verb: 'stands for' }
const SENDS: Table = { types: sentTypes, verb: 'sends' }
/** The name of a file, of which only the extension counts. */
const ATTACHES: Table = { ...SENDS, ofFile: true }

function* named(
  file: JavaScriptFile,
  names: readonly Node[],
  use: Pick<Draft, 'evidence'>,
  ...tables: readonly Table[]
): Iterable<Draft> {
  for (const node of names) {
    const text = nameIn(file, node)
    if (text === undefined) continue
    const extension = text.slice(text.lastIndexOf('.') + 1).toLowerCase()
    for (const { types, verb, ofFile } of tables) {
      // a type with a slash is taken as it is
      if (!Object.hasOwn(types, extension) || (ofFile ? !text.includes('.') : text.includes('/'))) continue
      const [old, now] = types[extension]!
      const message = `\`${text}\` ${verb} ${typeText(now)} now, and ${verb === 'sends' ? 'sent' : 'stood for'} ${typeText(old)}`
      yield { at: node, message, evidence: use.evidence }
      break
    }
  }
}

/** The key of a `format`, or a name that is written, here or where a constant is. */
function nameIn(file: JavaScriptFile, node: Node): string | undefined {
  const isKey = node.type === 'Identifier' && parentOf(parentOf(node)!)?.type === 'ObjectExpression'
  if (isKey) return node.name
  const { value } = file.known(node)
  return literalText(node) ?? (typeof value === 'string' ? value : undefined)
}

function typeText(type: string): string {
  return type === '' ? 'nothing' : `\`${type}\``
}

/** One type of the table instead of the other, or another case of the charset; the rest is the same. */
function isOldType({ expected, actual }: Difference): boolean {
  if (expected === actual) return false
  const lower = (text: string) => text.replace('charset=UTF-8', 'charset=utf-8')
  const pairs = Object.values(sentTypes).filter(([old]) => expected.includes(old))
  return [['', ''] as const, ...pairs].some(([old, now]) => lower(expected.replace(old, now)) === actual)
}

/** `'js'`, and the elements of `['js', 'json']`. */
function parts(argument: Node): readonly Node[] {
  const node = unwrap(argument)
  return node.type === 'ArrayExpression' ? (node.elements.filter(Boolean) as Node[]) : [node]
}

/** The keys of `res.format({ js () {} })`, as they are written. */
function keysOf(argument: Node | undefined): readonly Node[] {
  const object = argument && unwrap(argument)
  if (object?.type !== 'ObjectExpression') return []
  return object.properties.flatMap((property) =>
    property.type === 'SpreadElement' || property.computed || keyName(property) === undefined
      ? []
      : [property.key as Node],
  )
}

/** True for a type of Express 4 that a header is compared with; what a program itself writes stays as it is. */
function isOldHeader(file: JavaScriptFile, { node, text }: { readonly node: Node; readonly text: string }): boolean {
  return OLD_TYPES.test(text) && isCompared(node) && /content-?type|\bmime\b/i.test(statementText(file, node))
}

function compared(file: JavaScriptFile, literal: { readonly node: Node; readonly text: string }): Draft {
  return {
    at: literal.node,
    message: 'files are served with another type, or with `charset=utf-8` in lower case',
    evidence: textEvidence(file, literal),
    notes: ['what the program or another server writes itself stays as it is'],
  }
}
