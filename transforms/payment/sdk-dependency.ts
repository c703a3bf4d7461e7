import { type Draft, defineChange, fix, type JsonFile, type ProjectFacts } from '#kit'
import { chosenMap } from './map/chosen.ts'
import type { PaymentMap } from './map/types.ts'
import { inlinedFacade, inliningOf } from './sites/inline.ts'
import { LOCK, LOCKS, type Lock } from './sites/lock.ts'
import { isFacade, passedThrough, sitesSurvey } from './sites/project.ts'

export default defineChange({
  title: 'The SDK of the old version is no longer used',
  why: 'Nothing calls it any more. It is deprecated, and its dependencies are.',
  since: '3.0.0',
  stage: 'full',
  breakage: 'deprecated',
  source: 'https://martinfowler.com/bliki/BranchByAbstraction.html',
  fixable: 'sometimes',

  format: 'json',
  mentions: ['ependencies"'],
  *find(file, project) {
    if (!/(?:^|\/)package\.json$/.test(file.path) || !project.inScope) return
    const { map } = chosenMap(project)
    if (map.to.transport === 'sdk') return
    for (const { package: name } of map.sdk ?? []) {
      yield* declarations(file, project, name)
      const declared = ['dependencies', 'devDependencies'].map((section) => file.at(section, name)).find(Boolean)
      if (!declared) continue
      const users = project
        .survey(sitesSurvey(map))
        .filter(({ sdk, path }) => sdk.includes(name) && !isFacade(path, map))
      const evidence = { certainty: 'proven' as const, steps: [{ what: `${file.path} declares ${name}` }] }
      const others = passedThrough(project.survey(sitesSurvey(map)), map)
      if (others.length > 0)
        yield {
          at: declared,
          message: `\`${name}\` stays: the façade hands \`${others.join('`, `')}\` on to it`,
          evidence,
        }
      else if (users.length > 0)
        yield {
          at: declared,
          message: `\`${name}\` is still loaded by ${users.map(({ path }) => path).join(', ')}`,
          evidence,
        }
      else
        yield {
          at: declared,
          message: `nothing loads \`${name}\` any more`,
          evidence,
          fix: { ...fix('safe', `Take \`${name}\` out`), requests: [{ dropIfUnused: 'dependency', name }] },
        }
    }
  },
})

/** The declarations of the SDK go when nothing is told of its types any more. */
function* declarations(file: JsonFile, project: ProjectFacts, sdk: string): Iterable<Draft> {
  const name = `@types/${sdk}`
  const declared = ['dependencies', 'devDependencies'].map((section) => file.at(section, name)).find(Boolean)
  const { map } = chosenMap(project)
  const lock = project.survey(LOCKS).find(([path]) => path.slice(0, -LOCK.length - 1) === folderOf(file.path))?.[1]
  if (!declared || !lock || isNamed(project, map, lock, sdk)) return
  yield {
    at: declared,
    message: `nothing uses the types of \`${sdk}\` any more`,
    evidence: { certainty: 'proven', steps: [{ what: `${file.path} declares ${name}` }] },
    fix: { ...fix('safe', `Take \`${name}\` out`), requests: [{ dropIfUnused: 'dependency', name }] },
  }
}

/** Whether a file, or the façade as it is going to be, names the SDK. */
function isNamed(project: ProjectFacts, map: PaymentMap, lock: Lock, sdk: string): boolean {
  const named = project.survey(sitesSurvey(map)).some(({ path, names }) => names.includes(sdk) && !isFacade(path, map))
  if (named || lock.facade.style.language === 'javascript') return named
  if (project.settings.stage !== 'inline' || lock.facade.stage !== 'full' || lock.facade.sdk?.passThrough !== false)
    return true
  return inlinedFacade(lock.facade, map, inliningOf(project, map)).native?.keeps.sdk !== false
}

function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/')
}
