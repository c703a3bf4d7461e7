import { defineChange } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { callsOf, fieldsOf } from './sites/bodies.ts'
import { isFacade, isTest } from './sites/project.ts'
import { SENDERS } from './sites/words.ts'

export default defineChange({
  title: 'A new order needs a stable key of its own',
  why: 'Which version an order goes to is decided once, by a key that is the same when the buyer clicks again. Without one the order stays on the old version while there is a percentage, and nothing can find out what became of a request that was never answered.',
  since: '2.0.0',
  breakage: 'silent',
  source: 'https://developer.paypal.com/api/rest/reference/idempotency/',
  fixable: 'never',

  format: 'javascript',
  mentions: [...SENDERS, 'paypal', 'stripe'],
  *find(file, project) {
    const { map } = chosenMap(project)
    if (map.mode !== 'dual' || isTest(file.path) || isFacade(file.path, map)) return
    for (const { operation, call, body, evidence, hasKey } of callsOf(file, map)) {
      const facts = map.operations[operation]
      if (facts?.binding !== 'decides' || facts.v2 === null || hasKey) continue
      const keys = (facts.rolloutKey ?? [])
        .filter((path) => !path.startsWith('$'))
        .map((path) => path.replace(/\[\d+\]/g, '[]'))
      const fields = body ? fieldsOf(file, body) : undefined
      if (fields?.fields.some(({ path }) => keys.includes(path))) continue
      const seen = fields?.isComplete ? 'it sends none' : 'none is seen'
      const ways = [...keys.map((key) => `\`${key}\` in what it sends`), 'the id of the order as `ref`']
      yield {
        at: call,
        message: `the façade needs a key that is the same when this is tried again, and ${seen}; give it ${ways.join(', or ')}`,
        evidence,
      }
    }
  },
})
