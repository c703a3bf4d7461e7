import { defineChange, keyName, type Node, parentOf } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { httpUses } from './sites/http.ts'
import { isFacade, isTest } from './sites/project.ts'

export default defineChange({
  title: 'Doubles of the old version in tests are needed as long as it is',
  why: 'A double answers as the old version does, which the tests need with the flag off. With the flag on, the same tests need one that answers as the new version does. None is ever rewritten.',
  since: '2.0.0',
  breakage: 'deprecated',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\/v\d+\/|\/(?:payments?|orders?|charges?|refunds?)\b/, 'paypal-rest-sdk', 'mollie-api-node'],
  *find(file, project) {
    const { map } = chosenMap(project)
    if (isFacade(file.path, map)) return
    const uses = httpUses(file, map)
    const inTest = isTest(file.path)
    const found = [
      ...uses.mentions.filter(({ node, is }) => is === 'double' || (inTest && !isLink(node))),
      ...(inTest
        ? uses.sites.map(({ request, operation, evidence }) => ({
            node: request.call,
            operations: [operation],
            evidence,
          }))
        : []),
    ]
    for (const { node, operations, evidence } of found) {
      const [facts] = operations.map((id) => map.operations[id]!)
      yield {
        at: node,
        message: `this answers for, or asks, \`${facts!.v1.path}\` of ${map.from.id}; leave it, and give the tests one of ${map.to.id} beside it`,
        evidence,
      }
    }
    if (!inTest) return
    for (const { specifier, node } of file.module.mentions)
      if (map.sdk?.some((sdk) => sdk.package === specifier))
        yield {
          at: node,
          message: `the test loads \`${specifier}\` itself, and what it replaces there is not replaced in the façade's ${map.to.id}; leave it, and give the tests one of ${map.to.id} beside it`,
          evidence: {
            certainty: 'proven',
            steps: [{ what: `the module '${specifier}'`, at: file.module.locate(node.start) }],
          },
        }
  },
})

/** True for the address in a link of an answer: it says where to go on, and nobody is asked there. */
function isLink(node: Node): boolean {
  const parent = parentOf(node)
  return parent?.type === 'ObjectProperty' && parent.value === node && keyName(parent) === 'href'
}
