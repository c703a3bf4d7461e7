import { argumentsOf, type CallNode, defineChange, isFunction, type Node, parentOf, unwrap } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { readsOfBinding, untold } from './sites/answers.ts'
import { callsOf } from './sites/bodies.ts'
import { isFacade, isTest } from './sites/project.ts'
import { SENDERS } from './sites/words.ts'

export default defineChange({
  title: 'Some fields of answers are no longer told',
  why: 'The new version does not tell it, or elsewhere, so whoever reads it gets `undefined`.',
  since: '2.0.0',
  breakage: 'silent',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'never',

  format: 'javascript',
  mentions: [...SENDERS, 'paypal', 'stripe', 'mollie'],
  *find(file, project) {
    const { map } = chosenMap(project)
    if (isTest(file.path) || isFacade(file.path, map)) return
    for (const { operation, call, evidence } of callsOf(file, map)) {
      const facts = map.operations[operation]
      const missing = untold(map, facts?.response)
      if (missing.size === 0 || facts?.v2 === null) continue
      for (const holder of holdersOf(call))
        for (const { path, node } of readsOfBinding(file, holder).reads) {
          const own = path.replace(/^(?:data|body)\./, '')
          const why = missing.get(own)
          if (why)
            yield {
              at: node,
              message: `\`${own}\` is not told by ${map.to.id}: ${why.trim().replace(/\.$/, '')}`,
              evidence,
            }
        }
    }
  },
})

/** What gets the answer of a call: the name it is kept in, or the second parameter of its callback. */
function holdersOf(call: Node): Node[] {
  const callback = argumentsOf(call as CallNode).at(-1)
  const fn = callback && unwrap(callback)
  if (fn && isFunction(fn)) return fn.params[1] ? [fn.params[1] as Node] : []
  let at: Node = call
  let up = parentOf(at)
  while (up && (up.type === 'AwaitExpression' || unwrap(up) === unwrap(at))) {
    at = up
    up = parentOf(up)
  }
  return up?.type === 'VariableDeclarator' && up.init === at ? [up.id as Node] : []
}
