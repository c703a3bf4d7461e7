import { createRequire } from 'node:module'
import fc from 'fast-check'
import type { Collection, JSCodeshift } from 'jscodeshift'
import { describe, expect, test } from 'vitest'
import { changedParts, withoutChurn } from '../src/formats/javascript/churn.ts'
import { isSameProgram, readTokens } from '../src/formats/javascript/tokens.ts'
import { applyEdits } from '../src/text/edits.ts'

const load = createRequire(import.meta.url)
const codeshift = load('jscodeshift') as JSCodeshift

function sameProgram(a: string, b: string, path = 'a.js'): boolean {
  const [left, right] = [readTokens(a, path), readTokens(b, path)]
  expect(left && right, 'both parse').toBeTruthy()
  return isSameProgram(left!.ast, right!.ast)
}

describe('what only looks different is put back', () => {
  const same: readonly (readonly [what: string, before: string, after: string])[] = [
    ['spaces and line breaks', 'f( a,b )\n\n\n\ng ( )\n', 'f(a, b);\ng();\n'],
    ['no semicolons', 'const a = 1\nlet b = a\n', 'const a = 1;\nlet b = a;\n'],
    ['semicolons', 'a();\nb();\n', 'a()\nb()\n'],
    ['quotes', "f('it\\'s', `x`)\n", 'f("it\'s", `x`)\n'],
    ['brackets', 'const f = a => (!b) && ((c))\n', 'const f = (a) => !b && c\n'],
    [
      'brackets around lines',
      'function f() {\n  return (\n    a &&\n    b\n  )\n}\n',
      'function f() {\n  return a && b;\n}\n',
    ],
    ['trailing commas', 'f({\n  a,\n  b,\n})\n', 'f({\n  a,\n  b\n})\n'],
    ['a comment that moved', 'const a = (b +\n  // why\n  c).d()\n', 'const a = // why\n(b +\n  c).d()\n'],
    ['a comment that is indented', '{\n\t/* a\n\t * b */\n\tf()\n}\n', '{\n    /* a\n     * b */\n    f();\n}\n'],
    ['JSX text', 'const a = <p>\n\t\thi <b>x</b>\n\t</p>\n', 'const a = <p>\n    hi <b>x</b>\n</p>\n'],
    ['line endings', 'a()\r\nb(`x\r\ny`)\r\n', 'a();\nb(`x\ny`);\n'],
    ['a missing last line break', 'a()', 'a();\n'],
    ['space at both ends', '\n\n  a()\n\n', 'a();'],
  ]
  test.each(same)('%s', (_, before, after) => {
    expect(withoutChurn(before, after, 'a.js')).toBe(before)
  })
})

describe('what means something stays as the codemod wrote it', () => {
  const different: readonly (readonly [what: string, before: string, after: string])[] = [
    ['a bracket that binds', 'x = a + b * c\n', 'x = (a + b) * c\n'],
    ['a semicolon that is a statement', 'while (a);\nb()\n', 'while (a)\nb()\n'],
    ['an optional chain that ends', 'a?.b.c\n', '(a?.b).c\n'],
    ['a string that is another', "f('a')\n", "f('b')\n"],
    ['a comma that is a hole', 'a = [1]\n', 'a = [1,,]\n'],
    ['a comment that is gone', '// one\na()\n', 'a()\n'],
    ['a comment that is new', 'a()\n', '// one\na()\n'],
    ['text in JSX', '<p>a b</p>\n', '<p>a  b</p>\n'],
    ['a template', '`a\n b`\n', '`a\n  b`\n'],
  ]
  test.each(different)('%s', (_, before, after) => {
    expect(withoutChurn(before, after, 'a.js')).toBe(after)
  })

  test('a line that must not move up to a return', () => {
    const before = 'function f() {\n  return\n  a\n}\n'
    const after = 'function f() {\n  return a\n}\n'
    expect(withoutChurn(before, after, 'a.js')).toBe(after)
  })

  test('what does not parse is left alone, but for its line endings', () => {
    expect(withoutChurn('a(\r\n', 'a( ;\n', 'a.js')).toBe('a( ;\r\n')
    expect(withoutChurn('a()\r\n', 'a( ;\n', 'a.js')).toBe('a( ;\r\n')
  })
})

describe('only the change is left of', () => {
  const changes: readonly (readonly [what: string, before: string, after: string, left: string])[] = [
    ['a rename', "app.del( '/a',x )\nb()\n", 'app.delete("/a", x);\nb();\n', "app.delete( '/a',x )\nb()\n"],
    ['a property in one line', 'f({ a: 1 })\n', 'f({\n  a: 1,\n  b: 2\n});\n', 'f({ a: 1, b: 2 })\n'],
    ['a first property in one line', 'f({ a: 1 })\n', 'f({\n  b: 2,\n  a: 1\n});\n', 'f({ b: 2, a: 1 })\n'],
    ['two properties in one line', 'f({a})\n', 'f({\n  a,\n  b: 2,\n  c: 3\n})\n', 'f({a, b: 2, c: 3})\n'],
    ['a property of an empty object', 'f({})\n', 'f({\n  a: 1\n})\n', 'f({ a: 1 })\n'],
    ['a property in its own line', 'f({\n  a: 1,\n})\n', 'f({\n  a: 1,\n  b: 2\n});\n', 'f({\n  a: 1,\n  b: 2\n})\n'],
    ['a property among tabs', 'f({\n\ta: 1\n})\n', 'f({\n    a: 1,\n    b: 2\n})\n', 'f({\n\ta: 1,\n\tb: 2\n})\n'],
    ['an argument', 'f(a,\n  b)\n', 'f(a, b, c);\n', 'f(a,\n  b, c)\n'],
    [
      'an import',
      "'use strict'\n\na()\n",
      '"use strict";\nimport x from \'x\';\n\na();\n',
      "'use strict'\nimport x from 'x'\n\na()\n",
    ],
    ['a removal', 'a( )\nb()\nc( )\n', 'a();\nc();\n', 'a( )\nc( )\n'],
    [
      'a call around a call',
      'const x = a( b )\nlet y\n',
      'const x = w(a(b));\nlet y;\n',
      'const x = w(a( b ))\nlet y\n',
    ],
    ['a rename in CRLF', 'a.b( )\r\nc( )\r\n', 'a.d();\nc();\n', 'a.d( )\r\nc( )\r\n'],
  ]
  test.each(changes)('%s', (_, before, after, left) => {
    const result = withoutChurn(before, after, 'a.js')
    expect(result).toBe(left)
    expect(sameProgram(result, after)).toBe(true)
  })
})

// ---- with the printer that makes the churn --------------------------------------------------------------------------

const SOURCES: readonly string[] = [
  `'use strict'

var express = require( 'express' ) , app = express()
// first
app.get('/a',(req,res)=>{ res.send( req.query.a ) })

app.del('/b', function ( req , res ) {
  return (
    req.user &&
    res.json( {a:1, b : [ 1,2 , ] } )
  )
})   // last
;[1, 2].forEach(x => x)
`,
  `export class A extends (B) {\n\t/** doc\n\t * more */\n\tasync m ( a ) { if (!await a.ok()) return; this.x = { y: a?.b.c( 1 ) } }\n}\nexport default () => ( { a : f( 'x' ) } )\n`,
  `const e = <div>\r\n\t<A b='c' onClick={() => f( 1 )}>text  here</A>\r\n\t{ list.map( i => <li key={ i }>{i.name( )}</li> ) }\r\n</div>\r\n`,
  `switch(a){case 1: b( 1 ); break\n default:\n  /* none */ }\nfor(;;){ c ( { } ) }\nlabel: while(x) d( y , )`,
]

type Mutation = (j: JSCodeshift, root: Collection, pick: number) => void
const nth = <T>(items: readonly T[], pick: number): T | undefined => items[pick % Math.max(items.length, 1)]
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  nothing: () => {},
  rename(j, root, pick) {
    const node = nth(root.find(j.MemberExpression, { computed: false }).nodes(), pick)
    if (node?.property.type === 'Identifier') node.property.name = 'renamed'
  },
  argument(j, root, pick) {
    nth(root.find(j.CallExpression).nodes(), pick)?.arguments.push(j.identifier('extra'))
  },
  property(j, root, pick) {
    const value = j.callExpression(j.identifier('make'), [j.literal(1)])
    nth(root.find(j.ObjectExpression).nodes(), pick)?.properties.unshift(
      j.property('init', j.identifier('extra'), value),
    )
  },
  import(j, root) {
    const specifier = j.importDefaultSpecifier(j.identifier('extra'))
    root.get().node.program.body.unshift(j.importDeclaration([specifier], j.literal('extra')))
  },
  wrap(j, root, pick) {
    const path = nth(root.find(j.CallExpression).paths(), pick)
    path?.replace(j.callExpression(j.identifier('wrap'), [path.node]))
  },
  remove(j, root, pick) {
    const path = nth(root.find(j.ExpressionStatement).paths(), pick)
    if (path) j(path).remove()
  },
}

test('always the program of the codemod, with the line endings of the file, and once is enough', () => {
  const j = codeshift.withParser('babel')
  const cases = fc.record({
    source: fc.constantFrom(...SOURCES),
    steps: fc.array(fc.tuple(fc.constantFrom(...Object.keys(MUTATIONS)), fc.nat(30)), { minLength: 1, maxLength: 3 }),
  })
  fc.assert(
    fc.property(cases, ({ source, steps }) => {
      const root = j(source)
      for (const [name, pick] of steps) MUTATIONS[name]!(j, root, pick)
      const after = root.toSource()
      fc.pre(readTokens(after, 'a.js') !== undefined)
      const result = withoutChurn(source, after, 'a.js')
      expect(sameProgram(result, after)).toBe(true)
      expect(withoutChurn(source, result, 'a.js')).toBe(result)
      if (steps.every(([name]) => name === 'nothing')) expect(result).toBe(source)
      if (source.includes('\r\n')) expect(result).not.toMatch(/[^\r]\n/)
    }),
    { numRuns: 150 },
  )
})

test('the changed parts make the new text out of the old one, and cut no character or line ending in two', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', '\n', '\r\n', '\r', '😀', '😁'), { maxLength: 12 })
    .map((c) => c.join(''))
  fc.assert(
    fc.property(text, text, (before, after) => {
      const parts = changedParts(before, after)
      expect(applyEdits(before, parts)).toBe(after)
      for (const { start, end } of parts)
        for (const at of [start, end])
          expect(before.slice(at - 1, at + 1)).not.toMatch(/^(?:\r\n|[\ud800-\udbff][\udc00-\udfff])$/)
    }),
  )
})
