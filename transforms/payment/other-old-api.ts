import { defineChange } from '#kit'
import { chosenMap } from './map/chosen.ts'
import type { BesideApi } from './map/types.ts'
import { besideUses } from './sites/http.ts'
import { sdkModel } from './sites/model.ts'
import { isFacade, isTest } from './sites/project.ts'
import { SENDERS } from './sites/words.ts'

export default defineChange({
  title: 'Other APIs of the old version have to be replaced as well',
  why: 'They are no part of this migration: each has a guide of its own, and goes on as it is until then. They are told so that nobody takes this migration for all that there is to do.',
  since: '2.0.0',
  breakage: 'deprecated',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'never',

  format: 'javascript',
  mentions: [...SENDERS, 'paypal', 'stripe', 'mollie'],
  *find(file, project) {
    const { map } = chosenMap(project)
    if (map.beside === undefined || isTest(file.path) || isFacade(file.path, map)) return
    for (const { call, path, api, evidence } of besideUses(file, map))
      yield { at: call, message: messageOf(path, api), evidence }
    for (const { owner, member, path } of sdkModel(map).others) {
      const api = map.beside.find(({ members }) => members?.includes(path))
      for (const use of api ? file.members([owner], member) : [])
        yield { at: use.property, message: messageOf(path, api!), evidence: use }
    }
  },
})

function messageOf(name: string, { why, source }: BesideApi): string {
  return `\`${name}\` is a migration of its own: ${why.trim().replace(/\.$/, '')}${source === undefined ? '' : ` (${source})`}`
}
