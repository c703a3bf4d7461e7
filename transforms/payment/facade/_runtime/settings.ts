/** What is particular to the provider. Made from the payment map. */
export interface Settings {
  readonly provider: string
  // #flag
  /** The environment variables that the rollout is set by. */
  readonly flag: {
    readonly env: string
    readonly percentEnv: string
    readonly saltEnv: string
    readonly allowEnv: string
    readonly denyEnv: string
  }
  // #end
  /** The host of the new API for each host of the old one. */
  readonly hosts: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly encoding: 'json' | 'form'
  readonly tokenPath?: string
  /** Headers of a call site that v2 takes as well. */
  readonly passHeaders?: readonly string[]
  /** How long an answer is kept for a key: after that, the same request would be a new one. */
  readonly idempotency: { readonly header: string; readonly maxLength: number; readonly retentionMs: number }
  readonly ids: Readonly<Record<string, IdClass>>
  readonly errors: ErrorTable
}

/** How to tell which version made an object of this class. */
export interface IdClass {
  readonly v1?: RegExp
  readonly v2?: RegExp
  readonly pin: 'required' | 'preferred' | 'none'
  /** Paths that read one object, to ask who knows it. */
  readonly probe?: Probe
}

/** The old version may keep apart, and read at several paths, what the new one does not. */
export interface Probe {
  readonly v1: readonly ((id: string) => string)[]
  readonly v2: (id: string) => string
}

export interface ErrorTable {
  readonly v1: ErrorFormat
  readonly v2: ErrorFormat
  readonly kinds: Readonly<Record<string, { readonly v1: readonly string[]; readonly v2: readonly string[] }>>
  /** What v1 called a code of v2, where that is not the first code of its kind. */
  readonly oldCodes: Readonly<Record<string, string>>
  readonly statuses: Readonly<Record<string, string>>
  readonly notExecuted: { readonly http: readonly number[]; readonly net: readonly string[] }
}

export interface ErrorFormat {
  readonly code: readonly string[]
  readonly message: readonly string[]
  readonly debug?: string
  readonly issues?: { readonly list: string; readonly field: string; readonly text: string; readonly code?: string }
}

export const settings: Settings = {
  provider: 'Acme Pay',
  flag: {
    env: 'PAYMENT_API_V2',
    percentEnv: 'PAYMENT_API_V2_PERCENT',
    saltEnv: 'PAYMENT_API_V2_SALT',
    allowEnv: 'PAYMENT_API_V2_ALLOW',
    denyEnv: 'PAYMENT_API_V2_DENY',
  },
  hosts: { 'pay.acme.example': 'api.acme.example' },
  timeoutMs: 10_000,
  encoding: 'json',
  idempotency: { header: 'Idempotency-Key', maxLength: 64, retentionMs: 86_400_000 },
  ids: {},
  errors: {
    v1: { code: ['error'], message: ['message'] },
    v2: { code: ['problem.code'], message: ['problem.detail'] },
    kinds: {},
    oldCodes: {},
    statuses: {},
    notExecuted: { http: [400, 401, 403, 404, 422, 429], net: ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'] },
  },
}
