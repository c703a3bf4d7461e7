import {
  type Difference,
  type Draft,
  defineChange,
  type JavaScriptFile,
  keyName,
  literalText,
  type Node,
  unwrap,
} from '#kit'
import { Request, Response } from './provider.ts'
import { isCompared, literalsOf, statementText, textEvidence } from './text/literals.ts'

/** Names whose type differs, where Express 4 knew one: name → [mime 1.6, mime-db 1.54]; both tables were run. */
const CHANGED: Readonly<Record<string, readonly [old: string, now: string]>> = {
  js: ['application/javascript', 'text/javascript'],
  mjs: ['application/javascript', 'text/javascript'],
  ico: ['image/x-icon', 'image/vnd.microsoft.icon'],
  aac: ['audio/x-aac', 'audio/aac'],
  rar: ['application/x-rar-compressed', 'application/vnd.rar'],
  sql: ['application/x-sql', 'application/sql'],
  stl: ['application/vnd.ms-pki.stl', 'model/stl'],
  obj: ['application/x-tgif', 'model/obj'],
  mts: ['model/vnd.mts', 'video/mp2t'],
  asc: ['application/pgp-signature', 'application/pgp-keys'],
  wmf: ['application/x-msmetafile', 'image/wmf'],
  emf: ['application/x-msmetafile', 'image/emf'],
  exe: ['application/octet-stream', 'application/x-msdos-program'],
  dmg: ['application/octet-stream', 'application/x-apple-diskimage'],
  iso: ['application/octet-stream', 'application/x-iso9660-image'],
  msi: ['application/octet-stream', 'application/x-msdownload'],
  deb: ['application/octet-stream', 'application/x-debian-package'],
  dll: ['application/octet-stream', 'application/x-msdownload'],
}
/** What only Express 4 writes in a header; as text, and as it stands in a regular expression. */
const OLD_TYPES =
  /application\\?\/javascript|image\\?\/x-icon|audio\\?\/x-aac|application\\?\/x-rar-compressed|application\\?\/x-sql|charset=UTF-8/

export default defineChange({
  title: 'The content types of some two hundred extensions have changed',
  why: "Among them are `.js` and `.mjs` (now `text/javascript`), `.ico`, `.aac` and `.rar`, and `express.static()` writes `charset=utf-8` in lower case; the same table is behind `res.type()`, `res.format()`, `req.accepts()` and `req.is()`, so a client that asks for `application/javascript` no longer gets the `js` branch. Of the guide's list, JSON, CSS, XML, SVG and WOFF are the same in both versions.",
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#mime-type-changes',
  fixable: 'never',
  symptom: isOldType,

  format: 'javascript',
  restsOn: 'dependency',
  mentions: [/\.\s*(?:accepts|is|type|contentType|format)\s*\(/, OLD_TYPES],
  mentionsWithoutUses: [OLD_TYPES],
  *find(file) {
    for (const use of file.calls([Request], 'accepts', 'is')) yield* named(use.arguments.flatMap(parts), use, SELECTS)
    for (const use of file.calls([Response], 'type', 'contentType')) yield* named(use.arguments.slice(0, 1), use, SENDS)
    for (const use of file.calls([Response], 'format')) yield* named(keysOf(use.arguments[0]), use, SELECTS)
    for (const literal of literalsOf(file)) if (isOldHeader(file, literal)) yield compared(file, literal)
  },
})

const SELECTS = 'stands for'
const SENDS = 'sends'

function* named(names: readonly Node[], use: Pick<Draft, 'evidence'>, verb: string): Iterable<Draft> {
  for (const node of names) {
    const name = node.type === 'Identifier' ? node.name : literalText(node)
    const change = name === undefined ? undefined : CHANGED[name.replace(/^\./, '').toLowerCase()]
    if (change)
      yield {
        at: node,
        message: `\`${name}\` ${verb} \`${change[1]}\` now, and was \`${change[0]}\``,
        evidence: use.evidence,
      }
  }
}

/** One type of the table instead of the other, or another case of the charset; the rest is the same. */
function isOldType({ expected, actual }: Difference): boolean {
  if (expected === actual) return false
  const lower = (text: string) => text.replace('charset=UTF-8', 'charset=utf-8')
  const pairs = Object.values(CHANGED).filter(([old]) => expected.includes(old))
  return [['', ''] as const, ...pairs].some(([old, now]) => lower(expected.replace(old, now)) === actual)
}

/** `'js'`, and the elements of `['js', 'json']`. */
function parts(argument: Node): readonly Node[] {
  const node = unwrap(argument)
  return node.type === 'ArrayExpression'
    ? (node.elements.filter(Boolean) as Node[])
    : node.type === 'StringLiteral'
      ? [node]
      : []
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
