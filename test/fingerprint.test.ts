import { expect, test } from 'vitest'
import { fingerprinted } from '../src/engine/fingerprint.ts'
import { finding } from './data/report/samples.ts'

/** The fingerprints of findings at lines of one file: `[line, code]`. */
function names(sites: readonly (readonly [line: number, code: string])[], file = 'a.js', change = 'app-del'): string[] {
  const findings = sites.map(([line, code]) => ({
    ...finding(change, `${file}:${line}:1`, code),
    range: { start: line * 100, end: line * 100 + 4 },
  }))
  return fingerprinted(findings).map(({ fingerprint }) => fingerprint)
}

test('survives moved lines, and what a formatter does', () => {
  const before = names([[3, 'app.del("/x", f);']])
  expect(before).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)])
  expect(names([[300, "    app.del( '/x', f )"]])).toEqual(before)
})

test('is another one for other code, another file, another change', () => {
  const all = [
    ...names([[3, 'app.del(a)']]),
    ...names([[3, 'app.del(b)']]),
    ...names([[3, 'app.del(a)']], 'b.js'),
    ...names([[3, 'app.del(a)']], 'a.js', 'req-host'),
  ]
  expect(new Set(all).size).toBe(4)
})

test('tells equal lines apart by their order, whatever the order of the findings', () => {
  const [first, second] = names([
    [3, 'app.del(a)'],
    [9, 'app.del(a)'],
  ])
  expect(first).not.toBe(second)
  expect(
    names([
      [9, 'app.del(a)'],
      [3, 'app.del(a)'],
    ]),
  ).toEqual([second, first])
  expect(names([[9, 'app.del(a)']])).toEqual([first])
})
