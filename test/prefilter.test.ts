import { expect, test } from 'vitest'
import { type Change, defineChange } from '../src/catalogue/change.ts'
import { prefilter } from '../src/engine/prefilter.ts'

function looking(id: string, ...mentions: (string | RegExp)[]): { id: `acme/${string}`; change: Change } {
  const change = defineChange({
    title: 'x',
    why: 'x',
    since: '5.0.0',
    breakage: 'silent',
    source: 'https://example.com',
    fixable: 'never',
    format: 'javascript',
    restsOn: 'dependency',
    mentions,
    *find() {},
  })
  return { id: `acme/${id}`, change }
}

const filter = prefilter([
  looking('header', /if-modified-since/i),
  looking('start', /^view /m),
  looking('call', /\.del\(/g, 'a.b'),
])
const asked = (text: string) => filter.interested(text, true).map(({ id }) => id.slice('acme/'.length))

test.each<[string, string[]]>([
  ["set('If-Modified-Since', x)", ['header']],
  ['table\nview a', ['start']],
  ['table view a', []],
  ['app.del(1)', ['call']],
  ['app.DEL(1)', []],
  ['a.b', ['call']],
  ['axb', []],
])('a mention is looked for with its flags, alone and with all others: %j', (text, wanted) => {
  expect(asked(text)).toEqual(wanted)
  // a pattern for `g` would remember where it stopped
  expect(asked(text)).toEqual(wanted)
  expect(filter.mayMatter(({ pattern }) => pattern.test(text), true)).toBe(wanted.length > 0)
  expect(filter.interested(text, false).length > 0).toBe(wanted.length > 0)
})
