import { defineChange, fix, isBelow, type ProjectFacts, replace } from '#kit'
import { declaredRange } from './packages/targets.ts'

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

export default defineChange({
  title: '`package.json` asks for Express 4',
  why: 'The declared range keeps the project on Express 4. The types have a major version of their own that goes with it.',
  since: '5.0.0',
  breakage: 'deprecated',
  source: 'https://expressjs.com/en/guide/migrating-5.html#installation',
  fixable: 'sometimes',

  format: 'json',
  mentions: ['express'],
  *find(file, project) {
    if (project.packagesInScope.length === 0 || !/(?:^|\/)package\.json$/.test(file.path)) return
    for (const section of SECTIONS)
      for (const { key, value } of file.entries(section)) {
        const declared = declaredRange(key, value.value)
        // the root of a workspace may hold the types of packages below it; an express of its own is another matter
        if (!declared || (declared.name === 'express' && !project.inScope)) continue
        const { name, target } = declared
        const raised = ownedByNest(project) ?? declared.raised
        const draft = {
          at: value,
          message: `\`${name}\` goes to ${target}`,
          evidence: { certainty: 'proven' as const, steps: [{ what: `\`${key}\` in ${section} of ${file.path}` }] },
        }
        if (raised.is === 'unclear') yield { ...draft, notes: [raised.why] }
        else yield { ...draft, fix: fix('safe', `Raise to \`${raised.range}\``, replace(value.inner, raised.range)) }
      }
  },
})

/** Nest 10 runs on the Express 4 that it brings; another one beside it is not used. */
function ownedByNest(project: ProjectFacts) {
  const nest = project.declared('@nestjs/platform-express')
  if (nest === undefined || !isBelow(nest, '11.0.0')) return undefined
  const why = 'Nest 10 runs on the Express 4 that it brings: upgrade Nest to 11, and Express 5 comes with it'
  return { is: 'unclear' as const, why }
}
