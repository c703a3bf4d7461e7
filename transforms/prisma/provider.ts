import { defineProvider } from '#kit'
import { javascript } from './client/model.ts'
import { GUIDE_6, guideChanges } from './guide/changes.ts'
import { COMPANIONS } from './packages/companions.ts'
import { parser } from './schema/parser.ts'

export default defineProvider({
  id: 'prisma',
  packages: ['@prisma/client', 'prisma'],
  companions: COMPANIONS,
  parser,
  alias: ['prisma-client-js', 'prisma-client', 'prisma2'],
  javascript,
  checklist: () => [
    {
      change: 'cli-introspect',
      byHand:
        'Documentation is not looked at: README files and other pages may still tell people to run `prisma introspect`, `prisma2`, or flags that are gone.',
    },
  ],
  recipes: {
    prisma6: {
      from: '4',
      to: '6',
      guide: GUIDE_6,
      guideChanges,
      settings: {
        stage: {
          description: 'only what is right on the old version too, or everything',
          placeholder: 'stage',
          values: ['before-bump', 'bump'],
          default: 'bump',
        },
      },
    },
  },
})
