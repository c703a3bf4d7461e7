import { areDisjoint, type Draft, defineChange, isBelow, type JsonEntry, type ProjectFacts } from '#kit'
import { COMPANIONS } from './packages/companions.ts'

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies']

export default defineChange({
  title: 'Packages around Express need a version that knows Express 5',
  why: 'Middleware that assigns `req.query`, reads `req.body` or reaches into the router does something else with Express 5 or throws. A package whose `peerDependencies` exclude Express 5 is refused by npm: not by the first `npm install` over the old lock file, which only warns, but by every `npm ci` after it.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#installation',
  fixable: 'never',

  format: 'json',
  mentions: ['"dependencies"', '"devDependencies"', '"optionalDependencies"'],
  *find(file, project) {
    if (!project.inScope || !/(?:^|\/)package\.json$/.test(file.path)) return
    for (const section of SECTIONS)
      for (const entry of file.entries(section)) {
        const draft = known(entry, section, project) ?? excluded(entry, section, project)
        if (draft) yield draft
      }
  },
})

/** What was measured of this package, if the version in use is one that it holds for. */
function known({ key, value }: JsonEntry, section: string, project: ProjectFacts): Draft | undefined {
  const companion = Object.hasOwn(COMPANIONS, key) ? COMPANIONS[key]! : undefined
  const version = project.installed(key)?.version ?? String(value.value)
  if (!companion || !isBelow(version, companion.until)) return undefined
  return {
    at: value,
    message: companion.verdict,
    evidence: proven(`\`${key}\` ${version} in ${section}; ${companion.evidence}`),
    notes: [companion.advice, ...refusal(key, project)],
  }
}

/** What the installed package says itself. */
function excluded({ key, value }: JsonEntry, section: string, project: ProjectFacts): Draft | undefined {
  const [note] = refusal(key, project)
  if (note === undefined || key === 'express') return undefined
  return {
    at: value,
    message: `it accepts Express ${project.installed(key)!.peerDependencies.express} only`,
    evidence: proven(`\`${key}\` ${project.installed(key)!.version} in ${section}, by its own \`peerDependencies\``),
    notes: ['look for a version that accepts Express 5', note],
  }
}

function refusal(name: string, project: ProjectFacts): string[] {
  const accepts = project.installed(name)?.peerDependencies.express
  return accepts && areDisjoint(accepts, '^5.0.0')
    ? ['npm refuses it beside Express 5, unless `overrides` say otherwise; pnpm, yarn and bun warn']
    : []
}

function proven(what: string) {
  return { certainty: 'proven' as const, steps: [{ what }] }
}
