import { defineChange } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { httpUses } from './sites/http.ts'
import { sdkModel } from './sites/model.ts'
import { isFacade, isTest } from './sites/project.ts'
import { SENDERS } from './sites/words.ts'

export default defineChange({
  title: 'Some operations of the old version have no counterpart',
  why: 'The new version does the same in another way, or not at all, so no call can be put in the place of this one. It fails when the old version is switched off.',
  since: '2.0.0',
  breakage: 'throws',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'never',

  format: 'javascript',
  mentions: [...SENDERS, 'paypal', 'stripe', 'mollie'],
  *find(file, project) {
    const { map } = chosenMap(project)
    if (isTest(file.path) || isFacade(file.path, map)) return
    for (const { request, facts, evidence } of httpUses(file, map).sites) {
      if (facts.v2 !== null) continue
      const message = `\`${facts.v1.method} ${facts.v1.path}\` has no counterpart in ${map.to.id}: ${plain(facts.why)}`
      yield { at: request.call, message, evidence }
    }
    for (const { owner, member, operation, path } of sdkModel(map).operations) {
      const facts = map.operations[operation]
      if (facts?.v2 !== null) continue
      for (const use of file.members([owner], member))
        yield {
          at: use.property,
          message: `\`${path}\` has no counterpart in ${map.to.id}: ${plain(facts.why)}`,
          evidence: use,
        }
    }
  },
})

/** A sentence of a map within a message: no full stop. */
function plain(why = 'see the guide of the provider'): string {
  return why.trim().replace(/\.$/, '')
}
