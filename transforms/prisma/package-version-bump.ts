import {
  type Draft,
  defineChange,
  fix,
  type JsonFile,
  type JsonValue,
  type ProjectFacts,
  type Range,
  replace,
  type YamlFile,
} from '#kit'
import { declaredRange } from './packages/targets.ts'
import { concerns, reaches } from './schema/project.ts'

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
const OVERRIDES: readonly (readonly string[])[] = [['overrides'], ['resolutions'], ['pnpm', 'overrides']]

export default defineChange({
  title: 'The declared versions of Prisma are those of an older major version',
  why: '`prisma` and `@prisma/client` have to be of one version, and so have the packages that are published with them. The newest version of all is 7, so that a tag or an open range leads past 6.',
  since: '5.0.0',
  again: ['6.0.0'],
  breakage: 'compile',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#upgrade-the-prisma-and-prismaclient-packages-to-v6',
  fixable: 'sometimes',

  format: ['json', 'yaml'],
  mentions: ['prisma'],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '5.0.0')) return
    if (file.format === 'json') {
      if (/(?:^|\/)package\.json$/.test(file.path)) yield* inManifest(file, project)
    } else if (/(?:^|\/)(?:pnpm-workspace\.yaml|\.yarnrc\.yml)$/.test(file.path)) yield* inCatalogs(file, project)
  },
})

function* inManifest(file: JsonFile, project: ProjectFacts): Iterable<Draft> {
  for (const section of SECTIONS)
    for (const { key, value } of file.entries(section))
      yield* judged(key, value.value, value.inner, `\`${key}\` in ${section} of ${file.path}`, project)
  for (const holder of OVERRIDES)
    for (const { path, value, inner } of file.scalars().filter((one) => isBelow(one.path, holder)))
      yield* judged(packageOf(path.slice(holder.length)), value, inner, `${path.join('.')} of ${file.path}`, project)
}

function* inCatalogs(file: YamlFile, project: ProjectFacts): Iterable<Draft> {
  for (const { path, value, range } of file.scalars()) {
    const isRange =
      (path[0] === 'catalog' && path.length === 2) ||
      (path[0] === 'catalogs' && path.length === 3) ||
      (path[0] === 'overrides' && path.length === 2)
    if (isRange) yield* judged(packageOf(path), value, range, `${path.join('.')} of ${file.path}`, project)
  }
}

function isBelow(path: readonly string[], holder: readonly string[]): boolean {
  return path.length > holder.length && holder.every((key, index) => path[index] === key)
}

/** The package that an override is about: the last one of `web>@prisma/client@4`. `.` stands for the one above. */
function packageOf(path: readonly string[]): string {
  const key = path.filter((part) => part !== '.').at(-1) ?? ''
  const last = /(?:@[^/@>]+\/)?[^/@>]+(?:@[^>]*)?$/.exec(key)?.[0] ?? key
  return last.replace(/(?<=.)@.*$/, '')
}

function* judged(
  key: string,
  range: JsonValue['value'],
  at: Range,
  where: string,
  project: ProjectFacts,
): Iterable<Draft> {
  const declared = declaredRange(key, range, project.to)
  if (!declared) return
  const { name, target, raised } = declared
  const draft = {
    at,
    message: `ask for ${name} ${target}`,
    evidence: { certainty: 'proven' as const, steps: [{ what: where }] },
  }
  if (raised.is === 'raised')
    yield { ...draft, fix: fix('safe', `Raise to \`${raised.range}\``, replace(at, raised.range)) }
  else yield { ...draft, notes: [raised.why] }
}
