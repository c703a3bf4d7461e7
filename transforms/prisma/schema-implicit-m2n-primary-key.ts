import { Buffer } from 'node:buffer'
import { defineChange, fix, type ProjectFacts } from '#kit'
import { MIGRATIONS, type Migrations, nameAfter } from './migrations/tables.ts'
import { folderOf, type ManyToMany, type SchemaFacts } from './schema/facts.ts'
import { concerns, reaches, schemaOf, standsIn } from './schema/project.ts'

/** PostgreSQL cuts longer names, and Prisma cuts them in its own way. */
const LONGEST_NAME = 63
const NAME = 'upgrade_to_prisma_6'

export default defineChange({
  title: 'Tables of implicit many-to-many relations have a primary key on PostgreSQL',
  why: 'Prisma 6 expects the primary key `_X_AB_pkey` where 4 and 5 made the unique index `_X_AB_unique`. Queries are not affected. But the next `migrate dev` or `db push` changes every such table, rebuilding its index, and checks for drift fail.',
  since: '6.0.0',
  breakage: 'silent',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#schema-change-for-implicit-m-n-relations-on-postgresql',
  guideSays: 'The migration that it has makes the index anew under a lock; `USING INDEX` takes the one that is there.',
  fixable: 'sometimes',

  format: 'prisma',
  mentions: ['[]'],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '6.0.0')) return
    const schema = schemaOf(file, project)
    if (schema?.provider !== 'postgresql') return
    const { migrations, ready, waiting } = judged(schema, project)
    const name = migrations && nameAfter(migrations.names, NAME)
    for (const relation of schema.manyToMany.filter((one) => one.file === file.path)) {
      const draft = {
        at: relation,
        message: `the table \`${relation.table}\` is to have a primary key in place of its unique index`,
        evidence: standsIn(file, `the relation of ${relation.a} and ${relation.b} is a list on both sides`),
      }
      const why = waiting.get(relation)
      if (why === undefined && !ready.has(relation)) continue
      if (why !== undefined) yield { ...draft, notes: [why, BY_HAND] }
      else if (!migrations || name === undefined)
        yield { ...draft, notes: ['the names of the migrations do not say which one comes next', BY_HAND] }
      else
        yield {
          ...draft,
          fix: {
            ...fix('safe', 'Make the unique index the primary key, in a migration of its own'),
            requests: [
              { add: 'file', file: `${migrations.folder}${name}/migration.sql`, text: script([...ready.values()]) },
            ],
          },
          notes: ['run it with `prisma migrate deploy`; the index is reused, so that nothing is rebuilt'],
        }
    }
  },
})

const BY_HAND =
  'after the upgrade `prisma migrate dev --create-only` writes this change; `PRIMARY KEY USING INDEX` keeps it from rebuilding the index'

interface Judged {
  readonly migrations: Migrations | undefined
  /** A statement for each relation whose index is known. */
  readonly ready: ReadonlyMap<ManyToMany, string>
  /** Why it is not known what to do. */
  readonly waiting: ReadonlyMap<ManyToMany, string>
}

/** What the migrations beside a schema say of the tables of its relations; those that have a primary key are left out. */
function judged(schema: SchemaFacts, project: ProjectFacts): Judged {
  const migrations = project.survey(MIGRATIONS).find(({ folder }) => folder === `${folderOf(schema.root)}migrations/`)
  const ready = new Map<ManyToMany, string>()
  const waiting = new Map<ManyToMany, string>()
  for (const relation of schema.manyToMany) {
    const { table } = relation
    const known = migrations && Object.hasOwn(migrations.tables, table) ? migrations.tables[table] : undefined
    const key = `${table}_AB_pkey`
    if (!migrations) waiting.set(relation, 'there is no folder of migrations beside the schema')
    else if (!known) waiting.set(relation, `no migration makes the table \`${table}\``)
    else if (known.unclear !== undefined) waiting.set(relation, `\`${table}\`: ${known.unclear}`)
    else if (known.hasPrimaryKey) continue
    else if (known.index === undefined)
      waiting.set(relation, `no migration makes a unique index on A and B of \`${table}\``)
    else if (Buffer.byteLength(key) > LONGEST_NAME)
      waiting.set(relation, `\`${key}\` is longer than the ${LONGEST_NAME} bytes that PostgreSQL keeps of a name`)
    else if (relation.schemas.length > 1) waiting.set(relation, 'its models are in several schemas of the database')
    else {
      const qualified = `${known.schema === undefined ? '' : `${quoted(known.schema)}.`}${quoted(table)}`
      ready.set(
        relation,
        `ALTER TABLE ${qualified} ADD CONSTRAINT ${quoted(key)} PRIMARY KEY USING INDEX ${quoted(known.index)};`,
      )
    }
  }
  return { migrations, ready, waiting }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function script(statements: readonly string[]): string {
  return [
    '-- Prisma 6 expects a primary key on the tables of implicit many-to-many relations, where earlier versions made a',
    '-- unique index. The index becomes the key, so that nothing is rebuilt.',
    '',
    ...statements.flatMap((statement) => ['-- AlterTable', statement, '']),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}
