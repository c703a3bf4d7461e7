import { describe, expect, test } from 'vitest'
import { JavaScriptModule } from '../src/formats/javascript/module.ts'
import { parseJavaScript } from '../src/formats/javascript/parse.ts'

function parsed(path: string, text: string) {
  const result = parseJavaScript(text, path)
  if (result.is === 'failed') throw new Error(`${path}: ${result.problem.message}`)
  return result
}

describe('dialects', () => {
  test.each([
    ['a.js', 'const x = <b>{y}</b>'],
    ['a.js', '// @flow\nimport type { T } from "x"\nconst f = (x: ?T): number => (x: any)'],
    ['a.js', 'f(a < b, c > (d))'],
    ['a.js', '@dec class A { @dec() x = 1; accessor y = 2 }'],
    ['a.js', 'return 1\nawait x\n'],
    ['a.js', '#!/usr/bin/env node\nrequire("x")'],
    ['a.js', '<!-- html comment\nvar x = 1 // --> y'],
    ['a.js', 'import x from "y" with { type: "json" }'],
    ['a.js', 'export v from "mod"'],
    ['a.js', 'with (a) { b }'],
    ['a.js', 'var package = require("./package.json"); fs.mkdirSync("x", 0755); delete x; function f(a, a) {}'],
    ['a.mjs', 'await import("x"); using y = z()'],
    ['a.cjs', 'var await = 1; var package = 2'],
    ['a.jsx', 'const x = <><A {...b} /></>'],
    [
      'a.ts',
      'const x = <T>y; enum E { A } namespace N { export const z = 1 } abstract class C<in out T> { declare x: T }',
    ],
    ['a.ts', 'let x = y! as const satisfies Z; import fs = require("fs"); export = fs'],
    ['a.mts', 'import type { A } from "b"; export type { A }'],
    ['a.cts', 'import x = require("x")'],
    ['a.tsx', 'const x = <T,>(y: T) => <div>{y as string}</div>'],
    ['a.d.ts', 'declare module "x" { export function f(a: number): void }'],
    ['a.js', 'interface A { b: string }\nconst x = y as string'],
  ])('%s: %s', (path, text) => {
    expect(parsed(path, text).recovered).toEqual([])
  })

  test('offsets are those of the text, behind anything', () => {
    const text = '// 𝒳 é\r\nconst a = "💥"; x.send(1)'
    const { ast } = parsed('a.js', text)
    const module = new JavaScriptModule('a.js', text, ast)
    const [member] = module.membersNamed('send')
    expect(module.source(member!)).toBe('x.send')
    expect(module.locate(member!.start)).toEqual({ file: 'a.js', line: 2, column: 17 })
  })
})

describe('what does not parse', () => {
  test('is a problem with its place, and never an exception', () => {
    const result = parseJavaScript('const a = 1\nconst = {', 'a.js')
    expect(result.is).toBe('failed')
    if (result.is === 'failed') expect(result.problem.offset).toBe(18)
  })

  test('is repaired where that is possible, which is said', () => {
    const { recovered } = parsed('a.js', 'const a = 1\nconst a = 2\n')
    expect(recovered).toHaveLength(1)
    expect(recovered[0]).toMatchObject({ offset: 18 })
    expect(recovered[0]!.message).toMatch(/already been declared/)
    expect(recovered[0]!.message).not.toMatch(/\(\d+:\d+\)/)
  })

  test('what is no script either keeps the tree that could be repaired', () => {
    expect(parsed('a.js', 'with (a) {}\nconst b = 1\nconst b = 2').recovered).not.toEqual([])
  })

  test('a dialect that needs no repair is preferred to one that does', () => {
    expect(parsed('a.js', 'class A { private x: string = "a"; constructor(public y: number) {} }').recovered).toEqual(
      [],
    )
  })
})

test('an argument that is missing is no argument', () => {
  const text = 'f(, a)'
  const { ast, recovered } = parsed('a.js', text)
  expect(recovered).not.toEqual([])
  expect(new JavaScriptModule('a.js', text, ast).calls.map((call) => call.arguments.map(({ type }) => type))).toEqual([
    ['Identifier'],
  ])
})
