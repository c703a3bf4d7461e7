import { expect, test } from 'vitest'
import { JavaScriptModule } from '../src/formats/javascript/module.ts'
import { type Neighbours, Origins } from '../src/formats/javascript/origins.ts'
import { parseJavaScript } from '../src/formats/javascript/parse.ts'
import { children } from '../src/formats/javascript/scopes.ts'
import type { Node } from '../src/formats/javascript/syntax.ts'
import express from '../transforms/express/provider.ts'

/*
 * Where a string that is written out gets to. It can only be changed where it is written if nothing else is done with it
 * than handing it to calls, so everything that is not followed must be told.
 */

const ALONE: Neighbours = {
  resolve: (_, specifier) => ({ is: 'package', name: specifier }),
  importers: () => [],
  dependencies: () => new Set(['express']),
  definitionOf: () => undefined,
  mentioning: () => [],
  loads: () => 'here',
  reach: () => 'package',
  target: () => undefined,
}

/** The uses of the literal '*' of a program: `0`, `1` … for an argument within so many lists, else `lost`. */
function usesIn(code: string, path = 'a.ts'): string[] {
  const text = `const app = require('express')();\n${code}`
  const parsed = parseJavaScript(text, path)
  if (parsed.is !== 'parsed') throw new Error('it does not parse')
  const module = new JavaScriptModule(path, text, parsed.ast)
  const literals: Node[] = []
  const waiting: Node[] = [module.program]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.type === 'StringLiteral' && node.value === '*') literals.push(node)
    waiting.push(...children(node))
  }
  expect(literals).toHaveLength(1)
  const { uses } = new Origins([express.javascript!], ALONE)
  return uses.ofConstant(module, literals[0]!).map((use) => (use.is === 'argument' ? `${use.inside}` : use.is))
}

const FOLLOWED: readonly [code: string, uses: string[]][] = [
  ["app.get('*', f)", ['0']],
  ["const P = '*'; app.get(P, f); app.post(P, f)", ['0', '0']],
  ["const P = { all: '*', other: 1 }; app.get(P.all, f); P.other.x", ['0']],
  ["const P = Object.freeze({ all: '*' }); const { all } = P; app.get(all, f)", ['0']],
  ["const P = ['*', '/x']; app.get(P, f)", ['1']],
  ["for (const p of ['*']) app.get(p, f)", ['0']],
  ["['*'].forEach((p) => app.get(p, f))", ['0']],
  ["const routes = [{ path: '*' }]; routes.forEach(({ path }) => app.get(path, f))", ['0']],
  ["enum P { All = '*' }; app.get(P.All, f)", ['0']],
  ["class P { static all = '*' }; app.get(P.all, f)", ['0']],
  ["function on(path) { app.get(path, f) }; on('*')", ['0']],
  ["function on(path = '*') { app.get(path, f) }; on()", ['0']],
  ["const P = x ? '*' : '/y'; app.get(P, f)", ['0']],
  ["const all = () => '*'; app.get(all(), f)", ['0']],
  ["const P = '*' as const; app.get(P, f)", ['0']],
  ["const P = { all: '*' } as const; type Names = keyof typeof P; app.get(P.all, f)", ['0']],
  ["const UNUSED = '*'", []],
]
test.each(FOLLOWED)('%s', (code, uses) => {
  expect(usesIn(code)).toEqual(uses)
})

const TOLD: readonly string[] = [
  "const P = '*'; app.get(P, f); log(`at ${P}`)",
  "const P = '*'; app.get(P + '/x', f)",
  "const P = '*'; app.get(P.slice(1), f)",
  "const P = '*'; if (P) app.get(P, f)\nconst x = P ? 1 : 2",
  "const P = '*'; const y = table[P]",
  "const P = '*'; const z = { [P]: 1 }",
  "let P = '*'; P = other; app.get(P, f)",
  "const P = { all: '*' }; app.get(P[name], f)",
  "const P = { all: '*' }; log(P)",
  "const P = ['*']; P.push('/x'); P.sort()",
  "const P = '*'; switch (x) { case P: f() }",
  "const P = '*'; if (x === P) f()",
  "const P = '*'; app.get(...P)",
  "const [first] = '*'",
  "const { length } = '*'",
  "for (const char of '*') f(char)",
  "const o = { ...'*' }",
  "function on() {}; on('*')",
  "const all = () => '*'; list.map(all)",
]
test.each(TOLD)('%s is not followed to the end', (code) => {
  expect(usesIn(code)).toContain('lost')
})
