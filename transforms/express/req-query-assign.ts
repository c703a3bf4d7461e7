import {
  argumentsOf,
  children,
  type Draft,
  defineChange,
  type Evidence,
  fix,
  insertAfter,
  isCall,
  isMember,
  type JavaScriptFile,
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
    // a number, a symbol
    if (names.alternatives.every((v) => v.is === 'foreign' || (v.is === 'primitive' && v.type !== 'string'))) return []
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

/** `Object.assign(req, { query })` and `_.set(req, 'query', value)`. */
function merges(file: JavaScriptFile): Draft[] {
  return file.module.calls.flatMap((call): Draft[] => {
    const written = pathWritten(call)
    const target = written?.path === 'query' ? written.object : mergedTarget(file, call)
    const evidence = target && file.evidence(target, [Request])
    return evidence ? [{ at: call, message: MESSAGE, evidence }] : []
  })
}

function mergedTarget(file: JavaScriptFile, call: Node): Node | undefined {
  if (!isCall(call, false)) return undefined
  const callee = unwrap(call.callee)
  const [target, ...sources] = argumentsOf(call)
  if (!isMember(callee) || !/^(?:assign|extend|merge)$/.test(memberName(callee) ?? '')) return undefined
  const hasQuery = sources.some((source) =>
    file
      .known(source)
      .alternatives.some(
        (v) =>
          v.is === 'object' &&
          v.node.type === 'ObjectExpression' &&
          v.node.properties.some((property) => property.type !== 'SpreadElement' && keyName(property) === 'query'),
      ),
  )
  return hasQuery ? target : undefined
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
