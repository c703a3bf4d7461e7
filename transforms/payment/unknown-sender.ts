import { defineChange } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { httpUses } from './sites/http.ts'
import { isFacade, isTest } from './sites/project.ts'

export default defineChange({
  title: 'An address of the old version is sent to in a way that has to be looked at',
  why: 'The address of an operation is written here, and no call of a client that is known was seen to send to it, or its method is computed, or is one that no operation of the map has. What is sent to it fails when the old version is switched off.',
  since: '2.0.0',
  breakage: 'throws',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\/v\d+\/|\/(?:payments?|orders?|charges?|refunds?)\b/],
  *find(file, project) {
    const { map } = chosenMap(project)
    if (isTest(file.path) || isFacade(file.path, map)) return
    for (const { node, operations, evidence, is, method } of httpUses(file, map).mentions) {
      if (is === 'double' || is === 'route') continue
      const paths = operations
        .map((id) => `\`${map.operations[id]!.v1.method} ${map.operations[id]!.v1.path}\``)
        .join(' or ')
      const what = is === 'method' ? 'the method of this request is computed' : 'nobody was seen to send this'
      yield {
        at: node,
        message:
          is === 'verb'
            ? `this is \`${method}\` of an address of ${map.from.id} that the map knows as ${paths} only; see the guide for what it has become`
            : `${what}; it may be ${paths} of ${map.from.id}: put it behind the façade by hand`,
        evidence,
      }
    }
  },
})
