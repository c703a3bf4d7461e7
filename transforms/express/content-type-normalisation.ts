import { defineChange, keyName, literalText, type MemberCall, type Node, unwrap } from '#kit'
import { Response } from './provider.ts'
import { isButFor } from './text/symptoms.ts'

export default defineChange({
  title: 'A Content-Type is normalised where it is set',
  why: "`res.set('Content-Type', value)` goes through `mime-types` now: a short name becomes the real type (`json`), a word that is none becomes the header `false`, and `application/manifest+json` gets a charset. `res.send(text)` with a type that cannot be parsed answered 500 and answers with text/html; other parameters keep their place instead of being sorted, which means the same.",
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/expressjs/express/blob/5.x/lib/response.js',
  fixable: 'never',
  symptom: (difference) =>
    isButFor(difference, (text) => text.replace(PARAMETERS, sorted)) ||
    (!difference.expected.includes('charset') && isButFor(difference, (text) => text.replace(MANIFEST, '$1'))),

  format: 'javascript',
  mentions: [/content-type/i],
  *find(file) {
    for (const use of file.calls([Response], 'set', 'header'))
      for (const value of contentTypes(use)) {
        const text = literalText(value)
        const message = text === undefined ? undefined : effect(text)
        if (message) yield { at: value, message, evidence: use }
      }
  },
})

/** The parameters of a media type, two or more. */
const PARAMETERS = /(?=;)(?<=\b[a-z]+\/[\w.+-]+)(?:; ?[\w-]+=(?:[\w.+-]+|\\?"[^"\\]*\\?")){2,}/g
const MANIFEST = /(application\/manifest\+json); charset=utf-8/

function sorted(parameters: string): string {
  return parameters.split(/; ?/).sort().join('; ')
}

/** The values of Content-Type in `set(name, value)` and `set({ name: value })`. */
function contentTypes(use: MemberCall): Node[] {
  const [first, second] = use.arguments.map((argument) => unwrap(argument))
  if (!first) return []
  if (second) return isContentType(literalText(first)) ? [second] : []
  if (first.type !== 'ObjectExpression') return []
  return first.properties.flatMap((property) =>
    property.type === 'ObjectProperty' && isContentType(keyName(property)) ? [property.value as Node] : [],
  )
}

function isContentType(name: string | undefined): boolean {
  return name?.toLowerCase() === 'content-type'
}

/** What becomes of a literal type; undefined for one that stays as it is. */
function effect(type: string): string | undefined {
  if (type === '') return 'an empty type becomes the header `false`; leave it out'
  if (!type.includes('/'))
    return `\`${type}\` is no type: a short name becomes the type it stands for, any other word the header \`false\`; write the whole type`
  return type.toLowerCase() === 'application/manifest+json' ? 'a charset is added to this type now' : undefined
}
