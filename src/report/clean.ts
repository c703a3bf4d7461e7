/** Control characters, direction overrides and invisible characters: what source text could use to lie to a terminal. */
const HOSTILE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu
const LONE_SURROGATE = /\p{Surrogate}/gu
const DELETE = 0x7f
const CONTROL_PICTURES = 0x2400

/**
 * One line of foreign text, safe to print: tabs become two spaces, control characters their pictures (`␛`), everything
 * else that is invisible or turns the direction of writing its `\u…` name.
 */
export function cleanLine(text: string): string {
  return text.replaceAll('\t', '  ').replace(HOSTILE, visible).replace(LONE_SURROGATE, visible)
}

/** Foreign text as safe lines, whatever its line endings. */
export function cleanLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/).map(cleanLine)
}

function visible(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code)
  if (code === DELETE) return '␡'
  return `\\u${code.toString(16).padStart(4, '0')}`
}
