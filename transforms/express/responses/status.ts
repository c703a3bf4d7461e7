import { isMember, type JavaScriptFile, type JavaScriptModule, memberName, type Node, unwrap } from '#kit'
import { declaredType, STATUS_PACKAGES } from './declared.ts'
import { isSettled } from './settled.ts'

export { isPure } from './evaluation.ts'

/** What is known of an expression that may be a status code. */
export type Status =
  /** A number for certain; with its value where that is constant. */
  | { readonly is: 'number'; readonly values: readonly number[]; readonly exact: boolean }
  /** A string such as `'404'`, which Express 4 accepted and Express 5 refuses. */
  | { readonly is: 'numeric-string'; readonly value: number }
  /** Certainly not a number. */
  | { readonly is: 'other'; readonly type: string | undefined; readonly constant: boolean }
  /** A number in some cases: `err.status || 500`. */
  | { readonly is: 'maybe' }
  | { readonly is: 'unknown' }

/** Codes with a standard phrase, which is what `sendStatus` answers with. Source: the IANA registry, as in the package `statuses`. */
const WITH_PHRASE = new Set([
  100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 307, 308, 400,
  401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425,
  426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511,
])

/** Judges an expression as a status code. */
export function statusOf(file: JavaScriptFile, expression: Node, module?: JavaScriptModule): Status {
  if (expression.type === 'SpreadElement') return { is: 'unknown' }
  const declared = module ? undefined : declaredType(file, expression)
  if (declared === 'number') return { is: 'number', values: [], exact: false }
  if (declared === 'string') return { is: 'other', type: 'string', constant: false }
  const known = file.known(expression, module)
  const numbers: number[] = []
  let [exact, others, unknown] = [true, 0, 0]
  for (const v of known.alternatives) {
    if (v.is === 'primitive' && v.type === 'number') {
      if (typeof v.value === 'number') numbers.push(v.value)
      else exact = false
    } else if (v.is === 'unknown') {
      if (v.from !== undefined && STATUS_PACKAGES.has(v.from) && isConstantName(expression)) exact = false
      else unknown++
    } else others++
  }
  const numeric = known.alternatives.length - others - unknown
  if (numeric > 0 && (others > 0 || unknown > 0)) return { is: 'maybe' }
  if (numeric > 0)
    return isSettled(file, expression, module) ? { is: 'number', values: numbers, exact } : { is: 'maybe' }
  if (others === 0 || unknown > 0) return { is: 'unknown' }
  if (typeof known.value === 'string' && /^[1-5]\d{2}$/.test(known.value) && isSettled(file, expression, module))
    return { is: 'numeric-string', value: Number(known.value) }
  return { is: 'other', type: known.type, constant: known.value !== undefined }
}

/** True for a name in capitals, as constants have: `NOT_FOUND`, `HttpStatus.GONE`. */
export function isConstantName(expression: Node): boolean {
  const node = unwrap(expression)
  const name = isMember(node) ? memberName(node) : node.type === 'Identifier' ? node.name : undefined
  return name !== undefined && /^[A-Z][A-Z0-9_]*$/.test(name)
}

/** True if every value is a code that both versions answer with: Node takes no others, and Express 5 throws for them. */
export function isValidStatus(values: readonly number[]): boolean {
  return values.every((value) => Number.isInteger(value) && value >= 100 && value <= 999)
}

/** True if every value has a standard phrase. */
export function hasPhrase(values: readonly number[]): boolean {
  return values.every((value) => WITH_PHRASE.has(value))
}

/** True if the name of an expression says that it holds a status: `statusCode`, `err.status`. */
export function isNamedLikeStatus(expression: Node): boolean {
  const node = unwrap(expression)
  const name = isMember(node) ? memberName(node) : node.type === 'Identifier' ? node.name : undefined
  return name !== undefined && /^(?:http)?_?(?:status|code|statuscode|status_code|errorcode|responsecode)$/i.test(name)
}
