import { defineChange } from '#kit'
import { chosenMap } from './map/chosen.ts'
import type { PaymentMap } from './map/types.ts'
import { wordsOf } from './sites/model.ts'
import { isTest } from './sites/project.ts'

export default defineChange({
  title: 'Recorded requests and collections are of the old version',
  why: 'Tests that answer from a recording need it as long as there is the old version, and one of the new version beside it. None is ever rewritten.',
  since: '2.0.0',
  breakage: 'deprecated',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'never',

  format: 'json',
  mentions: [/\/v\d+\//],
  *find(file, project) {
    if (!project.inScope) return
    const isCollection = /schema\.getpostman\.com/.test(file.text)
    // a document that describes an API is neither
    if (!(isCollection || isTest(file.path)) || /"(?:openapi|swagger)"\s*:/.test(file.text)) return
    const { map } = chosenMap(project)
    const isNamed = new RegExp(wordsOf(map)[0]!, 'i').test(file.text + file.path)
    const patterns = addressesOf(map)
    const found = file.scalars().filter(({ value, path }) => {
      // the address in a link of an answer says where to go on
      if (typeof value !== 'string' || path.at(-1) === 'href') return false
      const match = patterns.map((pattern) => pattern.exec(value)).find(Boolean)
      return match ? (match[1] === undefined ? isNamed : map.from.hosts.includes(match[1])) : false
    })
    const [first] = found
    if (!first) return
    const isSure = found.some(({ value }) => map.from.hosts.some((host) => String(value).includes(host)))
    const more = found.length === 1 ? '' : `, as ${found.length - 1} more here`
    yield {
      at: first,
      message: `this is an address of ${map.from.id}${more}; leave it, and give whoever uses it one of ${map.to.id} beside it`,
      evidence: {
        certainty: isSure ? 'proven' : 'inferred',
        steps: [{ what: isSure ? 'it is one of the provider' : `the file names ${map.provider.title}` }],
      },
    }
  },
})

/** Whole addresses of the operations of a map; the host is the first group. A collection has `{{base}}` in its place. */
function addressesOf(map: PaymentMap): RegExp[] {
  return Object.values(map.operations).map(({ v1 }) => {
    const parts = v1.path.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^(?:https?://([^/]+)|\\{\\{[^}]*\\}\\})?${parts.join('[^/?#]+')}/?(?:[?#].*)?$`)
  })
}
