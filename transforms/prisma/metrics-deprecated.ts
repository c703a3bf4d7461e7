import { defineChange } from '#kit'
import { listOf, settingOf } from './schema/facts.ts'
import { clientGenerators, concerns, reaches, standsIn } from './schema/project.ts'

export default defineChange({
  title: 'The preview feature `metrics` is deprecated',
  why: 'The flag is warned of and still does what it did up to 6.19, although the documentation says otherwise. In 7 `$metrics` is gone.',
  since: '6.14.0',
  breakage: 'deprecated',
  source: 'https://github.com/prisma/prisma/releases/tag/6.14.0',
  fixable: 'never',

  format: 'prisma',
  mentions: ['metrics'],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '6.14.0')) return
    for (const generator of clientGenerators(file))
      for (const flag of listOf(settingOf(generator, 'previewFeatures')?.value).filter(
        ({ value }) => value === 'metrics',
      ))
        yield {
          at: flag,
          message: 'keep it as long as `$metrics` is read, and plan for 7, which has none',
          evidence: standsIn(file, `the generator ${generator.name.text}`),
        }
  },
})
