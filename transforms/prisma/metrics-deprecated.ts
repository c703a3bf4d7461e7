import { defineChange } from '#kit'
import { Client } from './client/kinds.ts'
import { listOf, settingOf } from './schema/facts.ts'
import { clientGenerators, concerns, reaches, standsIn } from './schema/project.ts'

const MESSAGE = 'keep it as long as `$metrics` is read, and plan for 7, which has none'

export default defineChange({
  title: 'The preview feature `metrics` is deprecated',
  why: 'The flag is warned of and still does what it did up to 6.19. In 7 `$metrics` is gone.',
  since: '6.14.0',
  breakage: 'deprecated',
  source: 'https://github.com/prisma/prisma/releases/tag/6.14.0',
  guideSays: 'The documentation says that metrics are not available from 6.14 on, and the client of 6.19 has them.',
  fixable: 'never',

  format: ['prisma', 'javascript'],
  restsOn: 'dependency',
  mentions: ['metrics'],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '6.14.0')) return
    if (file.format === 'javascript') {
      for (const use of [...file.members([Client], '$metrics'), ...file.destructured([Client], '$metrics')])
        yield { at: use.property, message: MESSAGE, evidence: use }
      return
    }
    if (file.format !== 'prisma') return
    for (const generator of clientGenerators(file))
      for (const flag of listOf(settingOf(generator, 'previewFeatures')?.value).filter(
        ({ value }) => value === 'metrics',
      ))
        yield {
          at: flag,
          message: MESSAGE,
          evidence: standsIn(file, `the generator ${generator.name.text}`),
        }
  },
})
