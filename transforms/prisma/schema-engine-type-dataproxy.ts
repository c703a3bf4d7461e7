import { defineChange, fix, replace } from '#kit'
import { settingOf, stringOf } from './schema/facts.ts'
import { clientGenerators, concerns, standsIn } from './schema/project.ts'

export default defineChange({
  title: '`engineType = "dataproxy"` is no longer read',
  why: 'A client that talks to the data proxy, now Accelerate, is generated with `--no-engine`. The setting is passed over, and a client with an engine of its own is generated instead.',
  since: '5.2.0',
  again: ['6.0.0'],
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/5.2.0',
  guideSays: 'It says nothing of it.',
  fixable: 'always',

  format: 'prisma',
  mentions: ['engineType'],
  *find(file, project) {
    if (!concerns(project)) return
    for (const generator of clientGenerators(file)) {
      const setting = settingOf(generator, 'engineType')
      if (!setting || stringOf(setting.value) !== 'dataproxy') continue
      yield {
        at: setting,
        message: 'generate with `prisma generate --no-engine` instead; the address `prisma://` decides at run time',
        evidence: standsIn(file, `the generator ${generator.name.text}`),
        fix: fix('review', 'Take it out', replace(file.removal(setting), '')),
        notes: ['every script that runs `prisma generate` for this client needs `--no-engine`'],
      }
    }
  },
})
