import { defineChange, fix, isBelow, raiseRange, replace } from '#kit'
import { reaches } from './schema/project.ts'

/** The lowest versions, and the first of each that is published: there is no 4.7.0 and no 5.1.0. */
const MINIMUM_OF_5 = { lowest: '4.7.0', published: '4.7.2' }
const MINIMUM_OF_6 = { lowest: '5.1.0', published: '5.1.3' }

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies']

export default defineChange({
  title: 'The generated client needs a newer TypeScript',
  why: 'Prisma 5 writes types that TypeScript 4.7 and newer understand, Prisma 6 those of 5.1 and newer. An older compiler finds errors all over the client.',
  since: '5.0.0',
  again: ['6.0.0'],
  breakage: 'compile',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#minimum-supported-typescript-version',
  fixable: 'sometimes',

  format: 'json',
  mentions: ['typescript'],
  *find(file, project) {
    if (!/(?:^|\/)package\.json$/.test(file.path) || project.packagesInScope.length === 0) return
    const { lowest, published } = reaches(project, '6.0.0') ? MINIMUM_OF_6 : MINIMUM_OF_5
    for (const section of SECTIONS) {
      const range = file.at(section, 'typescript')
      if (typeof range?.value !== 'string' || !isBelow(range.value, lowest)) continue
      const raised = raiseRange(range.value, published)
      yield {
        at: range.inner,
        message: `this needs to be TypeScript ${published} or newer; upgrade it first, with what it breaks of its own`,
        evidence: { certainty: 'proven', steps: [{ what: `\`typescript\` in ${section} of ${file.path}` }] },
        ...(raised.is === 'raised' && {
          fix: fix('review', `Raise to \`${raised.range}\``, replace(range.inner, raised.range)),
        }),
      }
    }
  },
})
