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
import { type Holder, holderOf, isConditional, readsHolder } from './applications/holder.ts'
import { quoteOf } from './handlers/layout.ts'
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
      const holder = holderOf(file, use.call)
      if (hasParser(file, use.call, holder)) continue
      yield {
        at: use.call,
        message:
          "set the 'query parser' to 'extended' to keep nested query strings; remove it where no client sends any",
        evidence: use,
        fix: statement(file, holder) ?? inPlace(file, use),
        notes: [
          'lists of more than 20 elements become objects all the same: Express 5 reads them with the limit of `qs`',
        ],
      }
    }
  },
})

/** True if the application gets a parser in its own chain, or under the name that holds it. */
function hasParser(file: JavaScriptFile, call: Node, holder: Holder | undefined): boolean {
  for (let at = call, up = parentOf(at); up; up = parentOf(at)) {
    const outer = parentOf(up)
    if (!isMember(up) || up.object !== at || !isCall(outer, false) || outer.callee !== up) break
    if (setsParser(outer)) return true
    at = outer
  }
  return (
    holder !== undefined &&
    file.module.calls.some(
      (other) => setsParser(other) && readsHolder(file, baseOf(other), holder) && !isConditional(other),
    )
  )
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
function statement(file: JavaScriptFile, holder: Holder | undefined) {
  if (!holder || isTypedOtherwise(file, holder.node)) return undefined
  const { start, end } = holder.statement
  const { text } = file
  const rest = /^[^\r\n]*/.exec(text.slice(end))![0]
  const indent = /[^\r\n]*$/.exec(text.slice(0, start))![0]
  if (!/^\s*(?:\/\/.*|\/\*(?:(?!\*\/).)*\*\/\s*)?$/.test(rest) || !/^[ \t]*$/.test(indent)) return undefined
  const line = `${indent}${holder.text}.set(${setting(file)})${text[end - 1] === ';' ? ';' : ''} // ${NOTE}`
  return fix(
    'safe',
    "Set the 'query parser' to 'extended'",
    insertAfter({ start: end, end: end + rest.length }, `\n${line}`),
  )
}

/** True for a variable that is declared as something that may have no `set`: `const app: RequestListener`. */
function isTypedOtherwise(file: JavaScriptFile, node: Node): boolean {
  const annotation = 'typeAnnotation' in node ? (node.typeAnnotation as Node | null | undefined) : undefined
  return annotation != null && !/\b(?:Express|Application|any)\b/.test(file.source(annotation))
}

/** Where no statement can follow: `express().set(…)` gives the application back. */
function inPlace(file: JavaScriptFile, use: CallUse) {
  return fix('safe', "Set the 'query parser' to 'extended' in place", insertAfter(use.call, `.set(${setting(file)})`))
}

function setting(file: JavaScriptFile): string {
  const quote = quoteOf(file.module)
  return `${quote}query parser${quote}, ${quote}extended${quote}`
}
