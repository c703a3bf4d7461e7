import { escape as escaped } from 'html-escaper'
import { cleanLine } from '../clean.ts'

/** Text that is HTML already. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a template: text is escaped, lists are joined, nothing leaves nothing. */
export type Part = Markup | string | number | undefined | readonly Part[]

/** HTML from a template. Whatever is put in is escaped, in text and in attributes with quotes, and safe to show. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => text + (index < parts.length ? shown(parts[index]) : '')).join(''))
}

function shown(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'string') return escaped(cleanLine(part))
  if (typeof part === 'number') return String(part)
  return part.map(shown).join('')
}

/** Foreign prose, its `code` as code. */
export function prose(text: string): Markup {
  const pieces = text.split(/(`[^`]+`)/)
  return html`<span class="prose">${pieces.map((piece, index) => (index % 2 === 1 ? html`<code>${piece.slice(1, -1)}</code>` : piece))}</span>`
}

/** A link to an address of the web; only its text where the address is none. */
export function link(address: string, text: Part): Markup {
  if (!isWebAddress(address)) return html`${text}`
  return html`<a href="${address}" rel="noopener noreferrer" target="_blank">${text}</a>`
}

/** True for http and https. */
export function isWebAddress(address: string): boolean {
  return /^https?:\/\/\S+$/.test(address)
}

/** A value as JSON that no HTML parser can find an end or a comment in, whatever its strings are. */
export function json(value: unknown): Markup {
  const text = JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return new Markup(text)
}
