import {
  children,
  type Draft,
  defineChange,
  type Evidence,
  fix,
  insertAfter,
  isCall,
  isMember,
  type JavaScriptFile,
  type Known,
  keyName,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { type WritableQuery, writableQuery } from './applications/writable-query.ts'
import { isHarmless } from './handlers/expressions.ts'
import { hasComment, quoteOf } from './handlers/layout.ts'
import { Request } from './provider.ts'
import { isTarget, pathWritten } from './requests/writes.ts'
import { isSettled } from './responses/settled.ts'

/** Properties of a request that are plain data, so that defining one is the same as assigning it. */
const PLAIN = new Set(['query', 'body', 'params', 'cookies', 'signedCookies'])
type Value = Known['alternatives'][number]
type ObjectNode = Node & { type: 'ObjectExpression' }
const TITLE = 'Define `req.query` anew'

export default defineChange({
  title: '`req.query` can no longer be assigned',
  why: '`req.query` is a getter of the prototype, without a setter. In strict code (modules, classes, what TypeScript emits) an assignment throws "Cannot set property query … which has only a getter"; in other code it is ignored, so what a validator has cleaned is never seen. The types do not tell.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqquery',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bquery\b/, /\]\s*=[^=>]/],
  *find(file, project) {
    yield* deletions(file)
    const drafts = [...assignments(file), ...computed(file), ...merges(file)]
    if (drafts.length === 0) return
    const writable = writableQuery(project, file)
    if (writable.is === 'everywhere') return
    for (const draft of drafts.sort((a, b) => a.at.start - b.at.start)) yield withFallback(draft, writable)
  },
})

/** A place that cannot be rewritten alone works again when the query of every application is made writable. */
function withFallback(draft: Draft, writable: WritableQuery): Draft {
  const fallback = draft.fix ?? writable.fix
  return fallback ? { ...draft, fix: fallback } : draft
}

const MESSAGE = '`req.query` has no setter; define the property, or keep the value somewhere else'

/** `req.query = value`. */
function assignments(file: JavaScriptFile): Draft[] {
  return file.members([Request], 'query').flatMap((use): Draft[] => {
    const parent = parentOf(use.node)
    if (!parent || !isTarget(use.node, parent) || parent.type === 'UnaryExpression') return []
    // `??=` and `||=` do nothing in both versions: there always is a query
    if (parent.type === 'AssignmentExpression' && /^(?:\?\?|\|\|)=$/.test(parent.operator)) return []
    const quote = quoteOf(file.module)
    const edits = defined(file, parent, use.object, `${quote}query${quote}`)
    return [
      {
        at: use.property,
        message: MESSAGE,
        evidence: use.evidence,
        ...(edits ? { fix: fix('safe', TITLE, ...edits) } : {}),
      },
    ]
  })
}

/** `delete req.query`, which takes away nothing, or only what a middleware has put in front of the getter. */
function deletions(file: JavaScriptFile): Draft[] {
  return file.members([Request], 'query').flatMap((use): Draft[] => {
    const parent = parentOf(use.node)
    if (parent?.type !== 'UnaryExpression' || parent.operator !== 'delete') return []
    const quote = quoteOf(file.module)
    const text = `Object.defineProperty(${file.source(use.object)}, ${quote}query${quote}, { value: undefined, writable: true, enumerable: true, configurable: true })`
    const isAlone = parentOf(parent)?.type === 'ExpressionStatement' && !parent.extra?.parenthesized
    return [
      {
        at: use.property,
        message: '`req.query` cannot be deleted: the getter of the prototype goes on parsing it',
        evidence: use.evidence,
        ...(isAlone && isHarmless(use.object) && !hasComment(file, parent)
          ? { fix: fix('review', 'Set it to undefined', replace(parent, text)) }
          : {}),
      },
    ]
  })
}

/** `req[source] = value`, where the name may be `query`. */
function computed(file: JavaScriptFile): Draft[] {
  return assignmentsIn(file.module.program).flatMap((assignment): Draft[] => {
    const target = unwrap(assignment.left as Node)
    if (!isMember(target) || !target.computed || memberName(target) !== undefined) return []
    const evidence: Evidence | undefined = file.evidence(target.object as Node, [Request])
    const key = target.property as Node
    const names = evidence && file.known(key)
    if (!evidence || !names) return []
    const texts = names.alternatives.map((v) =>
      v.is === 'primitive' && typeof v.value === 'string' ? v.value : undefined,
    )
    const isListed = texts.every((text) => text !== undefined) && isSettled(file, key)
    if (isListed && !texts.includes('query')) return []
    if (names.alternatives.length > 0 && names.alternatives.every(isNoName)) return []
    // any object is written to like this: what may be a request, and under names that nobody knows, says nothing
    if (evidence.certainty === 'guessed' && !texts.includes('query')) return []
    const isPlain = isListed && texts.every((text) => PLAIN.has(text!))
    const edits = isHarmless(key) ? defined(file, assignment, unwrap(target.object), file.source(key)) : undefined
    return [
      {
        at: target,
        message: `if \`${file.source(key)}\` can be 'query', this no longer sets it: \`req.query\` has no setter`,
        evidence,
        ...(edits ? { fix: fix(isPlain ? 'safe' : 'review', 'Define the property', ...edits) } : {}),
      },
    ]
  })
}

/** A number, a symbol: whatever it is, it is not 'query'. */
function isNoName(key: Value): boolean {
  return key.is === 'primitive'
    ? key.type !== 'string'
    : key.is === 'foreign' && /\bof the global `Symbol`/.test(key.what)
}

/** `Object.assign(req, { query })`, `Object.assign(req, validated)` and `_.set(req, 'query', value)`. */
function merges(file: JavaScriptFile): Draft[] {
  return file.module.calls.flatMap((call): Draft[] => {
    const written = pathWritten(call)
    const merged = written?.path === 'query' ? { target: written.object, isCertain: true } : mergedInto(file, call)
    const evidence = merged && file.evidence(merged.target, [Request])
    return evidence ? [{ at: call, message: merged.isCertain ? MESSAGE : MAY_HOLD, evidence }] : []
  })
}

const MAY_HOLD = 'if what is merged into the request has a `query`, this throws: `req.query` has no setter'

/** The target of a call that merges objects, if one of them has a `query`, or may have one. */
function mergedInto(file: JavaScriptFile, call: Node) {
  const callee = isCall(call, false) ? unwrap(call.callee) : undefined
  if (!isCall(call, false) || !isMember(callee) || !/^(?:assign|extend|merge)$/.test(memberName(callee) ?? ''))
    return undefined
  const [target, ...sources] = call.arguments as Node[]
  if (!target || target.type === 'SpreadElement') return undefined
  const isCertain = sources.some((source) => objectsOf(file, source).some((object) => hasKey(object, 'query')))
  const merges = callee.object.type === 'Identifier' && /^(?:Object|_|lodash)$/.test(callee.object.name)
  return isCertain || (merges && sources.some((source) => mayHoldQuery(file, source)))
    ? { target, isCertain }
    : undefined
}

const objectsOf = (file: JavaScriptFile, source: Node) =>
  file
    .known(source)
    .alternatives.flatMap((v) => (v.is === 'object' && v.node.type === 'ObjectExpression' ? [v.node] : []))

function hasKey(object: ObjectNode, name: string): boolean {
  return object.properties.some((property) => property.type !== 'SpreadElement' && keyName(property) === name)
}

/** True unless all that an expression may be is seen, and has no `query`. */
function mayHoldQuery(file: JavaScriptFile, source: Node, spreads = 0): boolean {
  if (spreads > MAX_SPREADS || source.type === 'SpreadElement' || isFilledLater(file, source)) return true
  const { alternatives } = file.known(source)
  return alternatives.length === 0 || alternatives.some((v) => isOpen(file, v, spreads))
}

/** Objects that are spread into each other may lead back to themselves. */
const MAX_SPREADS = 5

function isOpen(file: JavaScriptFile, v: Value, spreads: number): boolean {
  if (v.is === 'primitive' || v.is === 'function' || v.is === 'array') return false
  if (v.is !== 'object' || v.node.type !== 'ObjectExpression') return true
  return v.node.properties.some((property) =>
    property.type === 'SpreadElement'
      ? v.module !== file.module || mayHoldQuery(file, property.argument as Node, spreads + 1)
      : keyName(property) === undefined || keyName(property) === 'query',
  )
}

/** True if a name stands for an object that gets its `query`, or something under a computed name, after it was made. */
function isFilledLater(file: JavaScriptFile, source: Node): boolean {
  const node = unwrap(source)
  const binding = node.type === 'Identifier' ? file.module.binding(node) : undefined
  return (
    binding !== undefined &&
    file.module.references(binding).some((reference) => {
      const member = parentOf(reference)
      return (
        isMember(member) &&
        member.object === reference &&
        isTarget(member, parentOf(member) as Node) &&
        (memberName(member) ?? 'query') === 'query'
      )
    })
  )
}

/** The edits that make a statement `object.key = value` a `defineProperty`; undefined where the value is used, too. */
function defined(file: JavaScriptFile, assignment: Node, object: Node, key: string) {
  if (assignment.type !== 'AssignmentExpression' || assignment.operator !== '=') return undefined
  if (parentOf(assignment)?.type !== 'ExpressionStatement' || assignment.extra?.parenthesized) return undefined
  if (!isHarmless(object)) return undefined
  const left = assignment.left as Node
  const from = file.text.indexOf('=', left.end)
  const start = from + 1 + /^\s*/.exec(file.text.slice(from + 1))![0].length
  if (hasComment(file, { start: assignment.start, end: start + 1 })) return undefined
  return [
    replace({ start: assignment.start, end: start }, `Object.defineProperty(${file.source(object)}, ${key}, { value: `),
    insertAfter(assignment, ', writable: true, enumerable: true, configurable: true })'),
  ]
}

function assignmentsIn(root: Node): (Node & { type: 'AssignmentExpression' })[] {
  const found: (Node & { type: 'AssignmentExpression' })[] = []
  const waiting = [root]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.type === 'AssignmentExpression') found.push(node)
    waiting.push(...children(node))
  }
  return found.sort((a, b) => a.start - b.start)
}
