import type { DataFile, JavaScriptFile, Range } from '#kit'

/** The kinds of file that a variable of the environment, or the name of a file to ship, stands in. */
export const ENVIRONMENT_FORMATS = ['environment', 'json', 'yaml', 'dockerfile', 'shell', 'javascript'] as const

/** Every place where a word stands outside of comments. */
export function occurrences(file: DataFile | JavaScriptFile, word: RegExp): (Range & { readonly text: string })[] {
  const { text } = file
  return [...text.matchAll(new RegExp(word.source, 'g'))]
    .map((match) => ({ text: match[0], start: match.index, end: match.index + match[0].length }))
    .filter(({ start }) => !isInComment(file, start))
}

function isInComment(file: DataFile | JavaScriptFile, at: number): boolean {
  if (file.format === 'javascript') return file.module.comments.some(({ start, end }) => start! <= at && at < end!)
  if (file.format === 'json') return false
  const line = file.text.slice(
    Math.max(file.text.lastIndexOf('\n', at - 1), file.text.lastIndexOf('\r', at - 1)) + 1,
    at,
  )
  return /^\s*#/.test(line) || /\s#[^"']*$/.test(line)
}

/** The whole line of a place, with its line ending, where it is `NAME=value` or `NAME: value` and nothing else. */
export function ownLine({ text }: DataFile | JavaScriptFile, { start, end }: Range): Range | undefined {
  const from = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1
  const rest = /^[ \t]*[=:][^\r\n]*(?:\r\n|\r|\n|$)/.exec(text.slice(end))?.[0]
  if (rest === undefined || !/^[ \t]*(?:export[ \t]+)?$/.test(text.slice(from, start))) return undefined
  return { start: from, end: end + rest.length }
}
