import { defineChange, fix, replace } from '#kit'
import { ENVIRONMENT_FORMATS, occurrences } from './environment/variables.ts'
import { concerns } from './schema/project.ts'

const ENGINE = /(?<![\w.-])(?:migration|introspection)-engine(?=[-*"'\s/]|$)/

export default defineChange({
  title: 'The file `migration-engine` was renamed to `schema-engine`',
  why: 'Whatever names the file of the engine, to ship it or to leave it out, no longer meets it. The introspection engine is a part of it.',
  since: '5.0.0',
  breakage: 'silent',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#migration-engine-renamed-to-schema-engine',
  fixable: 'sometimes',

  format: ENVIRONMENT_FORMATS,
  restsOn: 'dependency',
  mentions: ['migration-engine', 'introspection-engine'],
  *find(file, project) {
    if (!concerns(project)) return
    for (const place of occurrences(file, ENGINE)) {
      const draft = {
        at: place,
        message: 'the file is called `schema-engine`',
        evidence: { certainty: 'proven' as const, steps: [{ what: `\`${place.text}\` in ${file.path}` }] },
      }
      if (place.text === 'migration-engine')
        yield { ...draft, fix: fix('safe', 'Write `schema-engine`', replace(place, 'schema-engine')) }
      else yield { ...draft, notes: ['it is a part of the schema engine now: take it out where that is named, too'] }
    }
  },
})
