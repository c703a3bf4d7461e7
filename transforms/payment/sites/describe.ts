/** What is known of a call of an operation: for the people who decide about it, and for programs that read reports. */
import type { ApiCall, JavaScriptFile, Node } from '#kit'
import { rowsOf } from '../map/rows.ts'
import type { OperationId, PaymentMap, Tag } from '../map/types.ts'
import { answerReads, excerpt } from './answers.ts'
import { fieldsOf } from './bodies.ts'

/** A call, whoever makes it. */
export interface CallToDescribe {
  readonly operation: OperationId
  readonly call: Node
  /** `SDK with a callback`, `HTTP as axios`. */
  readonly how: string
  readonly body: Node | undefined
  /** True if the call says which order it is for. */
  readonly hasKey: boolean
  /** The expression that gives the answer, where it is not the call itself. */
  readonly whole?: Node | undefined
  /** Which parameter of a callback gets the answer; the second one if absent. */
  readonly answerAt?: number | undefined
}

/** How a call is made, the rows of the map that it is about, what it reads of the answer, and what becomes of it. */
export function described(
  file: JavaScriptFile,
  map: PaymentMap,
  { operation, call, how, body, hasKey, whole, answerAt }: CallToDescribe,
  verdict: string,
): ApiCall {
  const facts = map.operations[operation]
  const sent = body ? fieldsOf(file, body) : undefined
  const hit = rowsOf(map, operation, 'request').filter(
    ({ from, isContainer }) =>
      !isContainer && sent?.fields.some(({ path }) => path === from?.replace(/\[\d+\]/g, '[]')),
  )
  const tagged = (tag: Tag) => [...new Set(hit.filter((row) => row.tag === tag).map(({ from }) => String(from)))]
  const { reads, escapes } = answerReads(file, whole ?? call, answerAt)
  const paths = reads.map(({ path }) => path.replace(/^(?:data|body)(?:\.|$)/, '')).filter((path) => path !== '')
  const keys = (facts?.rolloutKey ?? []).map((path) => path.replace(/\[\d+\]/g, '[]'))
  const own = keys.find((path) => sent?.fields.some((field) => field.path === path))
  const key = hasKey ? 'ref' : own
  return {
    file: file.path,
    line: file.module.locate(call.start).line,
    operation,
    how,
    body: !sent ? 'none' : sent.isComplete ? 'seen' : sent.fields.length > 0 ? 'partly seen' : 'not seen',
    rows: { A: tagged('A'), C: tagged('C'), R: tagged('R') },
    ...(key === undefined ? {} : { key }),
    needsKey: facts?.binding === 'decides',
    reads: [...new Set(paths)],
    escapes: escapes.map((node) => excerpt(file, node)),
    verdict,
  }
}

/** `SDK with a callback; rows 5 A, 1 C (description); its key is …; reads …`. */
export function sentenceOf(call: ApiCall): string {
  const { reads, escapes } = call
  return [
    requestSentence(call),
    ...(reads.length > 0 ? [`reads ${reads.map((path) => `\`${path}\``).join(', ')}`] : []),
    ...(escapes.length > 0 ? [`its answer goes on as a whole to \`${escapes[0]}\``] : []),
  ].join('; ')
}

/** What a call sends: the first part of the sentence. */
export function requestSentence({ how, body, rows, key, needsKey }: ApiCall): string {
  const tagged = (['A', 'C', 'R'] as const).flatMap((tag) =>
    rows[tag].length === 0 ? [] : [`${rows[tag].length} ${tag}${tag === 'A' ? '' : ` (${rows[tag].join(', ')})`}`],
  )
  return [
    how,
    ...(tagged.length > 0 ? [`rows ${tagged.join(', ')}`] : []),
    ...(body === 'not seen' ? ['what it sends is put together elsewhere'] : []),
    ...(needsKey ? [key === undefined ? 'no key is seen' : `its key is \`${key}\``] : []),
  ].join('; ')
}
