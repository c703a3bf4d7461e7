import {
  defineChange,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  type MemberUse,
  memberName,
  type Node,
  replace,
  unwrap,
} from '#kit'
import { onlyValue } from './handlers/absolute-paths.ts'
import { Request, Response } from './provider.ts'
import { declaredType } from './responses/declared.ts'
import { statusOf } from './responses/status.ts'

export default defineChange({
  title: 'A status that is no integer from 100 to 999 throws',
  why: "`status()`, `sendStatus()` and `redirect()` take integers only: for a string such as `'404'`, which Express 4 accepted, they throw a TypeError, for anything outside of 100 to 999 a RangeError. In an error handler that hides the first error: `res.status(err.code)` with `ENOENT` answers with the error of the handler.",
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#resstatus',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\b(?:status|sendStatus|redirect)\b/],
  *find(file) {
    for (const use of file.calls([Response], 'status', 'sendStatus', 'redirect')) {
      const [status] = use.arguments
      if (!status || status.type === 'SpreadElement' || (use.name === 'redirect' && use.arguments.length !== 2))
        continue
      for (const leaf of alternatives(status)) yield* judged(file, use, leaf)
    }
  },
})

const ADVICE = 'for what comes from outside: Number.isInteger(status) && status >= 400 && status < 600 ? status : 500'

function* judged(file: JavaScriptFile, use: MemberUse, leaf: Node) {
  const draft = { at: leaf, evidence: use }
  const text = file.source(leaf)
  if (leaf.type === 'NumericLiteral') {
    if (!Number.isInteger(leaf.value) || leaf.value < 100 || leaf.value > 999)
      yield { ...draft, message: `\`${text}\` is no integer from 100 to 999, and throws now` }
    return
  }
  if (isNothing(leaf) && use.name !== 'redirect') {
    yield { ...draft, message: 'there is no status here, which throws now' }
    return
  }
  // Express 4, too, took a first argument that is no number for the address
  if (use.name === 'redirect') return
  if (statusOf(file, leaf).is === 'numeric-string') {
    const isLiteral = leaf.type === 'StringLiteral'
    const number = isLiteral ? leaf.value : `Number(${text})`
    yield {
      ...draft,
      message: 'a string is no status any more; write the number',
      fix: fix('safe', 'Make it a number', replace(leaf, number)),
    }
  } else if (declaredType(file, leaf) === 'string')
    yield {
      ...draft,
      message: 'a string is no status any more; make it a number',
      fix: fix('review', 'Make it a number', replace(leaf, `Number(${text})`)),
    }
  else {
    const source = outside(file, leaf)
    if (source) yield { ...draft, message: `\`${text}\` ${source}, for which this throws now`, notes: [ADVICE] }
  }
}

/** Both sides of `||`, both branches of `?:`. */
function alternatives(expression: Node): Node[] {
  const node = unwrap(expression)
  if (node.type === 'LogicalExpression')
    return [...(node.operator === '&&' ? [] : alternatives(node.left as Node)), ...alternatives(node.right as Node)]
  if (node.type === 'ConditionalExpression')
    return [...alternatives(node.consequent as Node), ...alternatives(node.alternate as Node)]
  return [node]
}

function isNothing(node: Node): boolean {
  return node.type === 'NullLiteral' || (node.type === 'Identifier' && node.name === 'undefined')
}

/** Why a value may well be a string: it comes from the request, from the environment, from JSON, or is the code of an error. */
function outside(file: JavaScriptFile, node: Node): string | undefined {
  if (node.type === 'Identifier') {
    const value = onlyValue(file, node)
    if (value) return unwrap(value).type === 'Identifier' ? undefined : outside(file, unwrap(value))
    const holder = takenOutOf(file, node)
    return holder && ofHolder(file, holder)
  }
  if (!isMember(node)) return undefined
  const object = unwrap(node.object)
  const isError = object.type === 'Identifier' && /^_?(?:e|ex|err|error|exception)$|Err(?:or)?$/i.test(object.name)
  return isError && memberName(node) === 'code' ? "can be a word such as 'ENOENT'" : ofHolder(file, object)
}

/** The same for the members of an object: `req.query`, `process.env`, `JSON.parse(text)`, and a name for one of them. */
function ofHolder(file: JavaScriptFile, object: Node): string | undefined {
  const value = object.type === 'Identifier' ? onlyValue(file, object) : undefined
  const holder = unwrap(value ?? object)
  if (isCall(holder, false) && file.source(holder.callee) === 'JSON.parse')
    return 'comes out of JSON, where it may be text'
  if (!isMember(holder)) return undefined
  const name = memberName(holder)
  const isRequest = file.evidence(holder.object as Node, [Request]) !== undefined
  if (isRequest && /^(?:query|params|headers|cookies)$/.test(name ?? '')) return 'is text of the request'
  if (isRequest && name === 'body') return 'is whatever the client sends'
  return name === 'env' && file.source(holder) === 'process.env' ? 'is text of the environment' : undefined
}

/** In `const { status } = req.query`, what `status` is taken out of. */
function takenOutOf(file: JavaScriptFile, name: Node & { type: 'Identifier' }): Node | undefined {
  const binding = file.module.binding(name)
  const [declaration, another] = binding?.declarations ?? []
  const isPlain = declaration?.type === 'VariableDeclarator' && declaration.id.type === 'ObjectPattern' && !another
  const isOuter =
    isPlain &&
    (declaration.id as Node & { type: 'ObjectPattern' }).properties.some(
      (property) => property.type === 'ObjectProperty' && property.value === binding?.identifiers[0],
    )
  return binding?.kind === 'const' && isOuter && declaration.init ? unwrap(declaration.init) : undefined
}
