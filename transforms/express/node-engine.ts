import {
  allowsBelow,
  type DataFile,
  type Draft,
  defineChange,
  fix,
  isBelow,
  isForBoth,
  type JsonFile,
  type JsonValue,
  nodeVersions,
  olderThan,
  type ProjectFacts,
  replace,
} from '#kit'

const LOWEST = 18
const MESSAGE = `with Express 5 this needs to be Node ${LOWEST} or newer`
const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

export default defineChange({
  title: `Express 5 needs Node ${LOWEST}`,
  why: 'Express 5 is made and tested for Node 18 and newer. On Node 12 requiring it is a syntax error, on Node 14 `express()` throws "Object.hasOwn is not a function"; Node 16 starts, without a promise, and `yarn install` as well as `engine-strict` refuse it.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#installation',
  fixable: 'sometimes',

  format: ['json', 'yaml', 'dockerfile', 'environment', 'shell', 'versions'],
  mentions: [/node/i, /^\s*(?:v?\d|lts\/)/m],
  *find(file, project) {
    if (project.packagesInScope.length === 0 || isForBoth(project.declared('express') ?? '', '5.3.0')) return
    if (/(?:^|\/)package\.json$/.test(file.path)) return yield* inManifest(file as JsonFile, project)
    for (const { version, range, where } of nodeVersions(file)) {
      const old = olderThan(version, LOWEST)
      if (old !== undefined) yield byHand(file, range, `${where} is Node ${old}`, project)
    }
  },
})

function* inManifest(file: JsonFile, project: ProjectFacts): Iterable<Draft> {
  const peer = file.at('peerDependencies', 'express')?.value
  const engines = file.at('engines', 'node')
  if (
    !isForBoth(String(peer ?? ''), '5.3.0') &&
    typeof engines?.value === 'string' &&
    allowsBelow(engines.value, '18.0.0')
  )
    yield* inEngines(file, engines as JsonValue & { value: string }, project)
  const volta = file.at('volta', 'node')
  if (volta && olderThan(String(volta.value), LOWEST))
    yield byHand(file, volta, '`volta.node` chooses the Node that runs', project)
  for (const section of SECTIONS) {
    const types = file.at(section, '@types/node')
    if (types && isBelow(String(types.value), `${LOWEST}.0.0`))
      yield {
        ...byHand(file, types, `\`@types/node\` in ${section} of ${file.path}`, project),
        message: `types of a Node that Express 5 does not run on; take those of Node ${LOWEST} or newer`,
      }
  }
}

function* inEngines(file: JsonFile, node: JsonValue & { value: string }, project: ProjectFacts): Iterable<Draft> {
  const draft = byHand(file, node, `\`engines.node\` of ${file.path}`, project)
  const open = /^(\s*>=?\s*v?)\d+(\.[\dx*]+)?(\.[\dx*]+)?\s*$/.exec(node.value.replace(/^\*?$/, '>=0'))
  if (!open) yield { ...draft, notes: ['this range was chosen for certain versions; say which ones are left'] }
  else if (project.depends('express')) {
    const [, operator, minor, patch] = open
    const raised = `${operator!.replace(/>(?!=)/, '>=')}${LOWEST}${minor ? '.0' : ''}${patch ? '.0' : ''}`
    yield { ...draft, fix: fix('safe', `Raise to \`${raised}\``, replace(node.inner, raised)) }
  } else if (file.at('workspaces') || file.at('private')?.value === true) yield draft
}

function byHand(file: DataFile, at: Draft['at'], what: string, project: ProjectFacts): Draft {
  const notes = project.inScope ? {} : { notes: [`if it is meant for ${project.packagesInScope.join(', ')}`] }
  return {
    at,
    message: MESSAGE,
    evidence: { certainty: 'proven', steps: [{ what: `${what} (${file.path})` }] },
    ...notes,
  }
}
