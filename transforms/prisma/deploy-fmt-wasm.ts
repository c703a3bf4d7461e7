import { defineChange, fix, replace } from '#kit'
import { ENVIRONMENT_FORMATS, occurrences } from './environment/variables.ts'
import { concerns } from './schema/project.ts'

export default defineChange({
  title: 'The file `prisma_fmt_build_bg.wasm` was renamed to `prisma_schema_build_bg.wasm`',
  why: 'An image or a bundle that copies the command line of Prisma file by file lacks it, and `prisma` ends with an error.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'It names the engine that was renamed, and not this file.',
  fixable: 'always',

  format: ENVIRONMENT_FORMATS,
  restsOn: 'dependency',
  mentions: ['prisma_fmt_build_bg'],
  *find(file, project) {
    if (!concerns(project)) return
    for (const place of occurrences(file, /\bprisma_fmt_build_bg\b/))
      yield {
        at: place,
        message: 'the file is called `prisma_schema_build_bg.wasm`',
        evidence: { certainty: 'proven', steps: [{ what: `\`${place.text}\` in ${file.path}` }] },
        fix: fix('safe', 'Write `prisma_schema_build_bg`', replace(place, 'prisma_schema_build_bg')),
        notes: ['in 6 the command line also needs `schema_engine_bg.wasm`, the `query_*` files and `@prisma/config`'],
      }
  },
})
