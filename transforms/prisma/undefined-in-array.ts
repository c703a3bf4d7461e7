import {
  argumentsOf,
  contains,
  type Draft,
  type DraftFix,
  defineChange,
  fix,
  insertAfter,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  replace,
  returnsOf,
  unwrap,
} from '#kit'
import { isUndefined } from './client/literals.ts'
import { type ListSite, listsOf } from './client/trees.ts'

export default defineChange({
  title: '`undefined` in a list of a query is no longer left out',
  why: 'Prisma 4 left an undefined element of `OR`, `AND`, `NOT` and `orderBy` out, and wrote null for one within a JSON value; programs leave conditions away by that. From 5.3 on every list with one throws "Can not use `undefined` value within array".',
  since: '5.3.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/5.3.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\b(?:OR|AND|NOT|in|notIn|orderBy|distinct|hasSome|hasEvery|data|create|connect|set)\b/],
  *find(file, project) {
    for (const list of listsOf(file, project)) {
      for (const at of list.pushed)
        if (mayBeUndefined(file, unwrap(at)))
          yield {
            at,
            message: MESSAGE,
            evidence: list.evidence,
            notes: ['put it into the list only where it is there'],
          }
      if (list.value.type === 'ArrayExpression') yield* undefinedIn(file, list)
      else {
        const draft = mapped(file, list)
        if (draft) yield draft
      }
    }
  },
})

const MESSAGE = 'an undefined element is not left out any more, but throws'

function* undefinedIn(file: JavaScriptFile, { value, role, evidence, isShared }: ListSite): Iterable<Draft> {
  if (value.type !== 'ArrayExpression') return
  for (const element of value.elements) {
    if (!element || element.type === 'SpreadElement') continue
    const inner = unwrap(element as Node)
    if (!mayBeUndefined(file, inner)) continue
    // a list that ends up empty asks something else: `notIn: []` takes every row, and 4 refused undefined in it
    const isKept = value.elements.some(
      (other) => other && other.type !== 'SpreadElement' && !mayBeUndefined(file, unwrap(other as Node)),
    )
    // 4 wrote null in the place of an element of a JSON value, so that leaving it out is another value
    const written = role === 'json' ? undefined : withoutUndefined(file, inner, isSafe(role) && isKept && !isShared)
    yield {
      at: element as Node,
      message: MESSAGE,
      evidence,
      ...(written
        ? { fix: written }
        : {
            notes: [
              role === 'json'
                ? 'Prisma 4 stored null here: write `null`, or take the element out'
                : 'take undefined elements out: `.filter((one) => one !== undefined)`',
            ],
          }),
    }
  }
}

function isSafe(role: ListSite['role']): boolean {
  return role === 'condition' || role === 'order'
}

/** `c ? x : undefined`, `name && { name }`, `list.find(…)`, what is declared so, and `undefined` itself. */
function mayBeUndefined(file: JavaScriptFile, node: Node): boolean {
  if (isUndefined(node)) return true
  if (node.type === 'ConditionalExpression')
    return mayBeUndefined(file, unwrap(node.consequent)) || mayBeUndefined(file, unwrap(node.alternate))
  if (node.type === 'LogicalExpression')
    return node.operator === '&&'
      ? unwrap(node.right).type === 'ObjectExpression' &&
          !/^(?:Binary|Unary|Logical)Expression$/.test(unwrap(node.left).type)
      : mayBeUndefined(file, unwrap(node.right))
  if (/^Optional(?:Member|Call)Expression$/.test(node.type)) return true
  if (isCall(node, false)) {
    const callee = unwrap(node.callee as Node)
    return isMember(callee) && /^find(?:Last)?$/.test(memberName(callee) ?? '') && isFunction(argumentsOf(node)[0])
  }
  return node.type === 'Identifier' && isDeclaredUndefined(file, node)
}

/** `name?: string`, `name: string | undefined`, as long as nothing gives it another value first. */
function isDeclaredUndefined(file: JavaScriptFile, node: Node & { type: 'Identifier' }): boolean {
  const binding = file.module.binding(node)
  const [id] = binding?.identifiers ?? []
  if (!binding || !id || isChecked(file, binding, node)) return false
  if (id.optional) return binding.kind === 'parameter'
  const written = id.typeAnnotation ? file.source(id.typeAnnotation) : ''
  return /(?:^:|\|)\s*undefined\b/.test(written)
}

/** True where a condition asks for the name before: what is undefined may not come here. */
function isChecked(
  file: JavaScriptFile,
  binding: NonNullable<ReturnType<JavaScriptFile['module']['binding']>>,
  node: Node,
): boolean {
  return file.module.references(binding).some((reference) => {
    for (let at = reference.parent; at; at = at.parent) {
      if (/^(?:If|While|For)Statement$|^(?:Conditional|Logical)Expression$/.test(at.type) && contains(at as Node, node))
        return true
      if (at.type === 'IfStatement' && isLeft(at.consequent as Node))
        return at.end! <= node.start && contains(at.parent as Node, node)
      if (/Statement$|^VariableDeclaration$/.test(at.type)) return false
    }
    return false
  })
}

/** True for what does not go on behind it. */
function isLeft(statement: Node): boolean {
  const last = statement.type === 'BlockStatement' ? statement.body.at(-1) : statement
  return /^(?:Return|Throw|Continue|Break)Statement$/.test(last?.type ?? '')
}

/** `c ? x : undefined` → `...(c ? [x] : [])`. */
function withoutUndefined(file: JavaScriptFile, node: Node, isSafe: boolean): DraftFix | undefined {
  const title = 'Leave the element out'
  if (node.type === 'Identifier' && !isUndefined(node)) {
    const name = file.source(node)
    return fix('review', title, replace(node, `...(${name} === undefined ? [] : [${name}])`))
  }
  if (node.type !== 'ConditionalExpression') return undefined
  const branches = [node.consequent, node.alternate].map((one) => unwrap(one))
  if (branches.some((one) => !isUndefined(one) && mayBeUndefined(file, one))) return undefined
  const list = (one: Node) => (isUndefined(unwrap(one)) ? '[]' : `[${file.source(one)}]`)
  const text = `...(${file.source(node.test)} ? ${list(node.consequent as Node)} : ${list(node.alternate as Node)})`
  return fix(isSafe ? 'safe' : 'review', title, replace(node, text))
}

/** `list.map((one) => (c ? one : undefined))`: a list that a function makes with undefined in it. */
function mapped(file: JavaScriptFile, { value, role, evidence }: ListSite): Draft | undefined {
  if (!isCall(value, false)) return undefined
  const callee = unwrap(value.callee as Node)
  const [made] = argumentsOf(value)
  if (!isMember(callee) || memberName(callee) !== 'map' || !isFunction(made) || made.generator) return undefined
  if (made.body.type !== 'BlockStatement') {
    if (!mayBeUndefined(file, unwrap(made.body))) return undefined
  } else {
    const returned = returnsOf(made)
    const isOpen = !endsInReturn(made.body.body.at(-1) as Node | undefined)
    if (!isOpen && !returned.some((one) => !one || mayBeUndefined(file, unwrap(one)))) return undefined
  }
  const draft = { at: callee.property as Node, message: MESSAGE, evidence }
  if (role === 'json')
    return { ...draft, notes: ['Prisma 4 stored null here: return `null`, or leave the element out'] }
  return {
    ...draft,
    notes: ['a list that ends up empty asks something else: `OR: []` takes no row, and `notIn: []` takes every one'],
    fix: fix('review', 'Take undefined elements out', insertAfter(value, '.filter((one) => one !== undefined)')),
  }
}

/** True for a function that never comes to its end. */
function endsInReturn(last: Node | undefined): boolean {
  if (!last) return false
  if (last.type === 'ReturnStatement' || last.type === 'ThrowStatement') return true
  if (last.type === 'BlockStatement') return endsInReturn(last.body.at(-1) as Node | undefined)
  if (last.type === 'IfStatement')
    return Boolean(last.alternate) && endsInReturn(last.consequent as Node) && endsInReturn(last.alternate as Node)
  // of loops, `switch` and `try` nothing is said
  return !/^(?:ExpressionStatement|VariableDeclaration)$/.test(last.type)
}
