import { type DraftRequest, defineChange, fix, type ProjectFacts, replace } from '#kit'
import { generateFacade } from './facade/generate.ts'
import type { FacadeStage } from './facade/types.ts'
import { type ChosenMap, chosenMap } from './map/chosen.ts'
import { digests, LOCK, lockOf, lockText } from './sites/lock.ts'
import { isFacade, isTest, passedThrough, sitesSurvey } from './sites/project.ts'
import { regenerated } from './sites/regenerate.ts'
import { optionsGoneAt, setUpSurvey, withoutOptions } from './sites/setup.ts'

export default defineChange({
  title: 'The rollout of the new version is over, and what it needed is no longer used',
  why: 'As long as the flag, the percentage and the old path are there, one wrong variable sends orders to a version that nobody watches any more, or that is switched off.',
  since: '3.0.0',
  stage: 'writes',
  breakage: 'silent',
  source: 'https://martinfowler.com/articles/feature-toggles.html',
  fixable: 'sometimes',

  format: 'json',
  mentions: ['"payment-migration"'],
  *find(file, project) {
    if (!file.path.endsWith(LOCK)) return
    const lock = lockOf(file.text)
    const asked = project.settings.stage
    const stage = (asked === 'inline' ? 'full' : asked) as FacadeStage | undefined
    if (!lock || stage === undefined || (lock.facade.stage ?? 'dual') === stage) return
    const whole = { start: 0, end: file.text.length }
    const evidence = {
      certainty: 'proven' as const,
      steps: [{ what: `${file.path} says that the façade is ${lock.facade.stage}` }],
    }
    if (lock.facade.stage === 'full') {
      yield {
        at: whole,
        message: 'the old version is gone from the façade already; there is no way back to `writes`',
        evidence,
      }
      return
    }
    const chosen = chosenMap(project)
    if (chosen.name !== lock.map) return
    const open = openSites(project, chosen)
    if (open.length > 0) {
      yield {
        at: whole,
        message: `some code still goes past the façade to ${chosen.map.from.id}: ${open.join(', ')}; put it behind the façade first`,
        evidence,
      }
      return
    }
    const setUps = project.survey(setUpSurvey(chosen.map))
    const needed = setUps.flatMap(({ path, uses }) => uses.map((name) => `${path} uses \`${name}\``))
    if (needed.length > 0) {
      yield { at: whole, message: `${needed.join(', ')}, which goes with the flag; take that out first`, evidence }
      return
    }
    const facade = { ...lock.facade, stage }
    const isSdkNeeded =
      stage === 'full' && lock.facade.sdk
        ? { sdk: { ...lock.facade.sdk, passThrough: isSdkUsedBeside(project, chosen, lock.facade.sdk.package) } }
        : {}
    const then = generateFacade({ ...facade, ...isSdkNeeded, map: chosen.map, mapName: lock.map })
    const made = regenerated(project, lock, then)
    if (made.is === 'changed') {
      yield {
        at: whole,
        message: `the façade is not as it was generated: ${made.what.join(', ')}; bring it to the stage \`${stage}\` by hand, or put it back first`,
        evidence,
      }
      return
    }
    const gone = setUps.flatMap(({ path, options }) =>
      options.flatMap((own) => withoutOptions(own, optionsGoneAt(stage)).map((at) => ({ path, at }))),
    )
    const text = lockText({
      map: lock.map,
      mapHash: lock.mapHash,
      facade: { ...facade, ...isSdkNeeded },
      files: digests(then.files),
    })
    yield {
      at: whole,
      message:
        stage === 'full'
          ? `take ${chosen.map.from.id} out of the façade`
          : `let new orders go to ${chosen.map.to.id} only, without a flag`,
      evidence,
      fix: {
        ...fix(
          'review',
          `Take the façade to the stage \`${stage}\``,
          replace(whole, text),
          ...made.edits,
          ...gone.map(({ path, at }) => replace(at, '', path)),
        ),
        requests: [
          ...made.requests,
          ...setUps.flatMap(({ path, names }) =>
            gone.some((one) => one.path === path)
              ? names.map((name): DraftRequest => ({ dropIfUnused: 'import', name, file: path }))
              : [],
          ),
        ],
      },
    }
  },
})

/**
 * Whether the SDK is still asked for what is not an operation of the map: through the façade, or by a file that loads it
 * itself and counts on it being set up.
 */
function isSdkUsedBeside(project: ProjectFacts, { map }: ChosenMap, name: string): boolean {
  const files = project.survey(sitesSurvey(map))
  return (
    passedThrough(files, map).length > 0 ||
    files.some(({ path, sdk }) => sdk.includes(name) && !isFacade(path, map) && !isTest(path))
  )
}

/** The files that talk to the old version without the façade. */
function openSites(project: ProjectFacts, { map }: ChosenMap): readonly string[] {
  return project
    .survey(sitesSurvey(map))
    .filter(({ path, open }) => open && !isFacade(path, map) && !isTest(path))
    .map(({ path }) => path)
}
