import { defineChange, fix } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { readsOf } from './sites/answers.ts'
import { intercepted } from './sites/client-answers.ts'
import { described, requestSentence } from './sites/describe.ts'
import { httpUses } from './sites/http.ts'
import { patchProblems } from './sites/patches.ts'
import { facadeFor, isFacade, isTest, specifierFrom } from './sites/project.ts'
import { behindFacade } from './sites/rewrite.ts'
import { SENDERS } from './sites/words.ts'

export default defineChange({
  title: 'Requests to the old version of the API are going to fail',
  why: 'The provider has replaced the operation, and switches the old one off. A request has to be able to go to either version, by order, while both are there: one that is moved in place would split orders between them.',
  since: '2.0.0',
  breakage: 'throws',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: SENDERS,
  *find(file, project) {
    const chosen = chosenMap(project)
    const { map } = chosen
    if (isTest(file.path) || isFacade(file.path, map)) return
    for (const site of httpUses(file, map).sites) {
      if (site.isBehindFacade || site.facts.v2 === null) continue
      const { request, operation, facts, evidence } = site
      const message = `this is \`${facts.v1.method} ${facts.v1.path}\` of ${map.from.id} (${facts.title.toLowerCase()})`
      const tell = (verdict: string) => {
        const { call, body, as, whole } = request
        return described(file, map, { operation, call, how: `HTTP as ${as}`, body, whole, hasKey: false }, verdict)
      }
      const sent = requestSentence(tell(''))
      // how it is made, alone, is what everybody sees
      const notes = [...(sent.includes('; ') ? [sent] : []), ...readsOf(file, map, site)]
      // requests of a new version that is asked through the SDK have no client to go to
      if (map.to.transport === 'sdk') {
        const verdict = 'ask the SDK for it, behind the façade'
        yield { at: request.call, message: `${message}; ${verdict}`, evidence, notes, calls: [tell(verdict)] }
        continue
      }
      const facade = evidence.certainty === 'guessed' ? undefined : facadeFor(project, chosen)
      const http = facade?.entry.http
      if (!facade || http === undefined || facade.isOver || facade.refused.has(operation)) {
        const why = facade?.isOver
          ? `${map.from.id} is gone from it; ask it for \`${operation}\` by hand`
          : facade?.facade.refused.find((one) => one.operation === operation)?.message
        const verdict = why ? `it is not put behind the façade: ${why}` : 'to be looked at: nothing proves whose it is'
        yield {
          at: request.call,
          message: why ? `${message}; ${verdict}` : message,
          evidence,
          notes,
          calls: [tell(verdict)],
        }
        continue
      }
      const [unproven] = facts.patch ? patchProblems(file, map, facts.patch, request.body, request.call) : []
      if (unproven) {
        const verdict = `put it behind the façade by hand: ${unproven.message}`
        yield { at: request.call, message: `${message}; ${verdict}`, evidence, notes, calls: [tell(verdict)] }
        continue
      }
      const { format } = facade.style
      const changed = intercepted(file, project, request)
      if (changed === 'here') {
        const verdict = 'put it behind the façade by hand: interceptors or defaults of axios decide what its answer is'
        yield { at: request.call, message: `${message}; ${verdict}`, evidence, notes, calls: [tell(verdict)] }
        continue
      }
      const text = behindFacade(file, map, site, http, format.indent, format.quotes === 'single' ? "'" : '"')
      if (text.is === 'by-hand') {
        const verdict = `put it behind the façade by hand: ${text.why}`
        yield { at: request.call, message: `${message}; ${verdict}`, evidence, notes, calls: [tell(verdict)] }
        continue
      }
      const cautions = [
        ...(request.caution ? [request.caution] : []),
        ...(facts.patch ? [`what is changed has other pointers in ${map.to.id}: ${plain(facts.why)}`] : []),
        ...(changed ? ['answers of the new version do not go through the interceptors and defaults of axios'] : []),
        ...text.cautions,
      ]
      const applicability = evidence.certainty === 'proven' && cautions.length === 0 ? 'safe' : 'review'
      const from = specifierFrom(file.path, facade.entry, facade.style)
      yield {
        at: request.call,
        message: `${message}; let the façade decide the version`,
        evidence,
        notes: [...notes, ...text.notes, ...cautions],
        calls: [tell('let the façade decide the version')],
        fix: {
          ...fix(applicability, `Put the call behind \`${http}.${operation}\``, ...text.edits),
          requests: [{ add: 'import', name: http, from, named: true }, ...facade.requests],
        },
      }
    }
  },
})

function plain(why = 'see the guide of the provider'): string {
  return why.trim().replace(/\.$/, '')
}
