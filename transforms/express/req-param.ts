import {
  defineChange,
  fix,
  isCall,
  isFunction,
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
import { isHarmless, isWeakerThanCoalescing, memberAccess } from './handlers/expressions.ts'
import { handlerAround } from './handlers/handler.ts'
import { bracketStart, hasComment } from './handlers/layout.ts'
import { parameterPresence } from './handlers/parameters.ts'
import { HTTP_METHODS, Request } from './provider.ts'

export default defineChange({
  title: '`req.param()` was removed',
  why: 'The method looked in `req.params`, then `req.body`, then `req.query`. The call throws "req.param is not a function" when a request reaches it.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqparamname',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bparam\b/],
  names: ['param'],
  *find(file) {
    for (const use of file.members([Request], 'param'))
      yield {
        at: use.property,
        message: 'read the value where it comes from: `req.params`, `req.body` or `req.query`',
        evidence: use,
        ...(use.call ? rewrite(file, use as MemberCall) : { notes: ['it is not called here'] }),
      }
    for (const use of file.destructured([Request], 'param'))
      yield { at: use.property, message: '`param` is taken out of the request, but is gone', evidence: use }
  },
})

function rewrite(file: JavaScriptFile, use: MemberCall) {
  const [name, fallback] = use.arguments
  if (!name || use.arguments.length > 2 || use.arguments.some((argument) => argument.type === 'SpreadElement'))
    return { notes: ['it is called with other arguments than a name and a default'] }
  if (!isHarmless(use.object) || use.node.optional || use.call.type === 'OptionalCallExpression')
    return { notes: ['the request would have to be asked for three times; give it a name first'] }
  if (fallback && !isHarmless(fallback))
    return { notes: ['Express 4 always worked out the default, `??` only when it is needed'] }
  const after = { start: use.object.end, end: use.call.end }
  if (hasComment(file, after, ...(fallback ? [fallback] : [])))
    return { notes: ['a comment in the call would be lost'] }
  const access = memberAccess(name, file.source(name))
  const key = literalText(name)
  if (!access || (key !== undefined && key in {}))
    return { notes: ['the name is worked out, or is one that every object has'] }
  const request = file.source(use.node.object)
  const presence = key === undefined ? 'maybe' : parameterPresence(file, use.object, key)
  if (presence === 'always' && (!file.isTypeScript || isTypedByRoute(file, use.object)))
    return {
      fix: fix(
        'safe',
        'Read `req.params`: every route of the handler has it',
        replace(use.call, `${request}.params${access.plain}`),
      ),
    }
  const params =
    file.isTypeScript && !isLooselyTyped(file, use.object)
      ? presence === 'never'
        ? []
        : [`(${request}.params as Record<string, string | undefined>)${access.plain}`]
      : [`${request}.params${access.plain}`]
  const parts = [...params, `${request}.body?${access.optional}`, `${request}.query${access.plain}`]
  if (fallback) parts.push(isWeakerThanCoalescing(fallback) ? `(${file.source(fallback)})` : file.source(fallback))
  const text = bracketStart(use.call, `(${parts.join(' ?? ')})`, file.module)
  return { fix: fix('safe', 'Look in the three places, in the old order', replace(use.call, text)) }
}

/** The request parameter of the handler that a name belongs to. */
function requestParameter(file: JavaScriptFile, request: Node): Node | undefined {
  const fn = handlerAround(file, request)
  const binding = request.type === 'Identifier' ? file.module.binding(request) : undefined
  return fn?.params.find((param) => param === binding?.identifiers[0]) as Node | undefined
}

/** True if the types of `req.params` come from a path literal: the handler stands in the call, without annotations. */
function isTypedByRoute(file: JavaScriptFile, request: Node): boolean {
  const parameter = requestParameter(file, request)
  const fn = parameter && parentOf(parameter)
  const call =
    isFunction(fn) && !('typeAnnotation' in parameter! && parameter.typeAnnotation) ? parentOf(fn) : undefined
  const callee = isCall(call, false) ? unwrap(call.callee) : undefined
  return isMember(callee) && [...HTTP_METHODS, 'all'].includes(memberName(callee) ?? '')
}

/** True if the types allow any key of `req.params`: the request is annotated, without types of its own for them. */
function isLooselyTyped(file: JavaScriptFile, request: Node): boolean {
  const parameter = requestParameter(file, request)
  const annotation = parameter && 'typeAnnotation' in parameter ? (parameter.typeAnnotation as Node | null) : undefined
  return annotation != null && !file.source(annotation).includes('<')
}
