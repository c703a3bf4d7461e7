import { defineChange, fix, replace } from '#kit'
import { ENVIRONMENT_FORMATS, occurrences } from './environment/variables.ts'
import { concerns, reaches } from './schema/project.ts'

const OLD = /\b(?:PRISMA_GENERATE_DATAPROXY|PRISMA_GENERATE_ACCELERATE)\b/

export default defineChange({
  title: '`PRISMA_GENERATE_DATAPROXY` is called `PRISMA_GENERATE_NO_ENGINE`',
  why: 'It says that the client is generated without an engine. The old names are still read in 6, and are gone in 7.',
  since: '5.2.0',
  again: ['6.0.0'],
  breakage: 'deprecated',
  source: 'https://github.com/prisma/prisma/releases/tag/5.2.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'sometimes',
  stage: 'bump',

  format: ENVIRONMENT_FORMATS,
  restsOn: 'dependency',
  mentions: [OLD],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '5.2.0')) return
    const isThere = occurrences(file, /\bPRISMA_GENERATE_NO_ENGINE\b/).length > 0
    for (const place of occurrences(file, OLD)) {
      const draft = {
        at: place,
        message: 'the variable is called `PRISMA_GENERATE_NO_ENGINE`',
        evidence: { certainty: 'proven' as const, steps: [{ what: `\`${place.text}\` in ${file.path}` }] },
      }
      if (isThere) yield { ...draft, notes: ['the new name is there already: keep one of them'] }
      else
        yield {
          ...draft,
          fix: fix('safe', 'Write `PRISMA_GENERATE_NO_ENGINE`', replace(place, 'PRISMA_GENERATE_NO_ENGINE')),
        }
    }
  },
})
