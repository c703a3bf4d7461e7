import { defineChange, fix, insertAfter } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { facadeFor } from './sites/project.ts'

const EXAMPLE = /(?:^|\/)\.env[.-](?:example|sample|template|dist)$|(?:^|\/)(?:example|sample)\.env$/

export default defineChange({
  title: 'The versions are told apart by variables of the environment that have to be known',
  why: 'The flag says whether new orders may go to the new version, and the percentage how many of them do. Who sets a service up from the example has to see them there, or nobody knows that there is a switch.',
  since: '2.0.0',
  breakage: 'silent',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'always',

  format: 'environment',
  mentions: [''],
  *find(file, project) {
    if (!project.inScope || !EXAMPLE.test(file.path)) return
    const chosen = chosenMap(project)
    const { flag, to, mode } = chosen.map
    if (!flag || mode !== 'dual' || facadeFor(project, chosen)?.stage !== 'dual') return
    const known = new Set(file.assignments().map(({ name }) => name))
    const lines = [
      [
        flag.env,
        'false',
        `# ${flag.env}=true lets new orders go to ${to.id}; without it, all of them go where they always went.`,
      ],
      [flag.percentEnv, '1', `# How many of 100 new orders then do. An order never changes its version.`],
      [flag.saltEnv, 'change-me', `# Which ones: another text chooses others. Keep it while there is a percentage.`],
    ] as const
    const missing = lines.filter(([name]) => !known.has(name))
    if (missing.length === 0) return
    const end = file.text.length
    const gap = file.text === '' ? '' : file.text.endsWith('\n') ? '\n' : '\n\n'
    const text = missing.map(([name, value, comment]) => `${comment}\n${name}=${value}\n`).join('')
    yield {
      at: { start: 0, end: Math.min(1, end) },
      message: `the variables ${missing.map(([name]) => name).join(', ')} are not in it`,
      evidence: {
        certainty: 'proven',
        steps: [{ what: 'code of this package is put behind the façade, which reads them' }],
      },
      fix: fix('safe', 'Add the variables of the flag', insertAfter({ start: end, end }, gap + text)),
    }
  },
})
