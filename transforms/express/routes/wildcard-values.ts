import {
  argumentsOf,
  type Draft,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  parentOf,
  replace,
} from '#kit'
import { standsAlone } from '../handlers/expressions.ts'
import { bracketStart, quoteOf } from '../handlers/layout.ts'
import { paramRead } from '../paths/index.ts'
import { App, Params, Router } from '../provider.ts'
import { isTypedByPath } from './handlers.ts'
import { handlerOf, pathsOf, sitesOf } from './registered.ts'
import { pathSites } from './sites.ts'

/** What only a text has; what a list has too says nothing of what is expected. */
const OF_TEXT =
  /^(?:startsWith|endsWith|split|replace|replaceAll|toLowerCase|toUpperCase|trim|trimStart|trimEnd|match|matchAll|search|substring|substr|charAt|charCodeAt|padStart|padEnd|normalize|localeCompare)$/
/** Functions that take a text and throw, or put commas in, for a list. */
const TAKES_TEXT =
  /^(?:join|resolve|normalize|basename|dirname|extname|relative|decodeURIComponent|encodeURIComponent|sendFile|sendfile|download|redirect|readFile|readFileSync|createReadStream|stat|statSync|existsSync|access|lookup|test|exec)$/

/** The reads of a wildcard of the new syntax that take its value for a text. */
export function* wildcardFindings(file: JavaScriptFile): Iterable<Draft> {
  for (const name of namesRead(file))
    for (const use of file.members([Params], name)) {
      if (!isText(use.node)) continue
      const request = isMember(use.object) ? (use.object.object as Node) : undefined
      const handler = request && handlerOf(file, request)
      if (!handler) continue
      const paths = sitesOf(file, handler).flatMap((site) => pathsOf(file, site).flat())
      const own = paths.filter((path) => typeof path === 'string' && isWildcard(path, name)) as string[]
      if (own.length === 0) continue
      const draft = { at: use.node, message: 'the value is a list of segments now', evidence: use }
      // a path of Express 4 beside it: the same code for both versions
      const others = paths.filter((path) => typeof path !== 'string' || !isWildcard(path, name))
      const isOnly = others.every((path) => typeof path === 'string' && path.includes(`:${name}(`))
      if (!isOnly) {
        yield { ...draft, notes: ['other paths of this handler give it a text'] }
        continue
      }
      const isOptional = own.some((path) => new RegExp(`\\{[^{}]*\\*"?${name}\\b`).test(path))
      const read = paramRead(
        { name, wild: true, prefix: '', absent: isOptional ? 'empty' : 'never' },
        file.source(use.object),
        {
          typescript: file.isTypeScript,
          inlineHandler: isTypedByPath({ module: file.module, node: handler }),
          quote: quoteOf(file.module),
        },
      )
      if (typeof read === 'string') continue
      const text = read.parenthesise && !standsAlone(use.node) ? `(${read.text})` : read.text
      yield {
        ...draft,
        fix: fix('review', `Write ${text}`, replace(use.node, bracketStart(use.node, text, file.module))),
      }
    }
  yield* callbacks(file)
}

/** `router.param('path', (req, res, next, value) => …)` for a wildcard: the value is a list as well. */
function* callbacks(file: JavaScriptFile): Iterable<Draft> {
  const uses = file.calls([App, Router], 'param')
  if (uses.length === 0) return
  const paths = pathSites(file).flatMap((site) => pathsOf(file, site).flat())
  for (const use of uses) {
    const name = literalText(use.arguments[0])
    if (name === undefined || !paths.some((path) => typeof path === 'string' && isWildcard(path, name))) continue
    yield { at: use.arguments[0]!, message: 'the callback gets a list of segments for a wildcard', evidence: use }
  }
}

function namesRead(file: JavaScriptFile): readonly string[] {
  const names = new Set<string>()
  for (const params of [...file.module.membersNamed('params')]) {
    const member = parentOf(params)
    const name = isMember(member) && member.object === params ? memberName(member) : undefined
    if (name !== undefined) names.add(name)
  }
  return [...names]
}

/** `*name` as Express 5 writes it: a segment of its own, or in braces. */
function isWildcard(path: string, name: string): boolean {
  return new RegExp(`(?:^|[/{.-])\\*"?${name}"?(?:[/}.-]|$)`).test(path)
}

/** True where an expression is used as a text. */
function isText(node: Node): boolean {
  const parent = parentOf(node)
  if (isMember(parent) && parent.object === node) return OF_TEXT.test(memberName(parent) ?? '')
  if (parent?.type === 'TemplateLiteral') return parentOf(parent)?.type !== 'TaggedTemplateExpression'
  if (parent?.type === 'BinaryExpression') return parent.operator === '+'
  if (!isCall(parent, false) || !argumentsOf(parent).includes(node)) return false
  const callee = parent.callee as Node
  return TAKES_TEXT.test(
    (isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : '') ?? '',
  )
}
