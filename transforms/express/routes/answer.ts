import type { DraftEdit, JavaScriptFile } from '#kit'
import {
  type ArrayConversion,
  type Conversion,
  convert,
  convertAll,
  type ParamFate,
  type PathMember,
  type PathSituation,
} from '../paths/index.ts'
import { hasParamCallback, readEdits, type SiteReads, siteReads } from './handlers.ts'
import { routingsOf } from './settings.ts'
import type { PathSite } from './sites.ts'

const UNSETTLED = 'whether the router is strict or case sensitive is not known, and it matters for this path'
const TWO_KINDS = 'it is used for routes and for mounts, and they need different paths now'

/** What becomes of a path that stands at some sites. */
export type Answer<C> =
  | { readonly is: 'same' }
  | { readonly is: 'refused'; readonly notes: readonly string[] }
  | {
      readonly is: 'rewritten'
      readonly conversion: C
      readonly edits: readonly DraftEdit[]
      /** The keys of `req.params` that the handlers read. */
      readonly keys: SiteReads['keys']
    }

type RewrittenOf<C> = Extract<C, { is: 'rewritten' }>

/** A path text at all its sites: one new path for all of them, and the edits of the handlers that read its parameters. */
export function answerFor(
  file: JavaScriptFile,
  text: string,
  sites: readonly PathSite[],
): Answer<RewrittenOf<Conversion>> {
  return settle(file, sites, (situation) => convert(text, situation))
}

/** The same for a list of paths. */
export function answerForList(
  file: JavaScriptFile,
  members: readonly PathMember[],
  sites: readonly PathSite[],
): Answer<RewrittenOf<ArrayConversion>> {
  return settle(file, sites, (situation) => convertAll(members, situation))
}

function settle<C extends Conversion | ArrayConversion>(
  file: JavaScriptFile,
  sites: readonly PathSite[],
  attempt: (situation: PathSituation) => C,
): Answer<RewrittenOf<C>> {
  const reads = siteReads(file, sites)
  const isExclusive = sites.every((site) => file.known(site.path, site.module).alternatives.length <= 1)
  const first = agreed(file, sites, reads, attempt)
  if (first.is !== 'rewritten') return first
  const touched = Object.entries(paramsOf(first.conversion)).filter(([, fate]) => fate !== 'unchanged')
  const isBlocked = touched.some(
    ([key]) => reads.fixed.has(key) || hasParamCallback(file, key) || (!isExclusive && readsKey(reads, key)),
  )
  if (isBlocked) return agreed(file, sites, { keys: 'unknown', reads: [], fixed: new Set() }, attempt)
  return { ...first, edits: readEdits(reads, paramsOf(first.conversion), sites) }
}

function readsKey(reads: SiteReads, key: string): boolean {
  return reads.keys === 'unknown' || reads.keys.has(key)
}

function paramsOf(conversion: Conversion | ArrayConversion): Readonly<Record<string, ParamFate>> {
  return conversion.is === 'rewritten' ? conversion.params : {}
}

/** The answer, when it is the same under all settings that the sites may have. */
function agreed<C extends Conversion | ArrayConversion>(
  file: JavaScriptFile,
  sites: readonly PathSite[],
  reads: SiteReads,
  attempt: (situation: PathSituation) => C,
): Answer<RewrittenOf<C>> {
  const answers = sites.flatMap((site) =>
    routingsOf(file, site).map((routing) => attempt({ kind: site.kind, reads: reads.keys, ...routing })),
  )
  const text = (answer: C) => JSON.stringify({ ...answer, proof: undefined, notes: undefined })
  const refused = answers.find((answer) => answer.is === 'refused')
  if (refused) return { is: 'refused', notes: refusal(refused as Extract<C, { is: 'refused' }>) }
  if (answers.some((answer) => text(answer) !== text(answers[0]!)))
    return { is: 'refused', notes: [new Set(sites.map((site) => site.kind)).size > 1 ? TWO_KINDS : UNSETTLED] }
  const [answer] = answers
  if (answer?.is !== 'rewritten') return { is: 'same' }
  return { is: 'rewritten', conversion: answer as RewrittenOf<C>, edits: [], keys: reads.keys }
}

function refusal(conversion: {
  readonly reason: string
  readonly differs?: { readonly url: string; readonly v4: string; readonly v5: string } | undefined
}): string[] {
  const { differs } = conversion
  return [
    conversion.reason,
    ...(differs ? [`on ${differs.url} Express 4 gives ${differs.v4}, Express 5 gives ${differs.v5}`] : []),
  ]
}

/** What was compared, in words. */
export function proofText(proof: { readonly urls: number; readonly differing: number }): string {
  const number = (count: number) => count.toLocaleString('en')
  if (proof.differing === 0) return `same answer on ${number(proof.urls)} URLs`
  return `same answer on ${number(proof.urls - proof.differing)} of ${number(proof.urls)} URLs; the others are degenerate`
}
