import {
  argumentsOf,
  type CallNode,
  type CallUse,
  type DraftEdit,
  insertAfter,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  type Kind,
  literalText,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { indentUnit } from '../handlers/layout.ts'
import { BodyParser, Express, StaticFactory, Urlencoded } from '../provider.ts'
import { type Holder, holderOf, isConditional, readsHolder } from './holder.ts'

/** One `express()`, and what is seen to be done with its result in the same file. */
export interface Creation {
  readonly use: CallUse
  readonly holder: Holder | undefined
  /** The calls of its methods in its chain, which are made whenever it is. */
  readonly chained: readonly CallNode[]
  /** All calls of its methods: in its chain, and under the name that holds it. */
  readonly calls: readonly CallNode[]
}

/** Every application that a file makes. */
export function creationsIn(file: JavaScriptFile): Creation[] {
  return file.callsOf(Express).map((use) => {
    const holder = holderOf(file, use.call)
    const named = holder
      ? file.module.calls.filter((call) => isCall(call, false) && readsHolder(file, baseOf(call), holder))
      : []
    const chained = chainedCalls(use.call)
    return { use, holder, chained, calls: [...chained, ...named] }
  })
}

/** The name of the method that a call calls. */
export function methodOf(call: CallNode): string | undefined {
  const callee = unwrap(call.callee)
  return isMember(callee) ? memberName(callee) : undefined
}

/** `.set(…).use(…)` behind a call. */
function chainedCalls(call: Node): CallNode[] {
  const found: CallNode[] = []
  for (let at = call, up = parentOf(at); up; up = parentOf(at)) {
    const outer = parentOf(up)
    if (!isMember(up) || up.object !== at || !isCall(outer, false) || outer.callee !== up) break
    found.push(outer)
    at = outer
  }
  return found
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

/** The calls that set the `query parser` of an application. */
export function parserSettings({ calls }: Creation): CallNode[] {
  return calls.filter(
    (call) =>
      /^(?:set|enable|disable)$/.test(methodOf(call) ?? '') && literalText(argumentsOf(call)[0]) === 'query parser',
  )
}

/** True if an application certainly gets a `query parser` of its own. */
export function hasParser(creation: Creation): boolean {
  return parserSettings(creation).some(
    (call) => creation.chained.includes(call) || !isConditional(call, creation.use.call),
  )
}

/**
 * True if an application certainly has a middleware with a source like this, in front of all handlers of the project: it
 * is given in this file, without a path, and what stands before it comes from packages.
 */
export function startsWith(file: JavaScriptFile, creation: Creation, source: RegExp): boolean {
  const handling = creation.calls
    .filter((call) => !NO_HANDLERS.test(methodOf(call) ?? ''))
    .sort((a, b) => (a.callee.end ?? 0) - (b.callee.end ?? 0))
  const first = handling.findIndex((call) => handlersOf(file, call).length > 0)
  const call = handling[first]
  if (!call || methodOf(call) !== 'use' || isConditional(call, creation.use.call)) return false
  const [handler] = handlersOf(file, call)
  return handler === argumentsOf(call)[0] && sourcesOf(file, handler as Node).some((text) => source.test(text))
}

/** Methods of an application that run nothing for a request. */
const NO_HANDLERS = /^(?:set|enable|disable|enabled|disabled|engine|listen|on|once|emit|render)$/

/** The arguments of a call that run code of the project: all but texts and what comes from a package. */
function handlersOf(file: JavaScriptFile, call: CallNode): readonly Node[] {
  return argumentsOf(call).filter(
    (argument) =>
      literalText(argument) === undefined &&
      (sourcesOf(file, argument).length > 0 ||
        !isOfPackage(file, isCall(argument, false) ? (argument.callee as Node) : argument)),
  )
}

function sourcesOf(file: JavaScriptFile, argument: Node): readonly string[] {
  if (isFunction(argument)) return [file.source(argument)]
  return file.functions(argument).found.map(({ module, node }) => module.source(node))
}

function isOfPackage(file: JavaScriptFile, expression: Node): boolean {
  const { alternatives } = file.known(expression)
  return (
    alternatives.length > 0 &&
    alternatives.every(
      (v) =>
        v.is === 'foreign' || (v.is === 'unknown' && v.from !== undefined) || (v.is === 'kind' && isParser(v.kind)),
    )
  )
}

const isParser = (kind: Kind): boolean => kind === BodyParser || kind === Urlencoded || kind === StaticFactory

/** What to insert behind an `express()`. */
export interface Insertion {
  /** The lines of the statement, without indentation of their own but with `\t` for each level in it. */
  statement(holder: string, semicolon: '' | ';'): readonly string[]
  /** A call for its chain, where no statement can follow: `.set('a', 1)`. */
  readonly chained: string
}

/** The edit that inserts a statement behind the creation of an application, or a call into its chain. */
export function behindCreation(file: JavaScriptFile, { use, holder }: Creation, insertion: Insertion): DraftEdit {
  const place = holder && placeBehind(file, holder)
  if (!place) {
    const source = file.source(use.call)
    if (source.endsWith(')')) return insertAfter(use.call, insertion.chained, file.path)
    // `new express` has no brackets to put a member behind; who else wants them there has to wait for the next round
    return replace(use.call, `${source}()${insertion.chained}`, file.path)
  }
  const unit = indentUnit(file)
  const lines = insertion
    .statement(holder.text, place.semicolon)
    .map((line) => `\n${place.indent}${line.replace(/^\t+/, (tabs) => unit.repeat(tabs.length))}`)
  return insertAfter({ start: place.at, end: place.at }, lines.join(''), file.path)
}

interface Place {
  readonly at: number
  readonly indent: string
  readonly semicolon: '' | ';'
}

/** The end of the line of a statement that stands on lines of its own. */
function placeBehind(file: JavaScriptFile, holder: Holder): Place | undefined {
  if (isTypedOtherwise(file, holder.node)) return undefined
  const { start, end } = holder.statement
  const { text } = file
  const rest = /^[^\r\n]*/.exec(text.slice(end))![0]
  const indent = /[^\r\n]*$/.exec(text.slice(0, start))![0]
  if (!/^\s*(?:\/\/.*|\/\*(?:(?!\*\/).)*\*\/\s*)?$/.test(rest) || !/^[ \t]*$/.test(indent)) return undefined
  return { at: end + rest.length, indent, semicolon: text[end - 1] === ';' ? ';' : '' }
}

/** True for a variable that is declared as something that may have no `set`: `const app: RequestListener`. */
function isTypedOtherwise(file: JavaScriptFile, node: Node): boolean {
  const annotation = 'typeAnnotation' in node ? (node.typeAnnotation as Node | null | undefined) : undefined
  return annotation != null && !/\b(?:Express|Application|any)\b/.test(file.source(annotation))
}
