import { defineChange, fix, raiseRange, replace } from '#kit'

/** Where every package of the family is to go. Source: the npm registry, and the measurements behind this catalogue. */
const TARGETS: Readonly<Record<string, string>> = {
  express: '5.3.0',
  '@types/express': '5.0.6',
  '@types/express-serve-static-core': '5.1.3',
  '@types/serve-static': '2.2.0',
}

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

export default defineChange({
  title: '`package.json` asks for Express 4',
  why: 'The declared range keeps the project on Express 4. The types have a major version of their own that goes with it.',
  since: '5.0.0',
  breakage: 'deprecated',
  source: 'https://expressjs.com/en/guide/migrating-5.html#installing-express-5',
  fixable: 'sometimes',

  format: 'json',
  mentions: ['express'],
  *find(file, project) {
    if (!project.inScope || !file.path.endsWith('package.json')) return
    for (const section of SECTIONS)
      for (const { key, value } of file.entries(section)) {
        const name = /^npm:((?:@[^/]+\/)?[^@]+)@/.exec(String(value.value))?.[1] ?? key
        const target = TARGETS[name]
        if (!target || typeof value.value !== 'string') continue
        const raised = raiseRange(value.value, target)
        if (raised.is === 'fine') continue
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
