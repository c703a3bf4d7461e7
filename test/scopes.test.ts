import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as t from '@babel/types'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isReference, JavaScriptModule } from '../src/formats/javascript/module.ts'
import { parseJavaScript } from '../src/formats/javascript/parse.ts'
import type { Node } from '../src/formats/javascript/syntax.ts'

/** The part of @babel/traverse that is used here; the package has no types of its own. */
interface BabelPath {
  readonly node: t.Identifier & Node
  readonly parent: t.Node
  readonly key: string | number
  readonly scope: {
    getBinding(name: string): { readonly identifier: Node; readonly constantViolations: readonly unknown[] } | undefined
  }
  isReferencedIdentifier(): boolean
}
const { default: traverse } = createRequire(import.meta.url)('@babel/traverse') as {
  default: (ast: t.File, visitor: { Identifier(path: BabelPath): void }) => void
}

const root = fileURLToPath(new URL('..', import.meta.url))

function moduleOf(path: string, text: string): JavaScriptModule {
  const result = parseJavaScript(text, path)
  if (result.is === 'failed') throw new Error(`${path}: ${result.problem.message}`)
  return new JavaScriptModule(path, text, result.ast)
}

/** For every referenced name that the two scope analyses see differently: what is where. */
function disagreements(path: string, text: string): string[] {
  const module = moduleOf(path, text)
  const result = parseJavaScript(text, path)
  if (result.is === 'failed') return [result.problem.message]
  const ours = new Map<number, { readonly reference: boolean; readonly declared: readonly number[] }>()
  const names = new Set<string>()
  const theirs: [number, string, number | undefined][] = []
  traverse(result.ast, {
    Identifier(at) {
      if (!at.isReferencedIdentifier() && !isAssigned(at)) return
      // what stands in a type is not a value
      if (/^TS(?!As|NonNull|Satisfies)/.test(at.parent.type)) return
      names.add(at.node.name)
      theirs.push([at.node.start, at.node.name, at.scope.getBinding(at.node.name)?.identifier.start])
    },
  })
  for (const name of names)
    for (const id of module.identifiersNamed(name)) {
      // in `{ a }` and `export { a }` two identifiers stand at one place
      if (!isReference(id) && ours.has(id.start)) continue
      const binding = module.binding(id)
      // Babel does not know the names of types
      const declared =
        binding && !TYPES.has(binding.kind) ? binding.identifiers.map((each) => (each as Node).start) : []
      ours.set(id.start, { reference: isReference(id), declared })
    }
  return theirs.flatMap(([start, name, declared]) => {
    const own = ours.get(start)
    const agrees =
      declared === undefined ? own?.declared.length === 0 : own?.reference && own.declared.includes(declared)
    if (agrees) return []
    const { line, column } = module.locate(start)
    return [
      `${path}:${line}:${column} ${name}: Babel says ${declared}, we say ${own?.reference ? own.declared : 'no reference'}`,
    ]
  })
}

const TYPES: ReadonlySet<string> = new Set(['type', 'namespace'])

function isAssigned({ parent, key }: BabelPath): boolean {
  return (parent.type === 'AssignmentExpression' && key === 'left') || parent.type === 'UpdateExpression'
}

function filesBelow(folder: string, extension: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extension.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('every reference is bound as @babel/traverse binds it', () => {
  test.each([
    ['node_modules/express4/lib', /\.js$/],
    ['node_modules/express5/lib', /\.js$/],
    ['node_modules/jscodeshift/src', /\.js$/],
    ['node_modules/superagent/lib', /\.js$/],
    ['src/formats/javascript', /\.ts$/],
    ['transforms', /\.ts$/],
  ])('%s', { timeout: 120_000 }, (folder, extension) => {
    const files = filesBelow(folder, extension)
    expect(files.length).toBeGreaterThan(0)
    expect(files.flatMap((file) => disagreements(file, readFileSync(file, 'utf8'))).slice(0, 20)).toEqual([])
  })

  test.each([
    'f(); function f() {} { function g() {} g() } g()',
    'x; { let x; x } x; var x; { var x; x }',
    'let a = 1; { a; let b = a; { let a = b; a } } a',
    'for (let i = 0; i < 1; i++) { i } i; for (const i of i) i; for (var j in j) j; j',
    'try { e } catch (e) { e; var e = 1 } e; try {} catch { e }',
    'try { } catch ({ a, b: [c] }) { a; c }',
    'function f(a, b = a, { c = b, d: [e] } = {}, ...g) { a; b; c; e; g; arguments; var a }',
    'const f = function g() { g; f }; g; f',
    'class A extends A { [A] = A; static { A; var v; v } m() { A; v } } A',
    'const B = class C extends D { x = C }; C; B',
    'switch (a) { case 1: let a; a; break; default: a } a',
    'label: for (;;) { break label } label',
    'const { a, b: c, [d]: e, f = g, ...h } = i; a; b; c; d; e; f; h',
    'export { x as y }; const x = 1; export default function z() { z } z',
    'import a, { b as c, d } from "e"; import * as f from "g"; a; b; c; d; f',
    '({ a, b: c, d() { a }, get e() { return b }, [f]: 1 }); x.a.b[c]',
    '(a) => a + b; (async ({ a }, [b]) => { a; b; await c })(a)',
    'a = b; a += 1; a++; [a, { b }] = c; ({ d: a.b } = e)',
    'function f() { return a; var a } a',
    'var a; function a() {} a; function f(a) { var a; a }',
    'if (x) { function y() {} } y',
    '"use strict"; { function z() {} z } z',
    'function f(x = () => y) { var y; x; y }',
    'new.target; import.meta.x; x?.y?.[z]',
    'const x = <A.B c={d}>{e}</A.B>',
    'var { a } = a, [b = a] = b',
  ])('%s', (program) => {
    expect(disagreements('a.js', program)).toEqual([])
  })

  test('programs nobody would write', () => {
    fc.assert(
      fc.property(program(), (text) => {
        const parsed = parseJavaScript(text, 'a.js')
        fc.pre(parsed.is === 'parsed' && parsed.recovered.length === 0)
        expect(disagreements('a.js', text)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

/** Small programs over four names, with every construct that declares one, nested at will. */
function program(): fc.Arbitrary<string> {
  const name = fc.constantFrom('a', 'b', 'c', 'd')
  // where a function and a parameter share a name, Babel keeps the parameter, which is not what runs
  const functionName = fc.constantFrom('e', 'f')
  const { statements } = fc.letrec<{ statements: string; statement: string; expression: string; pattern: string }>(
    (tie) => ({
      pattern: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        name,
        fc.tuple(name, tie('expression')).map(([x, y]) => `{ ${x} = ${y} }`),
        fc.tuple(name, tie('pattern')).map(([x, p]) => `{ ${x}: ${p} }`),
        tie('pattern').map((p) => `[${p}]`),
      ),
      expression: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        name,
        fc.tuple(name, tie('expression')).map(([x, y]) => `${x}.${x}(${y})`),
        fc.tuple(tie('pattern'), tie('expression')).map(([p, x]) => `((${p}) => ${x})`),
        fc.tuple(tie('pattern'), tie('statements')).map(([p, s]) => `(function (${p}) { ${s} })`),
        fc.tuple(name, name, tie('expression')).map(([x, y, z]) => `(class ${x} extends ${y} { ${x} = ${z} })`),
        fc.tuple(name, name, tie('expression')).map(([x, y, z]) => `({ ${x}, ${y}: ${z} })`),
      ),
      statement: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(tie('expression'), functionName).map((x) => `;(${x})`),
        fc
          .tuple(fc.constantFrom('var', 'let', 'const'), tie('pattern'), tie('expression'))
          .map(([k, p, x]) => `${k} ${p} = ${x}`),
        fc.tuple(name, tie('expression')).map(([x, y]) => `${x} = ${y}`),
        tie('statements').map((s) => `{ ${s} }`),
        fc.tuple(functionName, tie('pattern'), tie('statements')).map(([x, p, s]) => `function ${x}(${p}) { ${s} }`),
        fc.tuple(name, tie('statements')).map(([x, s]) => `class ${x} { static { ${s} } }`),
        fc.tuple(name, tie('statements')).map(([x, s]) => `try { ${s} } catch (${x}) { ${s} }`),
        fc
          .tuple(fc.constantFrom('var', 'let', 'const'), tie('pattern'), name, tie('statements'))
          .map(([k, p, x, s]) => `for (${k} ${p} of ${x}) { ${s} }`),
      ),
      statements: fc.array(tie('statement'), { maxLength: 4 }).map((list) => list.join('\n')),
    }),
  )
  return statements
}

describe('looking up by hand', () => {
  test('a name that is declared nowhere has no binding', () => {
    const module = moduleOf('a.js', 'a.b')
    expect(module.binding(module.identifiersNamed('a')[0]!)).toBeUndefined()
  })

  test('types do not hide values, and values do not hide types', () => {
    const module = moduleOf('a.ts', 'interface A { x: string }\nconst A = 1\nlet b: A = A\ntype B = string\nlet c: B')
    expect(module.identifiersNamed('A').map((id) => module.binding(id)?.kind)).toContain('const')
    expect(module.binding(module.identifiersNamed('B')[1]!)?.kind).toBe('type')
  })

  test('references leave the declaration itself and properties out', () => {
    const text = 'const a = 1\na\nx.a\n;({ a, b: a, a: 2 })\nfunction f(a) { a }'
    const module = moduleOf('a.js', text)
    const binding = module.binding(module.identifiersNamed('a')[0]!)!
    expect(module.references(binding).map((id) => module.locate(id.start).line)).toEqual([2, 4, 4])
  })
})
