import { defineChange, fix } from '#kit'
import { propertyOf, removeProperty } from './client/literals.ts'
import { configsOf } from './packages/config.ts'
import { concerns, reaches } from './schema/project.ts'

export default defineChange({
  title: '`earlyAccess` of `prisma.config.ts` has no effect any more',
  why: 'The file is generally available since 6.13; what had to be said before is ignored.',
  since: '6.13.0',
  breakage: 'deprecated',
  source: 'https://github.com/prisma/prisma/releases/tag/6.13.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'always',
  stage: 'bump',

  format: 'javascript',
  restsOn: 'dependency',
  mentions: ['earlyAccess'],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '6.13.0')) return
    for (const { object, evidence } of configsOf(file)) {
      const property = propertyOf(object, 'earlyAccess')
      if (!property) continue
      const edit = removeProperty(file, object, property)
      yield {
        at: property,
        message: 'it is ignored; take it out',
        evidence,
        ...(edit && { fix: fix('safe', 'Take it out', edit) }),
      }
    }
  },
})
