import { diffLines, formatPatch, OMIT_HEADERS, structuredPatch } from 'diff'
import type { FilePatch } from '../model/report.ts'

/** The part of a FilePatch that a diff shows. The texts are the whole files, with their byte order marks. */
export type TextPatch = Pick<FilePatch, 'file' | 'before' | 'after' | 'removed'>

/**
 * One unified diff of several files, as `git diff` prints it: `git apply` turns every `before` into its `after` to the
 * byte. Line endings stay as they are, a file without `before` is created, a file that does not change is left out.
 */
export function unifiedDiff(patches: readonly TextPatch[]): string {
  return patches
    .filter(({ before, after, removed }) => before !== after || removed)
    .map(filePatch)
    .join('')
}

function filePatch({ file, before, after, removed }: TextPatch): string {
  const [oldName, newName] = [quoted(`a/${file}`), quoted(`b/${file}`)]
  const header = [`diff --git ${oldName} ${newName}`]
  if (before === undefined) header.push('new file mode 100644')
  if (removed) header.push('deleted file mode 100644')
  const patch = structuredPatch(oldName, newName, before ?? '', after, undefined, undefined, { context: 3 })
  if (patch.hunks.length === 0) return `${header.join('\n')}\n`
  header.push(
    `--- ${before === undefined ? '/dev/null' : headed(oldName)}`,
    `+++ ${removed ? '/dev/null' : headed(newName)}`,
  )
  return `${header.join('\n')}\n${formatPatch(patch, OMIT_HEADERS)}`
}

/** A name with a space needs a tab behind it: without one, `patch` takes what follows the space for a date. */
function headed(name: string): string {
  return name.includes(' ') ? `${name}\t` : name
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

/** A file name as git writes it (core.quotePath): like a C string, where it has anything but printable ASCII. */
function quoted(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name) && !/["\\]/.test(name)) return name
  return `"${name.replace(/["\\\x00-\x1f]|[^\x20-\x7e]+/gu, (part) => ESCAPES[part] ?? octal(part))}"`
}

function octal(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}

/** The lines in which two texts differ, each with the one that stands in its place; '' where there is none. */
export function changedLines(before: string, after: string): { expected: string; actual: string }[] {
  const pairs: { expected: string; actual: string }[] = []
  const parts = diffLines(`${before}\n`, `${after}\n`)
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!
    if (!part.added && !part.removed) continue
    const next = parts[at + 1]
    const isReplaced = part.removed && next?.added === true
    const removed = part.removed ? linesOf(part.value) : []
    const added = part.added ? linesOf(part.value) : isReplaced ? linesOf(next.value) : []
    for (let line = 0; line < Math.max(removed.length, added.length); line++)
      pairs.push({ expected: removed[line] ?? '', actual: added[line] ?? '' })
    if (isReplaced) at++
  }
  return pairs
}

function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1)
}
