import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rewriteDebug } from '../transforms/express/environment/debug.ts'

const load = createRequire(import.meta.url)
interface Debug {
  enable(value: string): void
  disable(): void
  enabled(name: string): boolean
}
/** What each Express brings: debug 2 and debug 4. */
const debugOf = (express: string): Debug => createRequire(load.resolve(`${express}/package.json`))('debug')
const old = debugOf('express4')
const now = debugOf('express5')

const OLD = ['express:application', 'express:view', 'express:router', 'express:router:layer', 'express:router:route']
const NEW = ['express:application', 'express:view', 'router', 'router:layer', 'router:route']

function enabled(debug: Debug, value: string, names: readonly string[]): boolean[] {
  debug.enable(value)
  const answer = names.map((name) => debug.enabled(name))
  debug.disable()
  return answer
}

test('they are two versions of the package', () => {
  const versions = ['express4', 'express5'].map(
    (express) => createRequire(load.resolve(`${express}/package.json`))('debug/package.json').version,
  )
  expect(versions.map((version) => version.split('.')[0])).toEqual(['2', '4'])
})

test('a rewritten value switches on what the old one did, by the judgement of the package itself', () => {
  const part = fc.constantFrom(
    'express',
    'router',
    'layer',
    'route',
    'view',
    'shop',
    '*',
    'express*',
    'router*',
    'app*',
  )
  const token = fc
    .tuple(fc.constantFrom('', '', '', '-'), fc.array(part, { minLength: 1, maxLength: 3 }))
    .map(([sign, parts]) => sign + parts.join(':'))
  const value = fc
    .tuple(fc.array(token, { minLength: 1, maxLength: 4 }), fc.constantFrom(',', ' ', ', '))
    .map(([tokens, separator]) => tokens.join(separator))
  let rewritten = 0
  fc.assert(
    fc.property(value, (was) => {
      const result = rewriteDebug(was)
      if (result.is === 'unclear') return
      if (result.is === 'rewritten') rewritten++
      const is = result.is === 'rewritten' ? result.value : was
      const [logged, logs] = [enabled(old, was, OLD), enabled(now, is, NEW)]
      const lost = NEW.filter((_name, index) => logged[index] && !logs[index])
      expect(lost, is).toEqual([])
      if (/-/.test(was) && !/router/.test(was.replaceAll('express:router', ''))) expect(logs, is).toEqual(logged)
      expect(rewriteDebug(is).is, is).toBe('same')
    }),
    { numRuns: 3000 },
  )
  expect(rewritten).toBeGreaterThan(300)
})

test.each([
  ['express:*', 'express:*,router,router:*'],
  ['express:router*', 'router,router:*'],
  ['shop,express:router:layer', 'shop,router:layer'],
  ['*,-express:*', '*,-express:*,-router,-router:*'],
  ['express:*,router:*', 'express:*,router:*,router'],
])('%s becomes %s', (was, is) => {
  expect(rewriteDebug(was)).toEqual({ is: 'rewritten', value: is })
})
