import { type Draft, defineChange, isBelow, type JsonFile, type ProjectFacts } from '#kit'
import { COMPANIONS } from './packages/companions.ts'
import { concerns, reaches } from './schema/project.ts'

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies']

export default defineChange({
  title: 'Packages that are used with Prisma need another version, or have none for 6',
  why: 'Generators and middlewares depend on the internals of one major version. Their peer ranges may keep the installation from working at all.',
  since: '6.0.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/6.0.0',
  guideSays: 'It says nothing of other packages.',
  fixable: 'never',

  format: 'json',
  mentions: ['prisma'],
  *find(file, project) {
    if (!/(?:^|\/)package\.json$/.test(file.path) || !concerns(project) || !reaches(project, '6.0.0')) return
    for (const section of SECTIONS) yield* inSection(file, section, project)
  },
})

function* inSection(file: JsonFile, section: string, project: ProjectFacts): Iterable<Draft> {
  for (const { key, keyRange, value } of file.entries(section)) {
    const known = Object.hasOwn(COMPANIONS, key) ? COMPANIONS[key] : undefined
    if (!known || typeof value.value !== 'string') continue
    const installed = project.installed(key)?.version ?? value.value
    if (known.accepts !== undefined && !isBelow(installed, known.accepts)) continue
    yield {
      at: keyRange,
      message: known.accepts ? `take ${known.accepts} or newer: ${known.advice}` : known.advice,
      evidence: { certainty: 'proven', steps: [{ what: `\`${key}\` ${value.value} in ${section} of ${file.path}` }] },
    }
  }
}
