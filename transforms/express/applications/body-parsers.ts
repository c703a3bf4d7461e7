import {
  argumentsOf,
  type CallNode,
  type DraftEdit,
  type Evidence,
  insertBefore,
  isBelow,
  isCall,
  isMember,
  type JavaScriptFile,
  keyName,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  type Survey,
  unwrap,
} from '#kit'
import { indentUnit } from '../handlers/layout.ts'
import { App, BodyParser, HTTP_METHODS, Route, Router, Urlencoded } from '../provider.ts'

/** A body parser that is given to an application or a router. */
export interface ParserSite {
  /** `app.use(…)`, `router.post(…)`. */
  readonly call: CallNode
  /** What the method is called on. */
  readonly receiver: Node
  readonly method: string
  /** The argument that is, or holds, the parser. */
  readonly argument: Node
  readonly evidence: Evidence
}

/** One call that makes a body parser. */
export interface Parser {
  readonly call: CallNode
  readonly evidence: Evidence
}

/** The calls of `express.json()` and its like in a file. */
export function ownParsers(file: JavaScriptFile): Parser[] {
  return [BodyParser, Urlencoded].flatMap((parser) =>
    file.callsOf(parser).map(({ call, evidence }) => ({ call, evidence })),
  )
}

/** The calls of the package `body-parser` in a file: `bodyParser.urlencoded()`, `bodyParser()`. */
export function packageParsers(file: JavaScriptFile): Parser[] {
  return file.module.calls.flatMap((call) => {
    if (!isOfBodyParser(file, unwrap(call.callee))) return []
    const steps = [{ what: "the package 'body-parser'", at: file.module.locate(call.start) }]
    return [{ call, evidence: { certainty: 'proven' as const, steps } }]
  })
}

/** Whether a package calls a parser of Express itself. */
export const hasOwnParser: Survey<boolean> = {
  mentions: [/\b(?:json|urlencoded|raw|text)\b/],
  look: (files) => {
    for (const file of files) if (ownParsers(file).length > 0) return true
    return false
  },
}

/**
 * True if a package has parsers of Express and of body-parser 1, so that both may see one request and body-parser goes to
 * version 2. Where only body-parser 1 reads bodies, nothing changes with Express 5: it goes on giving each request a body.
 */
export function leavesVersion1(project: ProjectFacts): boolean {
  const range = project.declared('body-parser')
  return (range === undefined || isBelow(range, '2.0.0')) && project.survey(hasOwnParser)
}

/** True for what is called: the package `body-parser`, or a parser of it. */
export function isOfBodyParser(file: JavaScriptFile, callee: Node): boolean {
  const isLikely = /json|urlencoded|raw|text|parse|body/i.test(parserName(file, callee) ?? '')
  if (!isLikely && !/\bbody-parser\b/.test(loadingText(file, callee))) return false
  return file.known(callee).alternatives.some((v) => v.is === 'unknown' && v.from === 'body-parser')
}

/** `json` for `bodyParser.json`, and for `parse` in `{ json: parse }`; undefined for the package itself, as in `bodyParser()`. */
export function parserName(file: JavaScriptFile, callee: Node): string | undefined {
  if (isMember(callee)) return memberName(callee)
  const binding = callee.type === 'Identifier' ? file.module.binding(callee) : undefined
  const [declaration] = binding?.declarations ?? []
  if (!binding || !declaration) return undefined
  if (declaration.type === 'ImportSpecifier') {
    const name = file.source(declaration.imported as Node).replace(/^['"]|['"]$/g, '')
    return name === 'default' ? undefined : name
  }
  if (declaration.type !== 'VariableDeclarator') return undefined
  const [id] = binding.identifiers
  const property = id && parentOf(id as Node)
  if (declaration.id !== id) return property?.type === 'ObjectProperty' ? keyName(property) : undefined
  const init = declaration.init ? unwrap(declaration.init as Node) : undefined
  return isMember(init) ? memberName(init) : undefined
}

/** The text that says where a name comes from: its declaration, or the expression itself. */
function loadingText(file: JavaScriptFile, callee: Node): string {
  if (callee.type !== 'Identifier') return isCall(callee, false) ? file.source(callee) : ''
  const [declaration] = file.module.binding(callee)?.declarations ?? []
  if (!declaration) return ''
  return file.source(declaration.type.startsWith('Import') ? parentOf(declaration)! : declaration)
}

/** Where parsers that a file makes are mounted, and the ones whose place is not seen. */
export function parserSites(
  file: JavaScriptFile,
  parsers: readonly Parser[],
): {
  readonly sites: readonly ParserSite[]
  readonly loose: readonly Parser[]
} {
  const sites: ParserSite[] = []
  const loose: Parser[] = []
  for (const parser of [...parsers].sort((a, b) => a.call.start - b.call.start)) {
    const found = placesOf(file, parser.call).map((place) => siteOf(file, place))
    for (const site of found) if (site && !sites.some((other) => other.argument === site.argument)) sites.push(site)
    if (found.length === 0 || found.includes(undefined)) loose.push(parser)
  }
  return { sites: sites.sort((a, b) => a.argument.start - b.argument.start), loose }
}

/** The expression itself, or every use of the variable that holds it. */
function placesOf(file: JavaScriptFile, expression: Node): Node[] {
  let whole = expression
  while (parentOf(whole)?.type === 'ArrayExpression') whole = parentOf(whole)!
  const parent = parentOf(whole)
  if (parent?.type !== 'VariableDeclarator' || parent.id.type !== 'Identifier') return [expression]
  const binding = file.module.scopes.lookup(parent.id.name, parent)
  return binding ? [...file.module.references(binding)] : [expression]
}

function siteOf(file: JavaScriptFile, place: Node): ParserSite | undefined {
  let argument = place
  for (let up = parentOf(argument); up; up = parentOf(argument)) {
    if (up.type !== 'ArrayExpression' && up.type !== 'SpreadElement' && unwrap(up) === up) break
    argument = up
  }
  const call = parentOf(argument)
  const callee = isCall(call, false) ? unwrap(call.callee) : undefined
  if (!isCall(call, false) || !isMember(callee) || !argumentsOf(call).includes(argument)) return undefined
  const method = memberName(callee) ?? ''
  if (method !== 'use' && method !== 'all' && !HTTP_METHODS.includes(method)) return undefined
  const evidence = file.evidence(callee.object as Node, [App, Router, Route])
  return evidence && { call, receiver: unwrap(callee.object), method, argument, evidence }
}

/** The arguments of a call before the handlers: its path. */
export function pathOf(file: JavaScriptFile, { call }: ParserSite): Node | undefined {
  const [first] = argumentsOf(call)
  if (!first || argumentsOf(call).length < 2) return undefined
  const { type } = file.known(first)
  return type === 'string' || unwrap(first).type === 'RegExpLiteral' || unwrap(first).type === 'StringLiteral'
    ? first
    : undefined
}

const NOTE =
  'Express 4 behaviour: without a body, `req.body` is an empty object; remove this when every reader copes with undefined'
const SHORT_NOTE = 'Express 4: an empty body where there is none'
/** Source of a middleware that gives requests a body. */
export const GIVES_BODY =
  /\.body\s*(?:\?\?|\|\|)=|\.body\s*=\s*\w+\.body\s*(?:\|\||\?\?)|!\s*\w+\.body\s*\)[^;]*\.body\s*=/

/** The edit that gives every request a body before a parser: a statement, or one more handler in the same call. */
export function defaultBody(file: JavaScriptFile, site: ParserSite): DraftEdit {
  const { call, receiver, argument, method } = site
  const statement = parentOf(call)
  const path = pathOf(file, site)
  const handlers = argumentsOf(call).slice(path ? 1 : 0)
  const before = /[^\r\n]*$/.exec(file.text.slice(0, call.start))![0]
  const isAlone =
    method === 'use' &&
    statement?.type === 'ExpressionStatement' &&
    handlers[0] === argument &&
    /^(?:Identifier|MemberExpression|ThisExpression)$/.test(receiver.type) &&
    /^[ \t]*$/.test(before)
  if (!isAlone) return insertBefore(argument, `/* ${SHORT_NOTE} */ (req, _res, next) => { req.body ??= {}; next() }, `)
  const end = file.source(statement).endsWith(';') ? ';' : ''
  const unit = indentUnit(file)
  const lines = [
    `// ${NOTE}`,
    `${file.source(receiver)}.use(${path ? `${file.source(path)}, ` : ''}(req, _res, next) => {`,
    `${unit}req.body ??= {}${end}`,
    `${unit}next()${end}`,
    `})${end}`,
  ]
  return insertBefore(call, `${lines.join(`\n${before}`)}\n${before}`)
}
