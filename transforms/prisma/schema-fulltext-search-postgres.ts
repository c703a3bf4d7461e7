import { defineChange, fix, replace } from '#kit'
import { listOf, settingOf } from './schema/facts.ts'
import { clientGenerators, concerns, schemaOf, standsIn } from './schema/project.ts'

export default defineChange({
  title: 'The preview feature `fullTextSearch` is called `fullTextSearchPostgres` on PostgreSQL',
  why: 'It became generally available for MySQL only. On PostgreSQL it stays a preview under a name of its own; the old name is warned of. Without either, `search` and `_relevance` are no part of the client.',
  since: '6.0.0',
  breakage: 'deprecated',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#full-text-search-on-postgresql',
  guideSays: 'It says that the flag has to be renamed; the old name brings a warning, and still does what it did.',
  fixable: 'sometimes',

  format: 'prisma',
  mentions: ['fullTextSearch'],
  *find(file, project) {
    if (!concerns(project)) return
    const provider = schemaOf(file, project)?.provider
    for (const generator of clientGenerators(file)) {
      const flags = listOf(settingOf(generator, 'previewFeatures')?.value)
      const flag = flags.find(({ value }) => value === 'fullTextSearch')
      if (!flag || (provider !== undefined && provider !== 'postgresql')) continue
      const draft = {
        at: flag,
        message: 'on PostgreSQL the flag is `fullTextSearchPostgres`, on any other database there is none',
        evidence: standsIn(file, `\`previewFeatures\` of the generator ${generator.name.text}`),
      }
      const isThere = flags.some(({ value }) => value === 'fullTextSearchPostgres')
      if (provider === undefined) yield { ...draft, notes: ['the provider of the database is not known here'] }
      else if (isThere) yield { ...draft, notes: ['the new flag is there already: take this one out'] }
      else
        yield {
          ...draft,
          fix: fix('safe', 'Rename to `fullTextSearchPostgres`', replace(flag, '"fullTextSearchPostgres"')),
        }
    }
  },
})
