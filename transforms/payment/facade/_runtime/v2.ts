import { HttpFailure, NotSent } from './errors.ts'
import { settings } from './settings.ts'

/** What requests of the new API are authorised with, and where they go. */
export interface Credentials {
  /** The value of the header `Authorization`. */
  readonly authorization?: string
  /** For a token that is fetched. */
  readonly id?: string
  readonly secret?: string
  /** Headers of the call site. */
  readonly headers?: Readonly<Record<string, string>>
  /** `https://host`, without a slash at the end. */
  readonly baseUrl: string
}

export interface V2Request {
  readonly method: string
  /** With its parameters. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** The idempotency key. */
  readonly key?: string
  /** The statuses of a success; every other one is a failure. */
  readonly success?: readonly number[]
}

/** The base of the new API for one of the old: another host where the map knows it, and else the same, as in a test. */
export function newBaseUrl(oldBase: string | undefined): string {
  const known = Object.values(settings.hosts)[0]
  if (oldBase === undefined || oldBase === '') return `https://${known}`
  const url = new URL(oldBase.includes('://') ? oldBase : `https://${oldBase}`)
  const host = settings.hosts[url.host]
  return host === undefined ? url.origin : `${url.protocol}//${host}`
}

/** Of the headers that a call site sends, those that v2 takes as well. */
export function passedHeaders(headers: unknown): { readonly headers?: Readonly<Record<string, string>> } {
  const names = settings.passHeaders?.map((name) => name.toLowerCase()) ?? []
  const given = Object.entries(typeof headers === 'object' && headers !== null ? headers : {})
  const passed = given.filter(([name, value]) => names.includes(name.toLowerCase()) && typeof value === 'string')
  return passed.length === 0 ? {} : { headers: Object.fromEntries(passed) }
}

/** A part of a path. */
export function part(value: unknown): string {
  return encodeURIComponent(String(value ?? ''))
}

/** Sends one request, once. There is always a limit of time, and nothing is sent again behind the caller's back. */
export async function sendV2(credentials: Credentials, request: V2Request): Promise<unknown> {
  const authorization = await authorizationOf(credentials)
  const { text, type } = encoded(request.body)
  const response = await fetch(`${credentials.baseUrl}${request.path}`, {
    method: request.method,
    headers: {
      Accept: 'application/json',
      ...credentials.headers,
      ...(text === undefined ? {} : { 'Content-Type': type }),
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...(request.key === undefined ? {} : { [settings.idempotency.header]: request.key }),
      ...request.headers,
    },
    ...(text === undefined ? {} : { body: text }),
    redirect: 'error',
    signal: AbortSignal.timeout(settings.timeoutMs),
  })
  const answer = await response.text()
  const isSuccess = request.success?.includes(response.status) ?? response.ok
  if (response.status === 401) forgetToken(credentials)
  if (!isSuccess) throw new HttpFailure(response.status, parsed(answer) ?? answer)
  if (answer.trim() === '') return undefined
  const value = parsed(answer)
  // what was done is not known: the answer is a success that nobody can read
  if (value === undefined) throw new Error('the answer is no JSON')
  return value
}

function encoded(body: unknown): { readonly text: string | undefined; readonly type: string } {
  if (body === undefined) return { text: undefined, type: '' }
  if (settings.encoding === 'json') return { text: JSON.stringify(body), type: 'application/json' }
  const form = new URLSearchParams()
  const add = (name: string, value: unknown): void => {
    if (value === undefined || value === null) return
    if (typeof value !== 'object') form.append(name, String(value))
    else for (const [key, part] of Object.entries(value)) add(name === '' ? key : `${name}[${key}]`, part)
  }
  add('', body)
  return { text: form.toString(), type: 'application/x-www-form-urlencoded' }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// ---- tokens -------------------------------------------------------------------------------------

const tokens = new Map<string, { readonly authorization: string; readonly until: number }>()
const fetching = new Map<string, Promise<string>>()

/** The header: as it was given, or with a token that is fetched once and kept for as long as it lives. */
async function authorizationOf(credentials: Credentials): Promise<string | undefined> {
  const { authorization, id, secret } = credentials
  if (authorization !== undefined || settings.tokenPath === undefined) return authorization
  if (id === undefined || secret === undefined)
    throw new NotSent('configuration', 'NO_CREDENTIALS', `${settings.provider}: there are no credentials for v2`)
  const name = `${credentials.baseUrl} ${id}`
  const known = tokens.get(name)
  if (known && known.until > Date.now()) return known.authorization
  const running = fetching.get(name) ?? fetchToken(credentials, name).finally(() => fetching.delete(name))
  fetching.set(name, running)
  return running
}

function forgetToken({ baseUrl, id }: Credentials): void {
  tokens.delete(`${baseUrl} ${id}`)
}

async function fetchToken({ baseUrl, id, secret }: Credentials, name: string): Promise<string> {
  let response: Response
  let body: unknown
  try {
    response = await fetch(`${baseUrl}${settings.tokenPath}`, {
      method: 'POST',
      headers: {
        Accept: 'application/json',
        Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
      signal: AbortSignal.timeout(settings.timeoutMs),
    })
    body = parsed(await response.text())
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new NotSent('network', 'NO_TOKEN', `${settings.provider}: no token could be fetched (${reason})`)
  }
  const token = (body as { access_token?: unknown; expires_in?: unknown } | undefined) ?? {}
  if (!response.ok || typeof token.access_token !== 'string')
    throw new NotSent(
      'authentication',
      'NO_TOKEN',
      `${settings.provider}: no token was given (status ${response.status})`,
    )
  const seconds = typeof token.expires_in === 'number' ? token.expires_in : 300
  const authorization = `Bearer ${token.access_token}`
  tokens.set(name, { authorization, until: Date.now() + Math.max(0, seconds - 60) * 1000 })
  return authorization
}
