import {
  type Draft,
  defineChange,
  type JavaScriptFile,
  keyName,
  literalText,
  type MemberCall,
  type Node,
  unwrap,
} from '#kit'
import { Response } from './provider.ts'
import { isButFor } from './text/symptoms.ts'

export default defineChange({
  title: 'A Content-Type is normalised where it is set',
  why: "`res.set('Content-Type', value)` goes through `mime-types` now: a short name becomes the real type (`json`), a word that is none becomes the header `false`, and some types get a charset (`application/manifest+json`) or lose it (`application/json-patch+json`). `res.send(text)` with a type that cannot be parsed answered 500 and answers with text/html; other parameters keep their place instead of being sorted, which means the same.",
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/expressjs/express/blob/5.x/lib/response.js',
  fixable: 'never',
  symptom: (difference) =>
    isButFor(difference, (text) => text.replace(PARAMETERS, sorted)) ||
    (!difference.expected.includes('charset') && isButFor(difference, (text) => text.replace(MANIFEST, '$1'))),

  format: 'javascript',
  mentions: [/content-type/i, /\.\s*(?:type|contentType)\s*\(/],
  *find(file) {
    for (const use of file.calls([Response], 'set', 'header', 'append'))
      for (const value of contentTypes(file, use)) yield* judged(file, value, use, effect)
    for (const use of file.calls([Response], 'type', 'contentType'))
      for (const value of use.arguments.slice(0, 1)) yield* judged(file, value, use, charsetEffect)
  },
})

/** The parameters of a media type, two or more. */
const PARAMETERS = /(?=;)(?<=\b[a-z]+\/[\w.+-]+)(?:; ?[\w-]+=(?:[\w.+-]+|\\?"[^"\\]*\\?")){2,}/g
const MANIFEST = /(application\/manifest\+json); charset=utf-8/

function sorted(parameters: string): string {
  return parameters.split(/; ?/).sort().join('; ')
}

/** The types that a value is seen to have: written in place, or a constant. */
function* judged(
  file: JavaScriptFile,
  value: Node,
  use: MemberCall,
  effectOf: (type: string) => string | undefined,
): Iterable<Draft> {
  const texts = file.known(value).alternatives.map((v) => (v.is === 'primitive' ? v.value : undefined))
  const messages = [literalText(value), ...texts].map((text) => (typeof text === 'string' ? effectOf(text) : undefined))
  const message = messages.find(Boolean)
  if (message) yield { at: value, message, evidence: use }
}

/** The values of Content-Type in `set(name, value)` and `set({ name: value })`. */
function contentTypes(file: JavaScriptFile, use: MemberCall): Node[] {
  const [first, second] = use.arguments.map((argument) => unwrap(argument))
  if (!first || first.type === 'SpreadElement') return []
  if (second) return isContentType(literalText(first)) && second.type !== 'SpreadElement' ? [second] : []
  return file.known(first).alternatives.flatMap((v) => {
    if (v.is !== 'object' || v.module !== file.module || v.node.type !== 'ObjectExpression') return []
    return v.node.properties.flatMap((property) =>
      property.type === 'ObjectProperty' && isContentType(keyName(property)) ? [property.value as Node] : [],
    )
  })
}

function isContentType(name: string | undefined): boolean {
  return name?.toLowerCase() === 'content-type'
}

/** What becomes of a literal type; undefined for one that stays as it is. */
function effect(type: string): string | undefined {
  if (type === '') return 'an empty type becomes the header `false`; leave it out'
  if (!type.includes('/'))
    return `\`${type}\` is no type: a short name becomes the type it stands for, any other word the header \`false\`; write the whole type`
  return charsetEffect(type)
}

/** The types of `mime-db` 1.54 with a charset that Express 4 did not write: it wrote one for text, JavaScript and JSON. */
const GAINS =
  /^application\/(?:3gpdash-qoe-report\+xml|beep\+xml|cda\+xml|elm\+json|emergencycalldata\.cap\+xml|fhir\+(?:json|xml)|hl7v2\+xml|im-iscomposing\+xml|manifest\+json|msc-(?:ivr|mixer)\+xml|news-(?:checkgroups|groupinfo)|pidf(?:-diff)?\+xml|poc-settings\+xml|prs\.cyn|vnd\.fdsn\.stationxml\+xml|vnd\.omads-(?:email|file|folder)\+xml|vnd\.syncml(?:\.dm(?:\+wbxml|\+xml|ddf\+xml|tnds\+xml)|\+xml)|vnd\.wap\.wbxml)$/
/** Express 4 went by how a type begins. */
const LOSES = /^application\/(?:javascript|json)./

function charsetEffect(type: string): string | undefined {
  if (/charset/i.test(type) || !type.includes('/')) return undefined
  const name = type.toLowerCase().replace(/\s*;.*$/s, '')
  if (GAINS.test(name)) return 'a charset is added to this type now'
  return LOSES.test(name) ? 'no charset is added to this type any more' : undefined
}
