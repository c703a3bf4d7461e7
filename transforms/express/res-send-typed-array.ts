import { defineChange, isCall, isMember, type JavaScriptFile, type Node, unwrap } from '#kit'
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
      const [body] = use.arguments
      if (body && use.arguments.length === 1 && isView(file, body))
        yield {
          at: body,
          message: 'this is sent as bytes now; `json()` sends it as Express 4 did',
          evidence: use,
        }
    }
  },
})

/** True for `new Uint8Array(…)`, `Uint8Array.from(…)`, `new TextEncoder().encode(…)`, and a name that is one of them. */
function isView(file: JavaScriptFile, expression: Node): boolean {
  const node = unwrap(expression)
  if (node.type === 'Identifier') {
    const binding = file.module.binding(node)
    const [id] = binding?.identifiers ?? []
    const annotation = id?.typeAnnotation?.type === 'TSTypeAnnotation' ? id.typeAnnotation.typeAnnotation : undefined
    if (annotation) return VIEWS.test(file.source(annotation).replace(/<.*>$/, ''))
    const value = onlyValue(file, node)
    return value !== undefined && isView(file, value)
  }
  if (!isCall(node)) return false
  const callee = unwrap(node.callee)
  const isGlobal = (one: Node) => one.type === 'Identifier' && !file.module.binding(one)
  if (node.type === 'NewExpression') return isGlobal(callee) && VIEWS.test(file.source(callee))
  if (!isMember(callee)) return false
  const object = unwrap(callee.object)
  const method = callee.property.type === 'Identifier' ? callee.property.name : ''
  if (/^(?:from|of)$/.test(method)) return isGlobal(object) && VIEWS.test(file.source(object))
  return method === 'encode' && /^new TextEncoder\b/.test(file.source(object))
}
