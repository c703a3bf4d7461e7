import {
  argumentsOf,
  defineChange,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  type MemberCall,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { bracketStart, handlerAround, registrationsOf } from './handlers/handler.ts'
import { HTTP_METHODS, Request } from './provider.ts'
import { isPure } from './responses/status.ts'

export default defineChange({
  title: '`req.param()` was removed',
  why: 'The method looked in `req.params`, then `req.body`, then `req.query`. The call throws "req.param is not a function" when a request reaches it.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#req.param',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bparam\b/],
  names: ['param'],
  *find(file) {
    for (const use of file.members([Request], 'param')) {
      const call = use.call ? (use as MemberCall) : undefined
      yield {
        at: use.property,
        message: 'read the value where it comes from: `req.params`, `req.body` or `req.query`',
        evidence: use,
        fix: call && rewrite(file, call),
      }
    }
    for (const use of file.destructured([Request], 'param'))
      yield { at: use.property, message: '`param` is taken out of the request, but is gone', evidence: use }
  },
})

function rewrite(file: JavaScriptFile, use: MemberCall) {
  const [name, fallback] = use.arguments
  if (!name || use.arguments.length > 2 || use.arguments.some((argument) => argument.type === 'SpreadElement'))
    return undefined
  if (!isPure(use.object) || use.node.optional || use.call.type === 'OptionalCallExpression') return undefined
  if (fallback && !isPure(fallback)) return undefined
  const access = accessText(file, name)
  if (!access) return undefined
  const request = file.source(use.object)
  const key = literalText(name)
  if (key !== undefined && isRequiredEverywhere(file, use.object, key))
    return fix(
      'safe',
      `Read \`${request}.params\`: every route of the handler has it`,
      replace(use.call, `${request}.params${access.plain}`),
    )
  const parts = [
    `${request}.params${access.plain}`,
    `${request}.body?.${access.optional}`,
    `${request}.query${access.plain}`,
  ]
  if (fallback) parts.push(needsParentheses(fallback) ? `(${file.source(fallback)})` : file.source(fallback))
  return fix(
    'safe',
    'Look in the three places, in the old order',
    replace(use.call, bracketStart(file, use.call, `(${parts.join(' ?? ')})`)),
  )
}

/** `.x`, `['first-name']` or `[name]`, plain and behind `?.`. */
function accessText(file: JavaScriptFile, name: Node): { plain: string; optional: string } | undefined {
  const key = literalText(name)
  if (key !== undefined && /^[A-Za-z_$][\w$]*$/.test(key)) return { plain: `.${key}`, optional: key }
  if (key !== undefined || unwrap(name).type === 'Identifier') {
    const text = `[${file.source(name)}]`
    return { plain: text, optional: text }
  }
  return undefined
}

/** `??` may not stand beside `||` and `&&` without parentheses. */
function needsParentheses(node: Node): boolean {
  return (
    [
      'LogicalExpression',
      'ConditionalExpression',
      'AssignmentExpression',
      'ArrowFunctionExpression',
      'SequenceExpression',
    ].includes(unwrap(node).type) && parentOf(unwrap(node))?.type !== 'ParenthesizedExpression'
  )
}

/** True if all places that the handler is given to are routes whose literal path always has this parameter. */
function isRequiredEverywhere(file: JavaScriptFile, request: Node, key: string): boolean {
  const fn = handlerAround(file, request)
  const registrations = fn && registrationsOf(file, file.module, fn)
  if (!registrations) return false
  return registrations.every(({ call, argument }) => {
    const callee = unwrap(call.callee)
    const name = isMember(callee) ? memberName(callee) : undefined
    if (name === undefined || ![...HTTP_METHODS, 'all'].includes(name)) return false
    const path =
      argument > 0 ? literalText(argumentsOf(call)[0]) : isMember(callee) ? routePath(callee.object as Node) : undefined
    return path !== undefined && hasRequired(path, key)
  })
}

/** The path of `router.route('/x').get(…)`. */
function routePath(object: Node): string | undefined {
  let at = unwrap(object)
  while (isCall(at, false)) {
    const callee = unwrap(at.callee)
    if (!isMember(callee)) return undefined
    if (memberName(callee) === 'route') return literalText(argumentsOf(at)[0])
    at = unwrap(callee.object)
  }
  return undefined
}

function hasRequired(path: string, key: string): boolean {
  if (/[()|\\]/.test(path)) return false
  return [...path.matchAll(/:(\w+)([?*]?)/g)].some(([, name, modifier]) => name === key && modifier !== '?')
}
