import { defineChange } from '#kit'
import { concerns, reaches } from './schema/project.ts'

export default defineChange({
  title: 'The settings `prisma` of package.json are deprecated',
  why: 'Every command warns of them from 6.13 on, and reads them in all of 6. A `prisma.config.ts` takes their place in 7; with one, the command line no longer loads `.env`, and what package.json says is passed over.',
  since: '6.13.0',
  breakage: 'deprecated',
  source: 'https://www.prisma.io/docs/orm/reference/prisma-config-reference',
  guideSays: 'It says nothing of it; the reference of the file does.',
  fixable: 'never',

  format: 'json',
  mentions: ['"prisma"'],
  *find(file, project) {
    if (!/(?:^|\/)package\.json$/.test(file.path) || !concerns(project) || !reaches(project, '6.13.0')) return
    const entry = file.entries().find(({ key, value }) => key === 'prisma' && typeof value.value === 'object')
    if (!entry) return
    yield {
      at: entry.keyRange,
      message: 'leave them for now; the move to `prisma.config.ts` belongs to the upgrade to 7',
      evidence: { certainty: 'proven', steps: [{ what: `\`prisma\` of ${file.path}` }] },
    }
  },
})
