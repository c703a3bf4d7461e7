import { defineChange } from '#kit'
import { namesOfPrisma } from './types/namespace.ts'

const REMOVED = /^(?:HasSelect|HasInclude|CheckSelect|PickArray)$/

export default defineChange({
  title: 'Helper types of the generated client were removed',
  why: '`HasSelect`, `HasInclude`, `CheckSelect` and `PickArray` were parts of how the client computed its results, and have no successor. `Prisma__UserClient` was a class and is an interface: it can still be a type, and nothing else.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'Of the generated types it names filters of relations and unchecked updates alone.',
  fixable: 'never',

  format: 'javascript',
  mentions: ['HasSelect', 'HasInclude', 'CheckSelect', 'PickArray', 'Prisma__'],
  *find(file, project) {
    for (const use of namesOfPrisma(file, project)) {
      if (REMOVED.test(use.name))
        yield {
          at: use.node,
          message: `\`${use.name}\` is gone: write the type out that it stands for here`,
          evidence: use.evidence,
        }
      else if (/^Prisma__\w+Client$/.test(use.name) && !use.isType)
        yield { at: use.node, message: `\`${use.name}\` is an interface now, and no value`, evidence: use.evidence }
    }
  },
})
