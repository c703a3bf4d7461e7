import { type ApiCall, type DraftEdit, type DraftRequest, defineChange, fix, replace } from '#kit'
import { generateFacade } from './facade/generate.ts'
import { chosenMap } from './map/chosen.ts'
import type { OperationId, PaymentMap } from './map/types.ts'
import { sentenceOf } from './sites/describe.ts'
import { type FacadeAsked, type InlineFile, type Inlining, inlinedFacade, inliningOf } from './sites/inline.ts'
import { digests, LOCK, lockOf, lockText } from './sites/lock.ts'
import { facadeNames } from './sites/names.ts'
import { specifierFrom } from './sites/project.ts'
import { regenerated } from './sites/regenerate.ts'

export default defineChange({
  title: 'Calls are still made in the words of the old version, through a façade',
  why: 'The old version is gone, and its words are left: everybody who reads such a call has to know an API that nobody can look up any more, and every answer is translated back for it.',
  since: '3.0.0',
  stage: 'inline',
  breakage: 'deprecated',
  source: 'https://martinfowler.com/bliki/BranchByAbstraction.html',
  fixable: 'sometimes',

  format: 'json',
  mentions: ['"payment-migration"'],
  *find(file, project) {
    if (!file.path.endsWith(LOCK)) return
    const lock = lockOf(file.text)
    const { map, name } = chosenMap(project)
    if (!lock || name !== lock.map) return
    const inlining = inliningOf(project, map)
    const { files, inlined, kept } = inlining
    const whole = { start: 0, end: file.text.length }
    const evidence = {
      certainty: 'proven' as const,
      steps: [{ what: `${file.path} says that the façade is ${lock.facade.stage ?? 'dual'}` }],
    }
    const sites = files.flatMap((one) => one.sites)
    const calls = callsOf(map, files, lock.facade.stage === 'full')
    if (lock.facade.stage !== 'full' && sites.length > 0) {
      yield {
        at: whole,
        message: `${inlined} of ${counted(sites.length)} can speak ${map.to.id} when the façade has come to the stage \`full\`: run this once more then`,
        evidence,
        notes: calls.map(lineOf),
        calls,
      }
      return
    }
    if (inlined === 0) return
    const facade = inlinedFacade(lock.facade, map, inlining)
    const then = generateFacade({ ...facade, map, mapName: lock.map })
    const made = regenerated(project, lock, then)
    if (made.is === 'changed') {
      yield {
        at: whole,
        message: `the façade is not as it was generated: ${made.what.join(', ')}; put it back first, or let the calls speak ${map.to.id} by hand`,
        evidence,
      }
      return
    }
    const { edits, requests } = callEdits(map, inlining, facade, (path) =>
      specifierFrom(path, then.entry, facade.style),
    )
    const text = lockText({ map: lock.map, mapHash: lock.mapHash, facade, files: digests(then.files) })
    yield {
      at: whole,
      message: `let ${counted(inlined)} speak ${map.to.id}${kept > 0 ? `; ${counted(kept)} ${kept === 1 ? 'keeps' : 'keep'} the façade, each with the reason why` : ''}`,
      evidence,
      fix: {
        ...fix('review', `Speak ${map.to.id} where it is proven`, replace(whole, text), ...edits, ...made.edits),
        requests: [...requests, ...made.requests],
      },
      notes: [
        `limits of the map (lengths, forms, amounts) are looked at before anything is sent, as before; the words are those of ${map.to.id}`,
        ...calls.map(lineOf),
      ],
      calls,
    }
  },
})

/** What becomes of each call. */
function callsOf(map: PaymentMap, files: readonly InlineFile[], isAtEnd: boolean): ApiCall[] {
  return files.flatMap(({ sites }) =>
    sites.map((site) => ({
      ...site.facts,
      verdict:
        site.is === 'kept'
          ? `keeps the old words: ${site.why}`
          : isAtEnd
            ? `speaks ${map.to.id}`
            : `can speak ${map.to.id} at the end`,
    })),
  )
}

/** A line for each call. */
function lineOf(call: ApiCall): string {
  const kept = call.verdict.startsWith('keeps') ? `; ${call.verdict}` : ''
  return `${call.file}:${call.line} ${call.operation}: ${sentenceOf(call)}${kept}`
}

/** What changes in the files that call the façade. */
function callEdits(
  map: PaymentMap,
  { files, asked, isOpen }: Inlining,
  facade: FacadeAsked,
  specifierOf: (path: string) => string,
): { edits: DraftEdit[]; requests: DraftRequest[] } {
  const { native } = facadeNames(map)
  const edits: DraftEdit[] = []
  const requests: DraftRequest[] = []
  for (const file of files) {
    const { path, sites, others, configured, locals, made } = file
    const drop = (name: string) => requests.push({ dropIfUnused: 'import', name, file: path })
    const done = sites.filter((site) => site.is === 'inlined')
    for (const site of done) edits.push(...site.edits.map((edit) => ({ ...edit, file: path })))
    for (const { edit, maker } of made) {
      edits.push({ ...edit, file: path })
      drop(maker)
    }
    const gone = file.promisified.filter(({ owner }) => !isOpen && !isAskedOf(map, asked, owner))
    for (const { at, maker } of gone) {
      edits.push(replace(at, '', path))
      drop(maker)
    }
    // both objects are set up by either
    const isOld =
      [...sites.filter(({ is }) => is === 'kept'), ...others].some(({ by }) => by === 'sdk') ||
      file.promisified.length > gone.length
    const setsUp = isOld || facade.native?.sdk.length === 0 ? [] : configured
    for (const range of setsUp) edits.push(replace(range, native.sdk, path))
    const wanted = [
      ...(done.some(({ by, isOwn }) => by === 'sdk' && isOwn) || setsUp.length > 0 ? [native.sdk] : []),
      ...(done.some(({ by }) => by === 'http') ? [native.http] : []),
      ...(done.some(({ usesAmount }) => usesAmount) ? [native.amount] : []),
    ]
    const from = file.specifier ?? specifierOf(path)
    for (const name of wanted) requests.push({ add: 'import', name, from, named: true, file: path })
    if (wanted.length > 0) for (const one of locals) drop(one)
  }
  return { edits, requests }
}

/** True if some member of a part of the SDK is still asked for. */
function isAskedOf(map: PaymentMap, asked: ReadonlySet<OperationId>, owner: string): boolean {
  return Object.entries(map.sdk?.[0]?.members ?? {}).some(
    ([path, { operation }]) => path.startsWith(`${owner}.`) && asked.has(operation),
  )
}

function counted(count: number): string {
  return count === 1 ? '1 call' : `${count} calls`
}
