import {
  allowsBelow,
  type DataFile,
  type Draft,
  defineChange,
  fix,
  type JsonFile,
  nodeVersions,
  olderThan,
  type ProjectFacts,
  replace,
} from '#kit'
import { concerns, reaches } from './schema/project.ts'

export default defineChange({
  title: 'Prisma needs a newer Node',
  why: 'Prisma 5 is made for Node 16.13 and newer, Prisma 6 for 18.18, 20.9 and 22.11 and newer. The installation checks it and ends with an error.',
  since: '5.0.0',
  again: ['6.0.0'],
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#minimum-supported-nodejs-versions',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: ['json', 'yaml', 'dockerfile', 'environment', 'shell', 'versions'],
  mentions: [/node/i, /^\s*(?:v?\d|lts\/)/m],
  *find(file, project) {
    if (!concerns(project) || project.packagesInScope.length === 0) return
    if (/(?:^|\/)package\.json$/.test(file.path)) return yield* inManifest(file as JsonFile, project)
    const [major] = lowest(project)
    for (const { version, range, where } of nodeVersions(file))
      if (olderThan(version, major) !== undefined || isTooOld(version, project))
        yield byHand(file, range, `${where} is Node ${version}`, project)
  },
})

/** The oldest major version of Node, and the first of it that will do. */
function lowest(project: ProjectFacts): readonly [major: number, version: string] {
  return reaches(project, '6.0.0') ? [18, '18.18.0'] : [16, '16.13.0']
}

/** True for one exact version of a line that is accepted from a later one on. */
function isTooOld(version: string, project: ProjectFacts): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)(?:\.\d+)?(?:-.*)?$/.exec(version.trim()) ?? []
  if (major === undefined) return false
  const first: Readonly<Record<string, number>> = reaches(project, '6.0.0') ? { 18: 18, 20: 9, 22: 11 } : { 16: 13 }
  return Number(minor) < (first[major] ?? 0)
}

function* inManifest(file: JsonFile, project: ProjectFacts): Iterable<Draft> {
  const [major, version] = lowest(project)
  const volta = file.at('volta', 'node')
  if (volta && (olderThan(String(volta.value), major) !== undefined || isTooOld(String(volta.value), project)))
    yield byHand(file, volta, '`volta.node` chooses the Node that runs', project)
  const engines = file.at('engines', 'node')
  if (typeof engines?.value !== 'string' || !allowsBelow(engines.value, `${major}.0.0`)) return
  const draft = byHand(file, engines, `\`engines.node\` of ${file.path}`, project)
  const open = /^(\s*>=\s*v?)\d+(?:\.[\dx*]+)*\s*$/.exec(engines.value)
  if (!open || !project.inScope)
    yield { ...draft, notes: ['this range was chosen for certain versions; say which ones are left'] }
  else {
    const raised = `${open[1]}${version}`
    yield { ...draft, fix: fix('safe', `Raise to \`${raised}\``, replace(engines.inner, raised)) }
  }
}

function byHand(file: DataFile, at: Draft['at'], what: string, project: ProjectFacts): Draft {
  return {
    at,
    message: `this needs to be Node ${lowest(project)[1]} or newer`,
    evidence: { certainty: 'proven', steps: [{ what: `${what} (${file.path})` }] },
  }
}
