import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, unlinkSync } from 'node:fs'
import { dirname } from 'node:path'

export type Version = 'v1' | 'v2'

/**
 * Remembers which version an order, or an object of the provider, belongs to. It has to outlive the process and to be the
 * same for all of them: a database, not a variable.
 */
export interface PinStore {
  get(ref: string): Promise<Version | undefined>
  /** The first one to claim a reference decides; everybody gets what was decided. Must be atomic. */
  claim(ref: string, version: Version): Promise<Version>
  /**
   * When a reference was claimed, in milliseconds since 1970. With it, nothing is asked for again under a key that the provider
   * may have forgotten.
   */
  since?(ref: string): Promise<number | undefined>
  /** Claims a reference, and is true for the first one who does. Must be atomic. With it, an event is handled once. */
  first?(ref: string): Promise<boolean>
}

/** In memory: for tests, and for a single process that may forget. */
export function memoryPins(): PinStore {
  const pins = new Map<string, { readonly version: Version; readonly at: number }>()
  return {
    get: async (ref) => pins.get(ref)?.version,
    claim: async (ref, version) => {
      const known = pins.get(ref) ?? { version, at: Date.now() }
      pins.set(ref, known)
      return known.version
    },
    since: async (ref) => pins.get(ref)?.at,
    first: async (ref) => {
      if (pins.has(ref)) return false
      pins.set(ref, { version: 'v2', at: Date.now() })
      return true
    },
  }
}

/** In a file, one line per pin: for one machine. A lock file makes a claim atomic between its processes. */
export function filePins(path: string): PinStore {
  mkdirSync(dirname(path), { recursive: true })
  const read = (ref: string) => {
    if (!existsSync(path)) return undefined
    const key = `${encodeURIComponent(ref)} `
    const line = readFileSync(path, 'utf8')
      .split('\n')
      .find((one) => one.startsWith(key))
    const [version, at] = line?.slice(key.length).split(' ') ?? []
    return version === undefined ? undefined : { version: version as Version, at: Number(at) }
  }
  const written = async (ref: string, version: Version) => {
    const lock = `${path}.lock`
    for (let waited = 0; ; waited += 5) {
      try {
        closeSync(openSync(lock, 'wx'))
        break
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || waited > 5_000) throw error
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    try {
      const known = read(ref)
      if (known === undefined) appendFileSync(path, `${encodeURIComponent(ref)} ${version} ${Date.now()}\n`)
      return known?.version
    } finally {
      unlinkSync(lock)
    }
  }
  return {
    get: async (ref) => read(ref)?.version,
    since: async (ref) => read(ref)?.at,
    claim: async (ref, version) => (await written(ref, version)) ?? version,
    first: async (ref) => (await written(ref, 'v2')) === undefined,
  }
}

/**
 * In a table: `CREATE TABLE payment_pins (ref VARCHAR(200) PRIMARY KEY, version CHAR(2) NOT NULL, at BIGINT NOT NULL)`; in MySQL with
 * `ref VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`, so that `a` is not `A`. `query` runs a statement, outside of a
 * transaction, and gives the rows.
 * Statements have `$1`, `$2`, and for `mysql` `?`. Neither needs more than a primary key: a second claim is the error of it.
 */
export function sqlPins(
  query: (
    text: string,
    values: readonly (string | number)[],
  ) => Promise<readonly { readonly version: string; readonly at: string | number }[]>,
  dialect: 'postgresql' | 'mysql' = 'postgresql',
): PinStore {
  const [first, second, third] = dialect === 'mysql' ? ['?', '?', '?'] : ['$1', '$2', '$3']
  // an error would end the transaction that a statement may be part of, where there is another way
  const end = dialect === 'mysql' ? '' : ' ON CONFLICT (ref) DO NOTHING RETURNING version, at'
  const row = async (ref: string) => {
    const [found] = await query(`SELECT version, at FROM payment_pins WHERE ref = ${first}`, [ref])
    return found
  }
  const get = async (ref: string) => (await row(ref))?.version.trim() as Version | undefined
  const insert = async (ref: string, version: Version) => {
    const text = `INSERT INTO payment_pins (ref, version, at) VALUES (${first}, ${second}, ${third})${end}`
    try {
      const rows = await query(text, [ref, version, Date.now()])
      return dialect === 'mysql' || rows.length > 0
    } catch (error) {
      const { code, errno } = (error ?? {}) as { readonly code?: unknown; readonly errno?: unknown }
      if (code === 'ER_DUP_ENTRY' || errno === 1062) return false
      throw error
    }
  }
  return {
    get,
    since: async (ref) => {
      const found = await row(ref)
      return found && Number(found.at)
    },
    claim: async (ref, version) => ((await insert(ref, version)) ? version : decided(ref, await get(ref))),
    first: (ref) => insert(ref, 'v2'),
  }
}

/** In Redis: `client` is one of `redis` or `ioredis`. Needs a server that keeps what it is told. */
export function redisPins(
  client: { get(key: string): Promise<string | null>; setnx?: unknown; setNX?: unknown },
  prefix = 'payment-pin:',
): PinStore {
  type SetIfAbsent = (key: string, value: string) => Promise<unknown>
  const method = (client.setNX ?? client.setnx) as SetIfAbsent
  const read = async (ref: string) => (await client.get(prefix + ref))?.split(' ') ?? []
  const get = async (ref: string) => (await read(ref))[0] as Version | undefined
  const set = async (ref: string, version: Version) => {
    const isSet = await method.call(client, prefix + ref, `${version} ${Date.now()}`)
    return isSet === true || isSet === 1
  }
  return {
    get,
    since: async (ref) => {
      const [, at] = await read(ref)
      return at === undefined ? undefined : Number(at)
    },
    claim: async (ref, version) => ((await set(ref, version)) ? version : decided(ref, await get(ref))),
    first: (ref) => set(ref, 'v2'),
  }
}

/** What somebody else has claimed. A replica that is behind does not know it yet, and then nobody may go on as if it were free. */
function decided(ref: string, version: Version | undefined): Version {
  if (version === undefined) throw new Error(`the pin of ${ref} is claimed, and cannot be read`)
  return version
}
