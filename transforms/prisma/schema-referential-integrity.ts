import { defineChange, fix, replace } from '#kit'
import { settingOf } from './schema/facts.ts'
import { concerns, standsIn } from './schema/project.ts'

export default defineChange({
  title: '`referentialIntegrity` of a datasource is called `relationMode`',
  why: 'The setting was renamed when it became generally available. The old name is still read up to 6.19, and Prisma warns of it.',
  since: '4.5.0',
  again: ['5.0.0', '6.0.0'],
  breakage: 'deprecated',
  source: 'https://github.com/prisma/prisma/releases/tag/4.5.0',
  guideSays: 'It says nothing of it, which is a change of a minor release of 4.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'prisma',
  mentions: ['referentialIntegrity'],
  *find(file, project) {
    if (!concerns(project)) return
    for (const datasource of file.blocksOf('datasource')) {
      const setting = settingOf(datasource, 'referentialIntegrity')
      if (!setting) continue
      const draft = {
        at: setting.key,
        message: 'the setting is called `relationMode`',
        evidence: standsIn(file, `the datasource ${datasource.name.text}`),
      }
      if (settingOf(datasource, 'relationMode')) yield { ...draft, notes: ['both names are set: keep one'] }
      else yield { ...draft, fix: fix('safe', 'Rename to `relationMode`', replace(setting.key, 'relationMode')) }
    }
  },
})
