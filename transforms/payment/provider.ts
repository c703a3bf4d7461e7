import { defineProvider, type PackageFacts } from '#kit'
import { chosenMap, DEFAULT_PROVIDER } from './map/chosen.ts'
import { LOCK, LOCKS } from './sites/lock.ts'
import { pathsOf, sdkModel, wordsOf } from './sites/model.ts'
import { DAYS, preconditions } from './sites/preconditions.ts'

const PROVIDER = {
  description: 'whose API the calls are of',
  placeholder: 'provider',
  values: ['paypal', 'stripe-charges', 'mollie'],
  default: DEFAULT_PROVIDER,
}
/** The end of a rollout is about the map that the façade was made with, unless somebody says another one. */
const CUTOVER_PROVIDER = {
  description: PROVIDER.description,
  placeholder: PROVIDER.placeholder,
  values: PROVIDER.values,
}
const MAP = {
  description: 'a payment map of your own, <name>.payment-map.yaml, from the root of the project',
  placeholder: 'file',
}

const CUTOVER_STAGE = {
  description:
    'writes: new orders on the new version only; full: the old one is gone; inline: and calls speak the new one',
  placeholder: 'stage',
  values: ['writes', 'full', 'inline'],
  default: 'writes',
}

const SINCE = {
  description: `the day since which all new orders have gone to the new version (${DAYS.writes} days)`,
  placeholder: 'date',
}
const LAST_OLD = {
  description: `the day of the last payment that the old version made (${DAYS.full} days)`,
  placeholder: 'date',
}
const ACCEPT_RISK = {
  description: 'do it although a precondition is not met; the message says which phrase',
  placeholder: 'phrase',
}

/** An API has no installed version: the run is about whoever has its SDK or talks to its addresses. */
function standing(pkg: PackageFacts) {
  const { map, name } = chosenMap(pkg)
  if (pkg.settings.stage !== undefined) {
    const path = pkg.folder === '.' ? LOCK : `${pkg.folder}/${LOCK}`
    const lock = pkg.survey(LOCKS).find(([file]) => file === path)?.[1]
    if (lock === undefined)
      return {
        inScope: false,
        reason: `nothing here is behind a façade: there is no ${LOCK}; run \`upgrade-kit payment-v2\` first`,
      }
    return lock.map === name
      ? { inScope: true, reason: `has a façade for ${map.provider.title} (${path})` }
      : { inScope: false, reason: `its façade is made with the payment map ${lock.map}, and the run is about ${name}` }
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
      settings: {
        stage: CUTOVER_STAGE,
        'at-100-since': SINCE,
        'last-old-payment': LAST_OLD,
        'accept-risk': ACCEPT_RISK,
        provider: CUTOVER_PROVIDER,
        map: MAP,
      },
      preconditions,
    },
  },
  standing,
  isGenerated: (file) =>
    file.endsWith(LOCK) || /(?:^|\/)payments(?:\/[\w-]+\/|-[\w-]+-(?:map|router)(?:[._-]\w+)?\.[cm]?[jt]s$)/.test(file),
  checklist: (project) =>
    (chosenMap(project).map.checklist ?? []).map(({ text }) => ({ change: 'sandbox-behaviour', byHand: text })),
  javascript(project) {
    const { map, name } = chosenMap(project)
    const { model, facade } = sdkModel(map)
    // the end of a rollout is about the files of the façade itself, until its calls speak the new version
    if (project.settings.stage !== undefined && project.settings.stage !== 'inline') return model
    // behind the façade the same calls go on, with the same members, and are looked at in the same way
    const folders = project
      .survey(LOCKS)
      .flatMap(([, lock]) => (lock.map === name ? [[lock.facade.folder, facade] as const] : []))
    return folders.length === 0 ? model : { ...model, folders: Object.fromEntries(folders) }
  },
})
