import { type ApiCall, type DraftEdit, type DraftRequest, defineChange, fix, replace } from '#kit'
import { generateFacade } from './facade/generate.ts'
import type { FacadeRequest, HttpClient, NativeRequest } from './facade/types.ts'
import { chosenMap } from './map/chosen.ts'
import type { PaymentMap } from './map/types.ts'
import { sentenceOf } from './sites/describe.ts'
import { type InlineFile, type InlineSite, inliningOf } from './sites/inline.ts'
import { digests, LOCK, lockOf, lockText } from './sites/lock.ts'
import { facadeNames } from './sites/names.ts'
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
    const { files, inlined, kept } = inliningOf(project, map)
    const whole = { start: 0, end: file.text.length }
    const evidence = {
      certainty: 'proven' as const,
      steps: [{ what: `${file.path} says that the façade is ${lock.facade.stage ?? 'dual'}` }],
    }
    const sites = files.flatMap((one) => one.sites)
    const calls = callsOf(map, files)
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
    const names = facadeNames(map)
    const facade = after(lock.facade, sites, {
      sdk: files.some(({ others }) => others.some(({ by }) => by === 'sdk')),
      http: files.some(({ others }) => others.some(({ by }) => by === 'http')),
      webhook: files.some(({ taken }) =>
        taken.some((one) => one === '*' || one === names.webhook || one === names.webhookOnce),
      ),
      returnId: files.some(({ taken }) => taken.some((one) => one === '*' || one === names.returnId)),
    })
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
    const { native } = names
    const edits: DraftEdit[] = []
    const requests: DraftRequest[] = []
    for (const { path, sites: own, others, configured, specifier, locals } of files) {
      const done = own.filter((site) => site.is === 'inlined')
      for (const site of done) edits.push(...site.edits.map((edit) => ({ ...edit, file: path })))
      // both objects are set up by either
      const isOld = [...own.filter(({ is }) => is === 'kept'), ...others].some(({ by }) => by === 'sdk')
      const setsUp = isOld || facade.native?.sdk.length === 0 ? [] : configured
      for (const range of setsUp) edits.push(replace(range, native.sdk, path))
      const wanted = [
        ...(done.some(({ by }) => by === 'sdk') || setsUp.length > 0 ? [native.sdk] : []),
        ...(done.some(({ by }) => by === 'http') ? [native.http] : []),
        ...(done.some(({ usesAmount }) => usesAmount) ? [native.amount] : []),
      ]
      for (const one of wanted) requests.push({ add: 'import', name: one, from: specifier, named: true, file: path })
      if (wanted.length > 0) for (const one of locals) requests.push({ dropIfUnused: 'import', name: one, file: path })
    }
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
function callsOf(map: PaymentMap, files: readonly InlineFile[]): ApiCall[] {
  return files.flatMap(({ sites }) =>
    sites.map((site) => ({
      ...site.facts,
      verdict: site.is === 'kept' ? `keeps the old words: ${site.why}` : `speaks ${map.to.id}`,
    })),
  )
}

/** A line for each call. */
function lineOf(call: ApiCall): string {
  const kept = call.verdict.startsWith('keeps') ? `; ${call.verdict}` : ''
  return `${call.file}:${call.line} ${call.operation}: ${sentenceOf(call)}${kept}`
}

/** The façade that is left: what is asked for in the new words, and what still is in the old ones. */
function after(
  before: Omit<FacadeRequest, 'map' | 'mapName'>,
  sites: readonly InlineSite[],
  others: NativeRequest['keeps'],
): Omit<FacadeRequest, 'map' | 'mapName'> {
  const { sdk, native: was, ...rest } = before
  const of = (is: InlineSite['is'], by: 'sdk' | 'http') =>
    sites.filter((site) => site.is === is && site.by === by).map(({ operation }) => operation)
  const kept = { sdk: of('kept', 'sdk'), http: of('kept', 'http') }
  const keeps = {
    ...others,
    sdk: others.sdk || kept.sdk.length > 0,
    http: others.http || kept.http.length > 0,
  }
  const native: NativeRequest = {
    sdk: sorted([...(was?.sdk ?? []), ...of('inlined', 'sdk')]),
    http: sorted([...(was?.http ?? []), ...of('inlined', 'http')]),
    keeps,
    amount: was?.amount === true || sites.some((site) => site.is === 'inlined' && site.usesAmount),
  }
  // whoever has an object of the façade may ask it for anything
  const operations = others.sdk || others.http ? before.operations : sorted([...kept.sdk, ...kept.http])
  const clients = sites.filter(({ by }) => by === 'http').flatMap(({ as }) => as ?? [])
  const needsSdk = keeps.sdk || native.sdk.length > 0 || sdk?.passThrough === true
  return {
    ...rest,
    operations,
    http: native.http.length > 0 || keeps.http ? sorted<HttpClient>([...before.http, ...clients]) : [],
    ...(sdk && needsSdk ? { sdk } : {}),
    native,
  }
}

function sorted<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].sort()
}

function counted(count: number): string {
  return count === 1 ? '1 call' : `${count} calls`
}
