import { argumentsOf, defineChange, isCall, isMember, type JavaScriptFile, type Node, returnsOf, unwrap } from '#kit'
import { onlyValue } from './handlers/absolute-paths.ts'
import { Response } from './provider.ts'

const VIEWS = /^(?:(?:Uint|Int)(?:8|16|32)|Uint8Clamped|BigInt64|BigUint64|Float(?:16|32|64))Array$|^DataView$/

export default defineChange({
  title: 'Typed arrays are sent as bytes by `res.send()`',
  why: 'Express 4 sent everything but a Buffer as JSON: a `Uint8Array` as `{"0":72,…}`. Since 5.1.0 typed arrays and `DataView` are binary, as `application/octet-stream`; an `ArrayBuffer` is still `{}`. Nothing is thrown.',
  since: '5.1.0',
  breakage: 'silent',
  source: 'https://github.com/expressjs/express/releases/tag/v5.1.0',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\b(?:\w+Array|DataView|TextEncoder)\b/],
  *find(file) {
    for (const use of file.calls([Response], 'send')) {
      // of `send(status, body)`, which another change takes apart, either may be the body
      if (use.arguments.length > 2) continue
      for (const at of use.arguments.flatMap((body) => viewsIn(file, body)))
        yield {
          at,
          message: 'this is sent as bytes now; `json()` sends it as Express 4 did',
          evidence: use,
        }
    }
  },
})

const DEPTH = 5
/** Methods of a typed array that give another one. */
const DERIVES = /^(?:filter|map|slice|subarray|toReversed|toSorted|with|fill|reverse|sort)$/

/** The parts of an expression that are typed arrays: both sides of `||` and of `?:`. */
function viewsIn(file: JavaScriptFile, expression: Node): Node[] {
  const node = unwrap(expression)
  if (node.type === 'ConditionalExpression')
    return [...viewsIn(file, node.consequent as Node), ...viewsIn(file, node.alternate as Node)]
  if (node.type === 'LogicalExpression')
    return [...(node.operator === '&&' ? [] : viewsIn(file, node.left as Node)), ...viewsIn(file, node.right as Node)]
  return node.type !== 'SpreadElement' && isView(file, node) ? [expression] : []
}

/** True for `new Uint8Array(…)`, `Uint8Array.from(…)`, `encoder.encode(…)`, and what gives one of them or is called so. */
function isView(file: JavaScriptFile, expression: Node, depth = 0): boolean {
  const node = unwrap(expression)
  if (depth > DEPTH) return false
  const isInner = (inner: Node) => isView(file, inner, depth + 1)
  if (node.type === 'Identifier') {
    const binding = file.module.binding(node)
    const [id] = binding?.identifiers ?? []
    const annotation = id?.typeAnnotation?.type === 'TSTypeAnnotation' ? id.typeAnnotation.typeAnnotation : undefined
    if (annotation) return VIEWS.test(file.source(annotation).replace(/<.*>$/, ''))
    const value = onlyValue(file, node)
    return value !== undefined && isInner(value)
  }
  if (!isCall(node)) return false
  const callee = unwrap(node.callee)
  const isGlobal = (one: Node) => one.type === 'Identifier' && !file.module.binding(one)
  if (node.type === 'NewExpression') return isGlobal(callee) && VIEWS.test(file.source(callee))
  if (!isMember(callee)) return callee.type === 'Identifier' && returnsView(file, callee, isInner)
  const object = unwrap(callee.object)
  const method = callee.property.type === 'Identifier' ? callee.property.name : ''
  if (/^(?:from|of)$/.test(method)) return isGlobal(object) && VIEWS.test(file.source(object))
  if (method === 'getRandomValues') return argumentsOf(node).slice(0, 1).some(isInner)
  if (DERIVES.test(method)) return isInner(object)
  return method === 'encode' && isEncoder(file, object)
}

function isEncoder(file: JavaScriptFile, node: Node): boolean {
  const value = node.type === 'Identifier' ? onlyValue(file, node) : node
  return value !== undefined && /^new TextEncoder\b/.test(file.source(unwrap(value)))
}

/** True for a function of the file that gives back nothing but typed arrays. */
function returnsView(file: JavaScriptFile, callee: Node, isInner: (node: Node) => boolean): boolean {
  const { found, complete } = file.functions(callee)
  if (!complete || found.length === 0) return false
  return found.every(({ module, node }) => {
    if (module !== file.module || node.async || node.generator) return false
    const returned = node.body.type === 'BlockStatement' ? returnsOf(node) : [node.body as Node]
    return returned.length > 0 && returned.every((one) => one !== undefined && isInner(one))
  })
}
