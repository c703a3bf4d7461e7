import { defineChange, fix, replace } from '#kit'
import { ENVIRONMENT_FORMATS, occurrences } from './environment/variables.ts'
import { concerns, reaches } from './schema/project.ts'

const OLD = /\b(?:PRISMA_MIGRATION_ENGINE_BINARY)\b/

export default defineChange({
  title: '`PRISMA_MIGRATION_ENGINE_BINARY` is called `PRISMA_SCHEMA_ENGINE_BINARY`',
  why: 'The engine was renamed. The old variable is still read up to 6.19, with a warning.',
  since: '5.0.0',
  again: ['6.0.0'],
  breakage: 'deprecated',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#migration-engine-renamed-to-schema-engine',
  guideSays: 'It says nothing of the variable.',
  fixable: 'sometimes',
  stage: 'bump',

  format: ENVIRONMENT_FORMATS,
  restsOn: 'dependency',
  mentions: [OLD],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '5.0.0')) return
    const isThere = occurrences(file, /\bPRISMA_SCHEMA_ENGINE_BINARY\b/).length > 0
    for (const place of occurrences(file, OLD)) {
      const draft = {
        at: place,
        message: 'the variable is called `PRISMA_SCHEMA_ENGINE_BINARY`',
        evidence: { certainty: 'proven' as const, steps: [{ what: `\`${place.text}\` in ${file.path}` }] },
      }
      if (isThere) yield { ...draft, notes: ['the new name is there already: keep one of them'] }
      else
        yield {
          ...draft,
          fix: fix('safe', 'Write `PRISMA_SCHEMA_ENGINE_BINARY`', replace(place, 'PRISMA_SCHEMA_ENGINE_BINARY')),
        }
    }
  },
})
