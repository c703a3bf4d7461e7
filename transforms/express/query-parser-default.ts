import {
  argumentsOf,
  type CallUse,
  defineChange,
  fix,
  insertAfter,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { Express } from './provider.ts'

const NOTE = 'keep Express 4 query strings; see upgrade-kit explain express/query-parser-default'

export default defineChange({
  title: 'Query strings are read flat by default',
  why: 'The default of the setting `query parser` went from `extended` to `simple`: `?filter[name]=x` gives `{ "filter[name]": "x" }`, and `?ids[]=1` no list under `ids`. Nothing is thrown. The setting is not inherited by a mounted application, so every `express()` needs it.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#req.query',
  fixable: 'always',

  format: 'javascript',
  mentions: [/\bexpress\b/],
  *find(file) {
    for (const use of file.callsOf(Express)) {
      const name = holderOf(file, use.call)
      if (hasParser(file, use.call, name)) continue
      yield {
        at: use.call,
        message:
          "set the 'query parser' to 'extended' to keep nested query strings; remove it where no client sends any",
        evidence: use,
        fix: statement(file, use, name) ?? inPlace(file, use),
        notes: [
          'lists of more than 20 elements become objects all the same: Express 5 reads them with the limit of `qs`',
        ],
      }
    }
  },
})

interface Holder {
  /** How the application is read after the statement: `app`, `this.app`, `module.exports`. */
  readonly text: string
  readonly node: Node
  /** The statement that gives it the value. */
  readonly statement: Node
}

/** What holds the new application, when it is given to a name or a member by a statement. */
function holderOf(file: JavaScriptFile, call: Node): Holder | undefined {
  let at: Node = call
  let target: Node | undefined
  for (let up = parentOf(at); up; at = up, up = parentOf(up)) {
    if (up.type === 'ParenthesizedExpression' || unwrap(up) === unwrap(at)) continue
    if (up.type === 'AssignmentExpression' && up.right === at && up.operator === '=') {
      // in `app = module.exports = express()` the first name is the one that is used
      target = up.left as Node
      continue
    }
    if (up.type === 'VariableDeclarator' && up.init === at && up.id.type === 'Identifier') {
      const declaration = parentOf(up)
      return declaration && isInList(declaration)
        ? { text: up.id.name, node: up.id as Node, statement: declaration }
        : undefined
    }
    if (up.type === 'ExpressionStatement' && target && isInList(up))
      return isPlain(target) ? { text: file.source(target), node: target, statement: up } : undefined
    return undefined
  }
  return undefined
}

/** True for a statement that another one can follow. An exported declaration counts with its export. */
function isInList(statement: Node): boolean {
  const parent = parentOf(statement)
  if (parent?.type === 'ExportNamedDeclaration') return true
  return (
    parent?.type === 'Program' ||
    parent?.type === 'BlockStatement' ||
    parent?.type === 'StaticBlock' ||
    parent?.type === 'TSModuleBlock'
  )
}

function isPlain(target: Node): boolean {
  if (target.type === 'Identifier' || target.type === 'ThisExpression') return true
  return isMember(target) && !target.computed && isPlain(target.object as Node)
}

/** True if the application gets a parser in its own chain, or under the name that holds it. */
function hasParser(file: JavaScriptFile, call: Node, holder: Holder | undefined): boolean {
  for (let at = call, up = parentOf(at); up; ) {
    const outer = parentOf(up)
    if (!isMember(up) || up.object !== at || !isCall(outer, false) || outer.callee !== up) break
    if (setsParser(outer)) return true
    at = outer
    up = parentOf(at)
  }
  if (!holder) return false
  const same = (object: Node) =>
    object.type === 'Identifier' && holder.node.type === 'Identifier'
      ? file.module.binding(object) === file.module.scopes.lookup(holder.node.name, holder.node)
      : file.source(object) === holder.text
  return file.module.calls.some((other) => setsParser(other) && same(baseOf(other)))
}

function setsParser(call: Node): boolean {
  if (!isCall(call, false)) return false
  const callee = unwrap(call.callee)
  return (
    isMember(callee) &&
    /^(?:set|enable|disable)$/.test(memberName(callee) ?? '') &&
    literalText(argumentsOf(call)[0]) === 'query parser'
  )
}

/** In `app.set(…).set(…)`, the `app`. */
function baseOf(call: Node): Node {
  let at = call
  while (isCall(at, false)) {
    const callee = unwrap(at.callee)
    if (!isMember(callee)) return at
    at = unwrap(callee.object)
  }
  return at
}

/** A line of its own after the statement, which a person can remove. */
function statement(file: JavaScriptFile, use: CallUse, holder: Holder | undefined) {
  if (!holder) return undefined
  const parent = parentOf(holder.statement)
  const whole = parent?.type === 'ExportNamedDeclaration' ? parent : holder.statement
  const rest = /^[^\r\n]*/.exec(file.text.slice(whole.end))![0]
  const lineStart =
    Math.max(file.text.lastIndexOf('\n', whole.start - 1), file.text.lastIndexOf('\r', whole.start - 1)) + 1
  const indent = file.text.slice(lineStart, whole.start)
  if (!/^\s*(?:\/\/.*|\/\*(?:(?!\*\/).)*\*\/\s*)?$/.test(rest) || !/^[ \t]*$/.test(indent)) return undefined
  const end = file.source(whole).endsWith(';') ? ';' : ''
  const line = `${indent}${holder.text}.set(${quoted(file, use)})${end} // ${NOTE}`
  return fix(
    'safe',
    "Set the 'query parser' to 'extended'",
    insertAfter({ start: whole.end, end: whole.end + rest.length }, `\n${line}`),
  )
}

/** Where no statement can follow: `express().set(…)` gives the application back. */
function inPlace(file: JavaScriptFile, use: CallUse) {
  return fix(
    'safe',
    "Set the 'query parser' to 'extended' in place",
    insertAfter(use.call, `.set(${quoted(file, use)})`),
  )
}

function quoted(file: JavaScriptFile, use: CallUse): string {
  const start = file.text.slice(0, use.call.end)
  const quote = (start.match(/"/g)?.length ?? 0) > (start.match(/'/g)?.length ?? 0) ? '"' : "'"
  return `${quote}query parser${quote}, ${quote}extended${quote}`
}
