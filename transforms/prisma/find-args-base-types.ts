import { defineChange } from '#kit'
import { renamedNames } from './types/rename-change.ts'

export default defineChange({
  title: '`UserFindUniqueArgsBase` and `UserFindFirstArgsBase` were removed',
  why: 'They were what the arguments had but for `rejectOnNotFound`, which is gone: `UserFindUniqueArgs` and `UserFindFirstArgs` are the same now.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'Of the generated types it names filters of relations and unchecked updates alone.',
  fixable: 'always',

  format: 'javascript',
  mentions: ['FindUniqueArgsBase', 'FindFirstArgsBase'],
  *find(file, project) {
    yield* renamedNames(file, project, '5.0.0', (name) => {
      const kept = /^(.+Find(?:Unique|First)Args)Base$/.exec(name)?.[1]
      return kept === undefined ? undefined : { to: kept }
    })
  },
})
