import { defineProvider, type PackageFacts } from '#kit'
import { chosenMap, DEFAULT_PROVIDER } from './map/chosen.ts'
import { LOCK } from './sites/lock.ts'
import { pathsOf, sdkModel, wordsOf } from './sites/model.ts'

const PROVIDER = {
  description: 'whose API the calls are of',
  placeholder: 'provider',
  values: ['paypal', 'stripe-charges', 'mollie'],
  default: DEFAULT_PROVIDER,
}
const MAP = {
  description: 'a payment map of your own, <name>.payment-map.yaml, from the root of the project',
  placeholder: 'file',
}

const CUTOVER_STAGE = {
  description: 'writes: new orders on the new version only; full: the old one is gone',
  placeholder: 'stage',
  values: ['writes', 'full'],
  default: 'writes',
}

/** An API has no installed version: the run is about whoever has its SDK or talks to its addresses. */
function standing(pkg: PackageFacts) {
  const { map } = chosenMap(pkg)
  if (pkg.settings.stage !== undefined) {
    const [lock] = pkg.mentioning(/"payment-migration"/, 'json').filter((path) => path.endsWith(LOCK))
    return lock === undefined
      ? {
          inScope: false,
          reason: `nothing here is behind a façade: there is no ${LOCK}; run \`upgrade-kit payment-v2\` first`,
        }
      : { inScope: true, reason: `has a façade for ${map.provider.title} (${lock})` }
  }
  const { title } = map.provider
  const sdk = (map.sdk ?? []).find((one) => pkg.depends(one.package))
  if (sdk) return { inScope: true, reason: `depends on ${sdk.package}, the SDK of ${title} ${map.from.id}` }
  const sdks = (map.sdk ?? []).map((one) => one.package)
  const loads = sdks.length > 0 ? pkg.mentioning(new RegExp(`['"\`](?:${sdks.join('|')})['"\`]`), 'javascript') : []
  if (loads[0]) return { inScope: true, reason: `${loads[0]} loads the SDK of ${title} ${map.from.id}` }
  const words = new RegExp(
    [...map.from.hosts.map((host) => host.replaceAll('.', '\\.')), ...wordsOf(map)].join('|'),
    'i',
  )
  const calling = pkg.mentioning(pathsOf(map), 'javascript')
  const named = calling.length > 0 ? pkg.mentioning(words, 'javascript') : []
  if (calling[0] && named[0])
    return { inScope: true, reason: `${calling[0]} has an address of ${title} ${map.from.id}` }
  if (calling[0])
    return {
      inScope: true,
      reason: `${calling[0]} has a path of ${title} ${map.from.id}, though nothing names ${title}`,
    }
  return {
    inScope: false,
    reason: `nothing here uses ${title} ${map.from.id}: no SDK of it, and no address of one of its operations`,
  }
}

export default defineProvider({
  id: 'payment',
  packages: ['paypal-rest-sdk', 'stripe', 'mollie-api-node'],
  alias: ['payment-migration'],
  recipes: {
    'payment-v2': {
      from: '1',
      to: '2',
      guide: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration',
      settings: { provider: PROVIDER, map: MAP },
    },
    'payment-cutover': {
      from: '2',
      to: '3',
      guide: 'https://martinfowler.com/bliki/BranchByAbstraction.html',
      settings: { stage: CUTOVER_STAGE, provider: PROVIDER, map: MAP },
    },
  },
  standing,
  isGenerated: (file) => file.endsWith(LOCK) || /(?:^|\/)payments\/[\w-]+\//.test(file),
  checklist: (project) =>
    (chosenMap(project).map.checklist ?? []).map(({ text }) => ({ change: 'sandbox-behaviour', byHand: text })),
  javascript: (project) => sdkModel(chosenMap(project).map).model,
})
