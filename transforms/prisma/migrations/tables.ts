import type { SqlFile, SqlStatement, Survey } from '#kit'

/** A table that migrations made, as it is after all of them. */
export interface MigratedTable {
  /** As it is qualified where it is made: `base` of `"base"."_PostToTag"`. */
  readonly schema: string | undefined
  /** The unique index on A and B. */
  readonly index: string | undefined
  readonly hasPrimaryKey: boolean
  /** A statement about it that was not understood, for a person. */
  readonly unclear: string | undefined
}

/** The migrations of one folder, oldest first, in the order in which Prisma runs them. */
export interface Migrations {
  /** The folder, with a slash at its end. */
  readonly folder: string
  /** The names of its folders, in that order. */
  readonly names: readonly string[]
  /** Tables whose names begin with `_`, by name. */
  readonly tables: Readonly<Record<string, MigratedTable>>
}

const MIGRATION = /^(.*\/|)migrations\/([^/]+)\/migration\.sql$/

/** Every folder of migrations of the project. */
export const MIGRATIONS: Survey<readonly Migrations[], 'sql'> = {
  format: 'sql',
  of: 'project',
  mentions: [''],
  look(files) {
    const folders = new Map<string, { name: string; statements: readonly SqlStatement[] }[]>()
    for (const file of files) {
      const [, above, name] = MIGRATION.exec(file.path) ?? []
      if (above === undefined || name === undefined) continue
      const folder = `${above}migrations/`
      folders.set(folder, [...(folders.get(folder) ?? []), { name, statements: relevant(file) }])
    }
    return [...folders].map(([folder, migrations]) => {
      const ordered = migrations.sort((x, y) => (x.name < y.name ? -1 : 1))
      return {
        folder,
        names: ordered.map(({ name }) => name),
        tables: replayed(ordered.flatMap((one) => one.statements)),
      }
    })
  },
}

function relevant(file: SqlFile): SqlStatement[] {
  return file.statements.filter(({ tokens }) =>
    tokens.some(({ is, text }) => (is === 'string' ? /["\s.]_\w/.test(text) : text.startsWith('_'))),
  )
}

type Draft = { -readonly [K in keyof MigratedTable]: MigratedTable[K] }

/** What is left of the tables whose names begin with `_` after all statements. */
export function replayed(statements: readonly SqlStatement[]): Record<string, MigratedTable> {
  const tables = new Map<string, Draft>()
  for (const statement of statements) apply(statement, tables)
  return Object.fromEntries(tables)
}

const fresh = (schema: string | undefined): Draft => ({
  schema,
  index: undefined,
  hasPrimaryKey: false,
  unclear: undefined,
})

function apply({ tokens }: SqlStatement, tables: Map<string, Draft>): void {
  let at = 0
  const word = (ahead = 0) => (tokens[at + ahead]?.is === 'word' ? tokens[at + ahead]!.text.toUpperCase() : undefined)
  const eat = (...words: readonly string[]) => {
    if (!words.every((one, index) => word(index) === one)) return false
    at += words.length
    return true
  }
  const sign = (text: string) => {
    if (tokens[at]?.is !== 'sign' || tokens[at]!.text !== text) return false
    at++
    return true
  }
  const identifier = () => {
    const token = tokens[at]
    if (token?.is !== 'word' && token?.is !== 'name') return undefined
    at++
    return token.is === 'word' ? token.text.toLowerCase() : token.text
  }
  /** `"base"."_PostToTag"`. */
  const qualified = () => {
    const first = identifier()
    if (!sign('.')) return { schema: undefined, name: first }
    return { schema: first, name: identifier() }
  }
  const rest = () => tokens.slice(at).map((token) => (token.is === 'word' ? token.text.toUpperCase() : token.text))
  const unclear = (why: string) => {
    const named = tokens.map(({ text }) => text)
    for (const [name, table] of tables) {
      const isMeant = (text: string) => text === name || text === table.index || text.includes(`"${name}"`)
      if (named.some(isMeant)) table.unclear = why
    }
  }

  if (eat('CREATE', 'TABLE')) {
    if (eat('IF')) eat('NOT', 'EXISTS')
    const { schema, name } = qualified()
    if (name?.startsWith('_')) {
      const known = tables.get(name)
      const table = fresh(schema)
      table.hasPrimaryKey = / PRIMARY KEY /.test(` ${rest().join(' ')} `)
      if (known) table.unclear = 'it is made more than once'
      tables.set(name, table)
    }
  } else if (eat('CREATE', 'UNIQUE', 'INDEX')) {
    eat('CONCURRENTLY')
    if (eat('IF')) eat('NOT', 'EXISTS')
    const index = identifier()
    if (!eat('ON')) return
    eat('ONLY')
    const table = tables.get(qualified().name ?? '')
    if (eat('USING')) identifier()
    if (table && rest().join(' ') === '( A , B )') table.index = index
  } else if (eat('DROP', 'INDEX')) {
    eat('CONCURRENTLY')
    eat('IF', 'EXISTS')
    const { name } = qualified()
    for (const table of tables.values()) if (table.index === name) table.index = undefined
    if (tokens[at]?.text === ',') unclear('several indexes are dropped at once')
  } else if (eat('DROP', 'TABLE')) {
    eat('IF', 'EXISTS')
    do tables.delete(qualified().name ?? '')
    while (sign(','))
  } else if (eat('ALTER', 'INDEX')) {
    eat('IF', 'EXISTS')
    const { name } = qualified()
    if (eat('RENAME', 'TO')) {
      const renamed = identifier()
      for (const table of tables.values()) if (table.index === name) table.index = renamed
    }
  } else if (eat('ALTER', 'TABLE')) {
    eat('IF', 'EXISTS')
    eat('ONLY')
    const { name = '' } = qualified()
    const table = tables.get(name)
    if (eat('RENAME', 'TO')) {
      const renamed = identifier()
      if (renamed?.startsWith('_'))
        tables.set(renamed, { ...(table ?? fresh(undefined)), unclear: `it was called \`${name}\` before` })
      tables.delete(name)
      return
    }
    if (!table) return
    const said = rest().join(' ')
    if (/^ADD CONSTRAINT \S+ PRIMARY KEY/.test(said) || /^ADD PRIMARY KEY/.test(said)) {
      table.hasPrimaryKey = true
      if (said.includes('USING INDEX')) table.index = undefined
    } else if (
      !/^(?:ADD CONSTRAINT \S+ FOREIGN KEY|DROP CONSTRAINT \S+_fkey|OWNER TO|ENABLE ROW LEVEL SECURITY|REPLICA IDENTITY)/.test(
        said,
      )
    )
      table.unclear = `a migration changes it in a way that is not understood here: \`${said.slice(0, 60)}\``
  } else if (!/^(?:CREATE|INSERT|DELETE|UPDATE|SELECT|COMMENT|GRANT|TRUNCATE|WITH|ANALYZE)$/.test(word() ?? ''))
    unclear('a migration has a statement about it that is not understood here')
}

/**
 * The name of a migration that runs after all others: that of the last one, a second later, or its number, plus one.
 * Undefined where names of that kind do not sort behind the last one. No clock: the same project gives the same name.
 */
export function nameAfter(names: readonly string[], name: string): string | undefined {
  const last = names.at(-1)
  const digits = /^\d+(?=_)/.exec(last ?? '')?.[0]
  if (last === undefined || digits === undefined) return undefined
  const next = `${later(digits)}_${name}`
  return next > last ? next : undefined
}

function later(digits: string): string {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits) ?? []
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  if (second === undefined || Number.isNaN(time)) return `${BigInt(digits) + 1n}`.padStart(digits.length, '0')
  return new Date(time + 1000).toISOString().replace(/\D/g, '').slice(0, 14)
}
