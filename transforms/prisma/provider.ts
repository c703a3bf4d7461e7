import { defineProvider } from '#kit'
import { GUIDE_6, guideChanges } from './guide/changes.ts'
import { COMPANIONS } from './packages/companions.ts'

export default defineProvider({
  id: 'prisma',
  packages: ['@prisma/client', 'prisma'],
  companions: COMPANIONS,
  alias: ['prisma-client-js', 'prisma2'],
  recipes: {
    prisma6: { from: '4', to: '6', guide: GUIDE_6, guideChanges },
  },
})
