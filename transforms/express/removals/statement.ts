import { type DraftEdit, type JavaScriptFile, type Node, parentOf, replace } from '#kit'
import { hasComment } from '../handlers/layout.ts'

/**
 * The edit that takes a statement away, with its line when nothing else stands there. Undefined for one that is the whole
 * body of an `if` or a loop, or that has a comment in it. A semicolon stays where the next statement would be read as a continuation of the one before.
 */
export function removeStatement(file: JavaScriptFile, statement: Node): DraftEdit | undefined {
  const list = parentOf(statement)
  if (!list || !/^(?:Program|BlockStatement|StaticBlock|SwitchCase|TSModuleBlock)$/.test(list.type)) return undefined
  if (hasComment(file, statement)) return undefined
  const { text } = file
  const behind = text.slice(statement.end)
  if (/^\s*[([`/+*-]/.test(behind.replace(/^(?:\s|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)*/, '')))
    return replace(statement, file.source(statement).endsWith(';') ? ';' : '')
  const lineStart = /[^\r\n]*$/.exec(text.slice(0, statement.start))!.index
  const isAlone = /^[ \t]*$/.test(text.slice(lineStart, statement.start)) && /^[ \t]*(?:\r\n?|\n|$)/.test(behind)
  if (!isAlone) return replace(statement, '')
  return replace({ start: lineStart, end: statement.end + /^[ \t]*(?:\r\n?|\n|$)/.exec(behind)![0].length }, '')
}
