import { type Draft, type DraftFix, defineChange, fix, type JavaScriptFile, type Node, replace, unwrap } from '#kit'
import { isUndefined } from './client/literals.ts'
import { type Site, sitesOf } from './client/trees.ts'

export default defineChange({
  title: '`undefined` in a list of a query is no longer left out',
  why: 'Prisma 4 left an undefined element of `OR`, `AND` and `NOT` out, and programs leave conditions away by that. From 5.3 on every list with one throws "Can not use `undefined` value within array".',
  since: '5.3.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/5.3.0',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\b(?:OR|AND|NOT|in|notIn)\b/],
  *find(file, project) {
    for (const site of sitesOf(file, project)) yield* undefinedIn(file, site)
  },
})

function* undefinedIn(file: JavaScriptFile, { role, name, value, evidence }: Site): Iterable<Draft> {
  const isList = role === 'where' || (role === 'filter' && (name === 'in' || name === 'notIn'))
  if (!isList || value.type !== 'ArrayExpression') return
  for (const element of value.elements) {
    if (!element || element.type === 'SpreadElement') continue
    const inner = unwrap(element as Node)
    if (!mayBeUndefined(inner)) continue
    // a list that ends up empty asks something else: `notIn: []` takes every row, and 4 refused undefined in it
    const isKept = value.elements.some(
      (other) => other && other.type !== 'SpreadElement' && !mayBeUndefined(unwrap(other as Node)),
    )
    const written = withoutUndefined(file, inner, role === 'where' && isKept ? 'safe' : 'review')
    yield {
      at: element as Node,
      message: 'an undefined element is not left out any more, but throws',
      evidence,
      ...(written
        ? { fix: written }
        : { notes: ['take undefined elements out: `.filter((one) => one !== undefined)`'] }),
    }
  }
}

/** `c ? x : undefined`, `name && { name }`, and `undefined` itself. */
function mayBeUndefined(node: Node): boolean {
  if (isUndefined(node)) return true
  if (node.type === 'ConditionalExpression')
    return isUndefined(unwrap(node.consequent)) || isUndefined(unwrap(node.alternate))
  return (
    node.type === 'LogicalExpression' &&
    node.operator === '&&' &&
    unwrap(node.right).type === 'ObjectExpression' &&
    !/^(?:Binary|Unary|Logical)Expression$/.test(unwrap(node.left).type)
  )
}

/** `c ? x : undefined` → `...(c ? [x] : [])`. */
function withoutUndefined(file: JavaScriptFile, node: Node, applicability: 'safe' | 'review'): DraftFix | undefined {
  if (node.type !== 'ConditionalExpression') return undefined
  const list = (one: Node) => (isUndefined(unwrap(one)) ? '[]' : `[${file.source(one)}]`)
  const text = `...(${file.source(node.test)} ? ${list(node.consequent as Node)} : ${list(node.alternate as Node)})`
  return fix(applicability, 'Leave the element out', replace(node, text))
}
