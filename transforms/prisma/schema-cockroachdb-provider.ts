import { type DataFile, defineChange, type Range } from '#kit'
import { concerns, SCHEMAS } from './schema/project.ts'

const COCKROACH = /cockroachlabs\.cloud|(?<=@[\w.-]*):26257\b|\bcockroachdb\/cockroach\b/g

export default defineChange({
  title: 'CockroachDB is no longer reached with the provider `postgresql`',
  why: 'From 5 on the connection is refused: the datasource needs `provider = "cockroachdb"`. That provider has other native types, so that the schema and the migrations have to be made anew.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#cockroachdb-provider-is-now-required-when-connecting-to-a-cockroachdb-database',
  fixable: 'never',

  format: ['environment', 'yaml', 'prisma'],
  mentions: ['cockroach', ':26257'],
  *find(file, project) {
    if (!concerns(project)) return
    if (!project.survey(SCHEMAS).some(({ provider }) => provider === 'postgresql')) return
    for (const at of places(file))
      yield {
        at,
        message:
          'use the provider `cockroachdb`: `db pull --force` makes the schema anew, then baseline the migrations',
        evidence: {
          certainty: 'inferred',
          steps: [
            { what: `an address or an image of CockroachDB (${file.path})` },
            { what: 'the schema has the provider `postgresql`' },
          ],
        },
      }
  },
})

function places(file: DataFile): Range[] {
  return [...file.text.matchAll(COCKROACH)].map((match) => ({ start: match.index, end: match.index + match[0].length }))
}
