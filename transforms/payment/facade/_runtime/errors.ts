import { type ErrorFormat, settings } from './settings.ts'

export type PaymentErrorKind =
  | 'validation'
  | 'authentication'
  | 'not_found'
  | 'approval_required'
  | 'declined'
  | 'already_done'
  | 'expired'
  | 'duplicate'
  | 'rate_limited'
  | 'in_progress'
  | 'provider'
  | 'network'
  | 'mapping'
  | 'unknown_owner'
  | 'configuration'

export interface PaymentIssue {
  readonly field?: string
  readonly code?: string
  readonly text?: string
}

interface PaymentErrorFacts {
  readonly kind: PaymentErrorKind
  readonly code: string
  readonly version: 'v1' | 'v2'
  readonly operation: string
  /** `unknown`: nobody can say whether it was done, so it must not be done again in another way. */
  readonly outcome: 'not_executed' | 'unknown'
  readonly httpStatus?: number | undefined
  readonly debugId?: string | undefined
  readonly issues?: readonly PaymentIssue[]
  readonly raw?: unknown
}

/** One form of error for both versions. `response` and `httpStatusCode` say it in the words of the old one. */
export class PaymentError extends Error {
  override readonly name = 'PaymentError'
  readonly kind: PaymentErrorKind
  readonly code: string
  readonly version: 'v1' | 'v2'
  readonly operation: string
  readonly outcome: 'not_executed' | 'unknown'
  readonly httpStatus: number | undefined
  readonly debugId: string | undefined
  readonly issues: readonly PaymentIssue[]
  readonly httpStatusCode: number | undefined
  response: unknown
  /** What the provider, or its SDK, said: for a debugger, and not for whoever prints or serialises the error. */
  readonly raw: unknown

  constructor(message: string, facts: PaymentErrorFacts) {
    super(message)
    this.kind = facts.kind
    this.code = facts.code
    this.version = facts.version
    this.operation = facts.operation
    this.outcome = facts.outcome
    this.httpStatus = facts.httpStatus
    this.debugId = facts.debugId
    this.issues = facts.issues ?? []
    this.httpStatusCode = oldStatus(facts)
    this.response = this.httpStatusCode === undefined ? undefined : oldBody(this, this.httpStatusCode)
    this.raw = facts.raw
    Object.defineProperty(this, 'raw', { enumerable: false })
  }
}

/** An answer of the new API that is no success. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure'
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    super(`the answer has the status ${status}`)
    this.status = status
    this.body = body
  }
}

/** Nothing was sent, for a reason of our own. */
export class NotSent extends Error {
  override readonly name = 'NotSent'
  readonly kind: PaymentErrorKind
  readonly code: string

  constructor(kind: PaymentErrorKind, code: string, message: string) {
    super(message)
    this.kind = kind
    this.code = code
  }
}

/** Whether an error of either version is one of a payment, of this kind and with this code if they are given. */
export function isPaymentError(error: unknown, kind?: PaymentErrorKind, code?: string): boolean {
  const known = toPaymentError(error)
  if (known.kind === 'network' && known.code === 'UNKNOWN') return false
  return (kind === undefined || known.kind === kind) && (code === undefined || known.code === code)
}

/** An error of either version, from whichever client, in one form. */
export function toPaymentError(error: unknown, version: 'v1' | 'v2' = 'v1', operation = ''): PaymentError {
  if (error instanceof PaymentError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof NotSent) {
    const { kind, code } = error
    return new PaymentError(message, { kind, code, version, operation, outcome: 'not_executed', raw: error })
  }
  const answer = answerOf(error)
  if (answer) return fromAnswer(answer.status, answer.body, version, operation, message, error)
  const code = networkCode(error)
  const isUnsent = settings.errors.notExecuted.net.includes(code)
  const outcome = isUnsent ? 'not_executed' : 'unknown'
  return new PaymentError(message, { kind: 'network', code, version, operation, outcome, raw: error })
}

function fromAnswer(
  status: number,
  body: unknown,
  version: 'v1' | 'v2',
  operation: string,
  message: string,
  raw: unknown,
): PaymentError {
  const { errors } = settings
  const format = errors[version]
  const codes = format.code.map((path) => textAt(body, path)).filter((code) => code !== undefined)
  const code = codes[0] ?? `HTTP_${status}`
  const kind = (codes.map((one) => kindOf(one, version)).find(Boolean) ??
    errors.statuses[String(status)] ??
    (status >= 500 ? 'provider' : 'validation')) as PaymentErrorKind
  const isDefinite = errors.notExecuted.http.includes(status) && kind !== 'in_progress'
  return new PaymentError(firstText(body, format.message) ?? message, {
    kind,
    code,
    version,
    operation,
    outcome: isDefinite ? 'not_executed' : 'unknown',
    httpStatus: status,
    debugId: format.debug === undefined ? undefined : textAt(body, format.debug),
    issues: issuesOf(body, format),
    raw,
  })
}

function kindOf(code: string, version: 'v1' | 'v2'): string | undefined {
  const found = Object.entries(settings.errors.kinds).find(([, codes]) => codes[version].includes(code))
  return found?.[0]
}

interface Answer {
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly data?: unknown
  readonly body?: unknown
  readonly error?: unknown
  readonly raw?: unknown
}

/** The status and the body of an answer, where the clients put them. */
function answerOf(error: unknown): { readonly status: number; readonly body: unknown } | undefined {
  if (error instanceof HttpFailure) return { status: error.status, body: error.body }
  if (typeof error !== 'object' || error === null) return undefined
  const fields = error as Answer & { readonly httpStatusCode?: unknown; readonly response?: Answer }
  const { response } = fields
  const status = fields.httpStatusCode ?? response?.status ?? response?.statusCode ?? fields.statusCode ?? fields.status
  if (typeof status !== 'number') return undefined
  return { status, body: response?.data ?? response?.body ?? response ?? fields.error ?? fields.raw ?? fields }
}

function networkCode(error: unknown): string {
  const fields = (error ?? {}) as {
    code?: unknown
    name?: unknown
    cause?: { code?: unknown }
    detail?: { code?: unknown }
  }
  for (const code of [fields.cause?.code, fields.detail?.code, fields.code]) if (typeof code === 'string') return code
  return fields.name === 'TimeoutError' || fields.name === 'AbortError' ? 'TIMEOUT' : 'UNKNOWN'
}

function issuesOf(body: unknown, { issues }: ErrorFormat): PaymentIssue[] {
  const list = issues && valueAt(body, issues.list)
  if (!issues || !Array.isArray(list)) return []
  return list.map((one) => {
    const field = textAt(one, issues.field)
    const text = textAt(one, issues.text)
    const code = issues.code === undefined ? undefined : textAt(one, issues.code)
    return {
      ...(field === undefined ? {} : { field }),
      ...(text === undefined ? {} : { text }),
      ...(code === undefined ? {} : { code }),
    }
  })
}

/** The status that the old version had for this: it has none for what it does not know, and 400 for what was refused. */
function oldStatus({ version, httpStatus }: PaymentErrorFacts): number | undefined {
  return version === 'v2' && httpStatus === 422 ? 400 : httpStatus
}

/** The body of the error as the old version had it. */
function oldBody(error: PaymentError, status: number): unknown {
  const { v1 } = settings.errors
  const body: Record<string, unknown> = {}
  put(body, v1.code[0] ?? 'code', oldCode(error))
  put(body, v1.message[0] ?? 'message', error.message)
  if (v1.debug !== undefined && error.debugId !== undefined) put(body, v1.debug, error.debugId)
  if (v1.issues !== undefined && error.issues.length > 0) {
    const { field, text } = v1.issues
    const list = error.issues.map((issue) => ({ [field]: issue.field, [text]: issue.text ?? issue.code }))
    put(body, v1.issues.list, list)
  }
  return { ...body, httpStatusCode: status }
}

function oldCode({ kind, code, version }: PaymentError): string {
  const { kinds, oldCodes } = settings.errors
  const codes = kinds[kind]?.v1 ?? []
  return version === 'v1' || codes.includes(code) ? code : (oldCodes[code] ?? codes[0] ?? code)
}

function firstText(body: unknown, paths: readonly string[]): string | undefined {
  return paths.map((path) => textAt(body, path)).find((text) => text !== undefined)
}

function textAt(body: unknown, path: string): string | undefined {
  const value = valueAt(body, path)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function valueAt(body: unknown, path: string): unknown {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '')
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined | null)?.[step], body)
}

function put(body: Record<string, unknown>, path: string, value: unknown): void {
  const steps = path.split('.')
  const last = steps.pop() as string
  let place = body
  for (const step of steps) {
    place[step] ??= {}
    place = place[step] as Record<string, unknown>
  }
  place[last] = value
}
