'use strict'

/**
 * The changes of the recipe as a careful jscodeshift transform: receivers are looked up in their scope, and a file that
 * needs nothing is not printed. Counts what it finds with `api.stats`, which `--dry` prints.
 */
const VERBS = new Set(['all', 'delete', 'get', 'head', 'options', 'patch', 'post', 'put', 'use'])
const RESPONSE_METHODS = new Set(['send', 'json', 'jsonp', 'redirect', 'location', 'sendfile'])
const REQUEST_METHODS = new Set(['param', 'acceptsCharset', 'acceptsEncoding', 'acceptsLanguage'])
const ROUTE_METHODS = new Set([...VERBS, 'del', 'param', 'listen'])
const FUNCTIONS = new Set(['FunctionExpression', 'ArrowFunctionExpression', 'FunctionDeclaration'])

module.exports = function transform(file, api) {
  const j = api.jscodeshift.withParser(/\.[cm]?ts$/.test(file.path) ? 'ts' : 'tsx')
  const root = j(file.source)
  let changed = false
  const found = (change, edit) => {
    api.stats(change)
    if (edit) {
      edit()
      changed = true
    }
  }
  root.find(j.CallExpression).forEach((path) => {
    look(j, path, found)
  })
  return changed ? root.toSource() : undefined
}

function look(j, path, found) {
  const { callee, arguments: args } = path.node
  if (callee.type === 'Identifier') {
    if (callee.name === 'express' && isExpress(path, callee.name)) found('query-parser-default')
    return
  }
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return
  const method = callee.property.name
  const object = callee.object.name
  if (method === 'urlencoded' && args.length === 0 && isExpress(path, object)) {
    found('urlencoded-extended-default', () => args.push(extendedOption(j)))
  } else if (RESPONSE_METHODS.has(method) && isHandlerParameter(path, object, 1)) {
    lookAtResponse(j, path.node, method, found)
  } else if (REQUEST_METHODS.has(method) && isHandlerParameter(path, object, 0)) {
    lookAtRequest(j, path.node, method, found)
  } else if (ROUTE_METHODS.has(method) && madeByExpress(path, object)) {
    lookAtRoute(path.node, method, found)
  }
}

function lookAtResponse(j, call, method, found) {
  const [first, second] = call.arguments
  const last = second ?? first
  if (method === 'sendfile') found('sendfile-camelcase', () => rename(call, 'sendFile'))
  else if ((method === 'redirect' || method === 'location') && isBack(last)) found('res-redirect-back')
  else if (method === 'redirect' && isNumber(second)) {
    found('res-redirect-arg-order', () => call.arguments.reverse())
  } else if (method === 'send' && second && isNumber(first)) {
    found('res-send-body-status', () => withStatus(j, call, first, second))
  } else if (method === 'send' && isNumber(first)) {
    found('res-send-status-number', () => rename(call, 'sendStatus'))
  } else if (method.startsWith('json') && isNumber(second)) {
    found('res-json-status', () => withStatus(j, call, second, first))
  }
}

function lookAtRequest(_j, call, method, found) {
  if (method === 'param') found('req-param')
  else found('req-accepts-singular', () => rename(call, `${method}s`))
}

function lookAtRoute(call, method, found) {
  const [first] = call.arguments
  const last = call.arguments[call.arguments.length - 1]
  const text = first && typeof first.value === 'string' ? first.value : undefined
  if (method === 'del') found('app-del', () => rename(call, 'delete'))
  else if (method === 'listen' && last && FUNCTIONS.has(last.type)) found('app-listen-callback')
  else if (method === 'param' && text?.startsWith(':')) {
    found('param-leading-colon', () => {
      first.value = text.slice(1)
    })
  } else if (VERBS.has(method) && text && /:\w+\?/.test(text)) found('path-optional-param')
  else if (VERBS.has(method) && text?.includes('*')) found('path-wildcard')
}

function rename(call, name) {
  call.callee.property.name = name
}

function withStatus(j, call, status, body) {
  call.callee.object = j.callExpression(j.memberExpression(call.callee.object, j.identifier('status')), [status])
  call.arguments = [body]
}

function extendedOption(j) {
  return j.objectExpression([j.property('init', j.identifier('extended'), j.booleanLiteral(true))])
}

function isNumber(node) {
  return typeof node?.value === 'number'
}

function isBack(node) {
  return node?.value === 'back'
}

/** The nodes that a name is bound by, in the nearest scope that declares it. */
function bindingsOf(path, name) {
  const scope = path.scope?.lookup(name)
  return scope ? scope.getBindings()[name] : []
}

function isExpress(path, name) {
  return bindingsOf(path, name).some((binding) => {
    const declaration = binding.parent?.node
    return (
      declaration?.source?.value === 'express' ||
      binding.parent?.parent?.node?.source?.value === 'express' ||
      declaration?.init?.arguments?.[0]?.value === 'express'
    )
  })
}

function madeByExpress(path, name) {
  return bindingsOf(path, name).some((binding) => {
    const callee = binding.parent?.node?.init?.callee
    const maker = callee?.type === 'MemberExpression' ? callee.object : callee
    return maker?.type === 'Identifier' && isExpress(binding, maker.name)
  })
}

/** True for a parameter, by its position, of a function that is handed to a route. */
function isHandlerParameter(path, name, position) {
  return bindingsOf(path, name).some((binding) => {
    const handler = binding.parent?.node
    if (!FUNCTIONS.has(handler?.type) || handler.params[position]?.name !== name) return false
    const call = binding.parent.parent?.node
    const callee = call?.callee ?? binding.parent.parent?.parent?.node?.callee
    return callee?.type === 'MemberExpression' && ROUTE_METHODS.has(callee.property.name)
  })
}
