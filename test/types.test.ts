import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { JavaScriptModule } from '../src/formats/javascript/module.ts'
import { parseJavaScript } from '../src/formats/javascript/parse.ts'
import type { Node } from '../src/formats/javascript/syntax.ts'
import { typeOracle } from '../src/formats/javascript/types.ts'
import type { TypeOracle } from '../src/formats/javascript/values.ts'
import provider from '../transforms/express/provider.ts'

/** The types of Express, as small as they can be and still extend each other as the real ones do. */
const TYPES: Readonly<Record<string, string>> = {
  'node_modules/@types/express/package.json':
    '{ "name": "@types/express", "version": "4.17.0", "types": "index.d.ts" }',
  'node_modules/@types/express/index.d.ts': `
    import * as core from 'express-serve-static-core'
    declare function e(): core.Express
    declare namespace e {
      interface Application extends core.Application {}
      interface Express extends core.Express {}
      interface Request extends core.Request {}
      interface Response<Body = any> extends core.Response<Body> {}
      interface Router extends core.Router {}
      interface RequestHandler extends core.RequestHandler {}
      function Router(): core.Router
    }
    export = e`,
  'node_modules/@types/express-serve-static-core/package.json':
    '{ "name": "@types/express-serve-static-core", "version": "4.17.0", "types": "index.d.ts" }',
  'node_modules/@types/express-serve-static-core/index.d.ts': `
    export interface RequestHandler { (req: Request, res: Response, next: () => void): unknown }
    export interface IRouter { get(path: string, handler: RequestHandler): this; all(): void }
    export interface Router extends IRouter {}
    export interface Application extends IRouter { listen(port: number): void; locals: object }
    export interface Express extends Application { request: Request; response: Response }
    export interface Emitter { on(): this }
    export interface Request extends Emitter { param(name: string): any; res?: Response; path: string }
    export interface Response<Body = any> extends Emitter { send(body?: Body): this; status(code: number): this; end(): void }`,
  'node_modules/untyped-base/package.json': '{ "name": "untyped-base", "version": "1.0.0", "types": "index.d.ts" }',
  'node_modules/untyped-base/index.d.ts':
    "import { Missing } from 'not-installed'\nexport class Base extends Missing { send(x: any): void }",
}
const CONFIG = { 'tsconfig.json': '{ "compilerOptions": { "strict": true, "module": "nodenext", "types": [] } }' }

const KINDS = Object.values(provider.javascript.types)

const temporary: string[] = []
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

function project(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-types-')))
  temporary.push(root)
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return root
}

function oracleFor(root: string, force = false): TypeOracle {
  return typeOracle(root, [provider.javascript], force)!
}

function moduleOf(path: string, text: string): JavaScriptModule {
  const parsed = parseJavaScript(text, path)
  if (parsed.is === 'failed') throw new Error(parsed.problem.message)
  return new JavaScriptModule(path, text, parsed.ast)
}

/** What the oracle says of the receiver of every `.send`, `.del` and `.param`, in the order of the text. */
function answers(oracle: TypeOracle, path: string, text: string): (string | undefined)[] {
  const module = moduleOf(path, text)
  return ['send', 'del', 'param']
    .flatMap((name) => module.membersNamed(name))
    .sort((a, b) => a.property.start! - b.property.start!)
    .map((member) => {
      const answer = oracle.kindAt(module, member.object as Node, KINDS)
      return typeof answer === 'object' ? answer.kind.name : answer
    })
}

const RESPONSE = 'Express response'

describe('a project with the types of Express', () => {
  const root = project({ ...TYPES, ...CONFIG, 'src/other.ts': OTHER() })
  const oracle = oracleFor(root)
  const ask = (text: string, path = 'src/a.ts') => answers(oracle, path, text)
  const header = "import express, { type Request, type Response } from 'express'\n"

  test.each<[string, string, (string | undefined)[]]>([
    ['what is inferred', 'express().get("/", (a, b) => { b.send(1); a.param("x") })', [RESPONSE, 'Express request']],
    ['a chain', 'declare const r: Response\nr.status(1).send(2)', [RESPONSE]],
    ['an application', 'const x = express()\nx.del("/")', ['Express application']],
    ['a router', 'const x = express.Router()\nx.del("/")', ['Express router']],
    ['a type parameter with a constraint', 'function f<R extends Response>(r: R) { r.send(1) }', [RESPONSE]],
    [
      'a type parameter without one',
      'function f<R>(r: R) { (r as R & { send(): void }).send(); r.send(1) }',
      [undefined, undefined],
    ],
    ['an intersection', 'declare const r: Response & { x: 1 }\nr.send(1)', [RESPONSE]],
    ['a union with undefined', 'function f(r?: Response) { r?.send(1); r!.send(2) }', [RESPONSE, RESPONSE]],
    ['a union with something else', 'declare const r: Response | Map<string, string>\nr.send(1)', [undefined]],
    ['a union of two other things', 'declare const r: string[] | Map<string, string>\nr.send(1)', ['not-ours']],
    [
      'any, unknown and errors',
      'declare const r: any, u: unknown, e: Nowhere\nr.send(1); u.send(1); e.send(1); no.send(1)',
      [undefined, undefined, undefined, undefined],
    ],
    [
      'any object',
      'declare const r: object & { send(): void }, s: { [K in "send"]: () => void } & object\nr.send(); s.send()',
      ['fits', 'fits'],
    ],
    ['a primitive', 'const x = "a"; x.send(1); (5).send(1)', ['not-ours', 'not-ours']],
    [
      'an element of a list',
      'declare const all: Response[]\nall.forEach((r) => r.send(1)); all[0]!.send(2)',
      [RESPONSE, RESPONSE],
    ],
  ])('%s', (_name, text, wanted) => {
    expect(ask(header + text)).toEqual(wanted)
  })

  test('types of the project that extend ours, over files and aliases', () => {
    const text = `import { Own, Both, Alias, Torn, made } from './other.js'
      declare const a: Own, b: Both, c: Alias, d: Torn
      a.send(1); b.send(1); c.send(1); made().send(1); made.send(1); d.send(1)`
    expect(ask(text)).toEqual([RESPONSE, RESPONSE, RESPONSE, RESPONSE, 'not-ours', undefined])
  })

  test('a class of the project is something else; what a response fits into may be one', () => {
    const text = `import { Mailer, Sink, Emitting } from './other.js'
      import { Base } from 'untyped-base'
      declare const a: Mailer, b: Sink, c: Base, d: Emitting, e: { send(x: number): unknown }, f: { send(): void; extra: 1 }
      class Derived extends Base { x = 1 }
      declare const g: Derived
      a.send(1); b.send(1); c.send(1); d.send(1); e.send(1); f.send(); g.send(1)`
    expect(ask(text)).toEqual(['not-ours', 'fits', undefined, 'fits', 'fits', 'not-ours', undefined])
  })

  test('says where it looked, and what it saw', () => {
    const module = moduleOf('src/steps.ts', "import { made } from './other.js'\nmade().send(1)")
    const answer = oracle.kindAt(module, module.membersNamed('send')[0]!.object as Node, KINDS)
    expect(answer).toMatchObject({
      steps: [
        {
          what: "the type checker says `Own`, which extends `Response` of '@types/express'",
          at: { file: 'src/steps.ts', line: 2, column: 1 },
        },
      ],
    })
  })

  test('has no answer about what has no type of its own', () => {
    const module = moduleOf('src/text.ts', "const text = 'a'\ntext.send(1)")
    const object = module.membersNamed('send')[0]!.object as Node
    expect(oracle.kindAt(module, object, KINDS)).toBe('not-ours')
    expect(oracle.kindAt(module, object, [provider.javascript.module])).toBeUndefined()
  })

  test('sees the text of the run, not the one on disk', () => {
    writeFileSync(join(root, 'src/planned.ts'), 'export {}')
    expect(ask(`${header}declare const r: Response\nr.send(1)`, 'src/planned.ts')).toEqual([RESPONSE])
    expect(ask(`declare const r: Map<string, string>\nr.send(1)`, 'src/planned.ts')).toEqual(['not-ours'])
  })

  test('is asked about TypeScript only', () => {
    expect(ask(`${header}/** @type {Response} */ let r\nr.send(1)`, 'src/a.js')).toEqual([undefined])
    expect(oracle.remarks).toEqual([])
  })
})

/** A file that others import. */
function OTHER(): string {
  return `import type { Response, Request } from 'express'
export interface Own extends Response { ok(): void }
export type Both = { x: 1 } & Own
export type Torn = Request & Own
export type Alias = Response<string>
export declare function made(): Own
export class Mailer { private queue = 1; send(x: number) { return this.queue + x } }
export interface Sink { send(x: number): unknown }
export interface Emitting extends Pick<Response, 'send'> {}
`
}

describe('where there is nothing to ask', () => {
  const text = "import type { Response } from 'express'\ndeclare const r: Response\nr.send(1)"

  test('no tsconfig.json: no answer, and only those who insisted are told', () => {
    const root = project(TYPES)
    expect(answers(oracleFor(root), 'a.ts', text)).toEqual([undefined])
    const insisting = oracleFor(root, true)
    expect(answers(insisting, 'a.ts', text)).toEqual([undefined])
    expect(insisting.remarks).toEqual(['There is no tsconfig.json above a.ts: the type checker was not asked.'])
  })

  test('no types of Express', () => {
    const insisting = oracleFor(project(CONFIG), true)
    expect(answers(insisting, 'a.ts', text)).toEqual([undefined])
    expect(insisting.remarks).toHaveLength(1)
    expect(insisting.remarks![0]).toMatch(/No types of express are installed for .*tsconfig\.json/)
  })

  test('a tsconfig.json that extends what is not there is read without it', () => {
    const oracle = oracleFor(project({ ...TYPES, 'tsconfig.json': '{ "extends": "./gone.json" }' }))
    expect(answers(oracle, 'a.ts', text)).toEqual([RESPONSE])
  })

  test('no described package', () => {
    expect(typeOracle(project(CONFIG), [], true)).toBeUndefined()
  })
})

test('JavaScript is asked about when somebody insists and the compiler reads it', () => {
  const text = "/** @type {import('express').Response} */\nlet r\nr.send(1)"
  const allowing = project({ ...TYPES, 'tsconfig.json': '{ "compilerOptions": { "allowJs": true, "types": [] } }' })
  expect(answers(oracleFor(allowing, true), 'a.js', text)).toEqual([RESPONSE])
  expect(answers(oracleFor(allowing), 'a.js', text)).toEqual([undefined])
  expect(answers(oracleFor(project({ ...TYPES, ...CONFIG }), true), 'a.js', text)).toEqual([undefined])
})

test('each package of a repository is read with its own tsconfig.json', () => {
  const root = project({
    ...TYPES,
    'api/tsconfig.json': '{ "compilerOptions": { "types": [], "paths": { "@x/*": ["./lib/*"] } } }',
    'api/lib/r.ts': "export type { Response as R } from 'express'",
    'web/tsconfig.json': '{ "compilerOptions": { "types": [] } }',
  })
  const oracle = oracleFor(root)
  const text = "import type { R } from '@x/r'\ndeclare const r: R\nr.send(1)"
  expect(answers(oracle, 'api/a.ts', text)).toEqual([RESPONSE])
  expect(answers(oracle, 'web/a.ts', text)).toEqual([undefined])
})
