import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Catalogue, selectChanges, selectRecipe, selectSettings } from '../src/catalogue/select.ts'
import { discover } from '../src/engine/discover.ts'
import { readPackages } from '../src/engine/packages.ts'
import { createEngine } from '../src/engine/session.ts'
import { openProject, type ProposalInput, propose } from '../src/engine/upgrade.ts'
import {
  type Change,
  defineChange,
  defineProvider,
  describe as describeKind,
  type Kind,
  kind,
  type ModelFacts,
  method,
  type PackageModel,
  type Survey,
} from '../src/kit.ts'

/**
 * A package whose values depend on the project: `tables.json` says which tables a database has, and into which folder its
 * client is generated. Every table is a member of the client, by its name.
 */
const Client = kind('database client')
const Table = kind('table')
const Transaction = kind('client of a transaction', Client)
const ClientClass = method('the class of the client', { construct: Client })
const Errors = kind('namespace Db')
const DbError = method('a class of errors', { construct: kind('an error') })

interface Tables {
  readonly tables: readonly string[]
  readonly output?: string
}

const schema: Survey<Tables, 'json'> = {
  format: 'json',
  of: 'project',
  mentions: ['"tables"'],
  look(files) {
    const found: { tables: string[]; output?: string } = { tables: [] }
    for (const file of files) {
      const output = file.at('output')?.value
      for (const entry of file.entries('tables')) found.tables.push(entry.key)
      if (typeof output === 'string') found.output = output
    }
    return found
  },
}

function model({ survey, settings }: ModelFacts): PackageModel {
  const { tables, output } = survey(schema)
  const known = new Map(tables.map((name) => [name, kind(`table ${name}`, Table)]))
  describeKind(Client, {
    members: {
      run: method('.run', { callback: (_fn, { argument }) => (argument === 0 ? [Transaction] : undefined) }),
      with: method('.with', { call: 'this' }),
    },
    otherMembers: (name) => (settings.stage === 'none' ? undefined : known.get(name)),
  })
  const module = describeKind(kind('acme-db'), { members: { Client: ClientClass, Db: Errors } })
  describeKind(Errors, { members: { DbError }, types: { Transaction, Table } })
  return {
    specifiers: ['acme-db'],
    ...(output === undefined ? {} : { folders: { [output]: module } }),
    modules: { '/runtime': describeKind(kind('acme-db/runtime'), { members: { DbError }, types: { Old: Table } }) },
    module,
    types: { Client, Table },
    typePackages: [],
    notOurs: new Set(),
    wrappers: [],
    shapes: () => undefined,
    shapeText: /(?!)/,
    names: new Map<Kind, readonly string[]>(),
    members: new Map(),
  }
}

const probe = defineChange({
  title: 'Probe',
  why: 'It shows what the engine knows of receivers.',
  since: '2.0.0',
  breakage: 'throws',
  source: 'https://example.com/guide',
  fixable: 'never',
  format: 'javascript',
  mentions: [/find|close|DbError/],
  *find(file) {
    for (const use of file.members([Table], 'find')) yield { at: use.property, message: use.kind.name, evidence: use }
    for (const use of file.members([Client], 'close'))
      yield { at: use.property, message: `close of ${use.kind.name}`, evidence: use }
    for (const use of file.callsOf(DbError)) yield { at: use.call, message: 'error', evidence: use }
  },
})

const stages = {
  placeholder: 'stage',
  description: 'what belongs before the new version',
  values: ['before', 'with'],
  default: 'with',
}
const change = (stage?: string): Change =>
  defineChange({
    title: 'One',
    why: 'It is one.',
    since: '2.0.0',
    breakage: 'silent',
    source: 'https://example.com/guide',
    fixable: 'never',
    byHand: 'look',
    ...(stage === undefined ? {} : { stage }),
  })

const provider = defineProvider({
  id: 'acme',
  packages: ['acme-db'],
  recipes: { acme2: { from: '1', to: '2', guide: 'https://example.com/guide', settings: { stage: stages } } },
  javascript: model,
})
const catalogue: Catalogue = { providers: [provider], changes: { 'acme/probe': probe } }
const recipe = selectRecipe(catalogue, 'acme2')

const temporary: string[] = []
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

function project(files: Readonly<Record<string, string>>, more: Partial<ProposalInput> = {}): ProposalInput {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-models-')))
  temporary.push(root)
  const manifest = '{ "name": "app", "dependencies": { "acme-db": "^1.0.0" } }'
  for (const [file, text] of Object.entries({ 'package.json': manifest, 'app.json': SCHEMA, ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  const discovery = discover(root, { cwd: root })
  return {
    catalogue,
    recipe,
    discovery,
    packages: readPackages(root, discovery),
    level: 'review',
    mode: 'scan',
    toolVersion: '0.0.0',
    ...more,
  }
}

// `app.json` is one of the names that discovery knows
const SCHEMA = '{ "tables": { "user": {}, "post": {} }, "output": "src/generated/db" }'

async function found(program: string, more: Readonly<Record<string, string>> = {}, input: Partial<ProposalInput> = {}) {
  const { findings, notLookedAt } = await openProject(project({ 'src/app.ts': program, ...more }, input)).scan.run()
  expect(notLookedAt.filter(({ kind: why }) => why !== 'generated')).toEqual([])
  return findings.map(({ file, message, evidence }) => [
    ...(file === 'src/app.ts' ? [] : [file]),
    message,
    evidence.certainty,
  ])
}

describe('members that the project lists', () => {
  const start = "import { Client } from 'acme-db'\nconst db = new Client()\n"

  test('are of their own kind, and of the one that it is a special case of', async () => {
    expect(await found(`${start}db.user.find()\ndb['post'].find()\nconst { user: u } = db\nu.find()`)).toEqual([
      ['table user', 'proven'],
      ['table post', 'proven'],
      ['table user', 'proven'],
    ])
  })

  test('and no others: what is not in the list is unknown', async () => {
    expect(await found(`${start}db.cart.find()\ndb.constructor.find()`)).toEqual([])
  })

  test('may depend on what the run is asked for', async () => {
    const settings = { ...stages, values: ['none', 'with'] }
    const other = defineProvider({
      ...provider,
      recipes: { acme2: { ...provider.recipes.acme2, settings: { stage: settings } } },
    })
    const input = {
      catalogue: { ...catalogue, providers: [other] },
      recipe: selectRecipe({ ...catalogue, providers: [other] }, 'acme2'),
    }
    expect(await found(`${start}db.user.find()`, {}, { ...input, settings: { stage: 'with' } })).toHaveLength(1)
    const staged = { 'acme/probe': { ...probe, stage: 'none' } }
    const none = { ...input, catalogue: { ...input.catalogue, changes: staged }, settings: { stage: 'none' } }
    expect(await found(`${start}db.user.find()\ndb.close()`, {}, none)).toEqual([
      ['close of database client', 'proven'],
    ])
  })

  test('are there for a special case of the client, too', async () => {
    expect(
      await found(`${start}db.run(async (tx) => { tx.user.find(); tx.close() })\ndb.with({}).user.find()`),
    ).toEqual([
      ['table user', 'proven'],
      ['close of client of a transaction', 'proven'],
      ['table user', 'proven'],
    ])
  })
})

describe('a class of the project that extends a class of the package', () => {
  const service = `
    import { Client } from 'acme-db'
    export class Service extends Client {
      user2 = { find() {} }
      post = { find() {} }
      constructor() { super(); this.close() }
      load() { return this.user.find() }
      own() { this.user2.find(); this.post.find() }
    }`

  test('is one by its `this`, but for what it has itself', async () => {
    expect(await found(service)).toEqual([
      ['close of database client', 'proven'],
      ['table user', 'proven'],
    ])
  })

  test('is one where it is injected by its type, or made, in other files and over several classes', async () => {
    const more = {
      'src/base.ts': service,
      'src/mid.ts':
        "import { Service } from './base'\nexport default class Mid extends Service { x() { this.user.find() } }",
    }
    const program = `
      import Mid from './mid'
      import { Service } from './base'
      class Controller {
        constructor(private readonly db: Mid, private other: Service) {}
        list() { this.db.user.find(); this.other.post.find(); this.other.user.find() }
      }
      new Mid().user.find()
      export const f = (service: Service) => service.close()`
    expect((await found(program, more)).filter((one) => one.length === 2)).toEqual([
      ['table user', 'proven'],
      ['table user', 'proven'],
      ['table user', 'proven'],
      ['close of database client', 'proven'],
    ])
    expect((await found(program, more)).filter(([file]) => file === 'src/mid.ts')).toEqual([
      ['src/mid.ts', 'table user', 'proven'],
    ])
  })

  test('is none if it extends something else of that name, or itself', async () => {
    const program = `
      class Client { user = { find() {} } }
      class Service extends Client { x() { this.user.find(); this.close() } }
      class A extends B { x() { this.user.find() } }
      class B extends A {}
      new Service().user.find()`
    expect(await found(`import 'acme-db'\n${program}`)).toEqual([])
  })
})

describe('a generated package', () => {
  const program = (from: string) =>
    `import { Client, Db } from '${from}'\nnew Client().user.find()\nnew Db.DbError('x')`
  const all = [
    ['table user', 'proven'],
    ['error', 'proven'],
  ]

  test('is there by its folder, although nothing has been generated', async () => {
    for (const from of ['./generated/db', './generated/db/index.js', '../src/generated/db/', './generated/db/index'])
      expect(await found(program(from)), from).toEqual(all)
    expect(await found(program('./generated/other'), { 'src/generated/other.ts': '' })).toEqual([])
  })

  test('is there through aliases, the imports and the main file of a package', async () => {
    const alias = { 'tsconfig.json': '{ "compilerOptions": { "paths": { "@db": ["./src/generated/db"] } } }' }
    expect(await found(program('@db'), alias)).toEqual(all)
    const imports = {
      'package.json':
        '{ "name": "app", "imports": { "#db": "./src/generated/db/index.js" }, "dependencies": { "acme-db": "^1" } }',
    }
    expect(await found(program('#db'), imports)).toEqual(all)
    const workspace = {
      'package.json': '{ "name": "root", "workspaces": ["packages/*", "src"], "dependencies": { "acme-db": "^1" } }',
      'packages/db/package.json':
        '{ "name": "@app/db", "main": "./client/index.js", "dependencies": { "acme-db": "^1" } }',
      'packages/db/app.json': '{ "tables": { "user": {} }, "output": "packages/db/client" }',
      'app.json': '{}',
    }
    expect(await found(program('@app/db'), workspace)).toEqual(all)
  })

  test('is not searched itself, where it is there, and the report says so', async () => {
    const files = { 'src/generated/db/index.js': "const db = require('acme-db')\nnew db.Client().user.find()" }
    const { findings, notLookedAt } = await openProject(
      project({ 'src/app.ts': program('./generated/db'), ...files }),
    ).scan.run()
    expect(findings.map(({ file }) => file)).toEqual(['src/app.ts', 'src/app.ts'])
    expect(notLookedAt).toEqual([
      {
        file: 'src/generated/db/index.js',
        kind: 'generated',
        reason: 'a generator writes this folder; generate it again with the new version',
      },
    ])
  })

  test('has parts that are something else', async () => {
    for (const from of ['acme-db/runtime', './generated/db/runtime', './generated/db/runtime/index.js'])
      expect(await found(`import { DbError, Client } from '${from}'\nnew DbError()\nnew Client().user.find()`)).toEqual(
        [['error', 'proven']],
      )
    expect(await found(`import { DbError } from 'acme-db/other'\nnew DbError()`)).toEqual([])
  })
})

describe('types in a namespace', () => {
  test('are known through imports, aliases and files of the project', async () => {
    const more = {
      'src/types.ts':
        "export { Db } from 'acme-db'\nexport { Db as Names } from 'acme-db'\nexport namespace Own { export interface Transaction { user: { find(): void } } }",
    }
    const program = `
      import { Db as D } from 'acme-db'
      import { Names, Own } from './types'
      import type { Old } from 'acme-db/runtime'
      const a = (tx: D.Transaction) => tx.user.find()
      const b = (tx: Names.Transaction, table: Names.Table) => { tx.post.find(); table.find() }
      const c = (tx: Own.Transaction) => tx.user.find()
      const d = (tx: D.Else) => tx.user.find()
      const e = (old: Old) => old.find()`
    expect(await found(program, more)).toEqual([
      ['table user', 'proven'],
      ['table post', 'proven'],
      ['table', 'proven'],
      ['table', 'proven'],
    ])
  })
})

describe('surveys', () => {
  test('are about a format, and about the package or the project', async () => {
    const seen: string[][] = []
    const survey = (of: 'package' | 'project'): Survey<string[], 'json'> => ({
      format: 'json',
      of,
      mentions: ['"tables"'],
      look: (files) => [...files].map((file) => file.path),
    })
    const [own, all] = [survey('package'), survey('project')]
    const asking = defineChange({
      ...(probe as typeof probe & { find: never }),
      format: 'javascript',
      mentions: ['ask'],
      find(_file, facts) {
        seen.push(facts.survey(own), facts.survey(all))
        return []
      },
    })
    const files = {
      'src/app.ts': 'ask()',
      'packages/a/package.json': '{ "name": "a", "dependencies": { "acme-db": "^1" } }',
      'packages/a/app.json': SCHEMA,
      'packages/a/now.json': '{}',
      'packages/a/x.ts': "import 'acme-db'\nask()",
    }
    const discovered = project(files, { catalogue: { ...catalogue, changes: { 'acme/probe': asking } } })
    // a survey is about the project, whatever the run is restricted to
    const files2 = discovered.discovery.files.filter((file) => file.endsWith('x.ts'))
    const { scan } = openProject({ ...discovered, discovery: { ...discovered.discovery, files: files2 } })
    await scan.run()
    expect(seen).toEqual([['packages/a/app.json'], ['app.json', 'packages/a/app.json']])
  })
})

describe('settings of a run', () => {
  const changes = { 'acme/early': change('before'), 'acme/late': change('with'), 'acme/other': change() }
  const staged: Catalogue = { providers: [provider], changes }

  test('have the default that the recipe says, and are refused where it does not have them', () => {
    expect(selectSettings(recipe)).toEqual({ stage: 'with' })
    expect(selectSettings(recipe, { stage: 'before' })).toEqual({ stage: 'before' })
    expect(() => selectSettings(recipe, { map: 'x' })).toThrow('The recipe acme2 does not take --map.')
    expect(() => selectSettings(recipe, { stage: 'after' })).toThrow("--stage cannot be 'after'.")
  })

  test('are checked before anything is done', async () => {
    const { discovery } = project({ 'src/app.ts': '' })
    const engine = createEngine(staged, '0.0.0')
    const request = {
      root: discovery.root,
      recipe: 'acme2',
      level: 'review',
      types: 'off',
      mode: 'dry-run',
      install: false,
      verify: true,
      testCommand: 'false',
    } as const
    const said: string[] = []
    const run = (settings: Record<string, string>) =>
      engine.run({ ...request, settings, onProgress: ({ phase }) => said.push(phase) })
    await expect(run({ map: 'x' })).rejects.toThrow('The recipe acme2 does not take --map.')
    await expect(run({ stage: 'x' })).rejects.toThrow("--stage cannot be 'x'.")
    expect(said).toEqual([])
    expect((await run({ stage: 'before' })).changes.map(({ id }) => id)).toEqual(['acme/early'])
    const [summary] = await engine.recipes()
    expect(summary?.settings).toEqual([{ name: 'stage', ...stages }])
  })

  test('a stage brings what belongs to it and to those before it', () => {
    const ids = (stage?: string) =>
      selectChanges(staged, recipe, stage === undefined ? {} : { settings: { stage } }).map(({ id }) => id)
    expect(ids('before')).toEqual(['acme/early'])
    expect(ids('with')).toEqual(['acme/early', 'acme/late', 'acme/other'])
    expect(ids()).toEqual(['acme/early', 'acme/late', 'acme/other'])
  })

  test('stand in the report, which says what a stage leaves for later', async () => {
    const report = async (settings?: Record<string, string>) =>
      (await propose(project({}, { catalogue: staged, settings }))).report
    const early = await report({ stage: 'before' })
    expect(early.recipe.settings).toEqual({ stage: 'before' })
    expect(early.remarks).toContain(
      '--stage before: 1 of 3 changes were looked for, which can be made at that stage; the others belong to --stage with.',
    )
    const whole = await report()
    expect(whole.recipe.settings).toEqual({ stage: 'with' })
    expect(whole.remarks.filter((remark) => remark.includes('--stage'))).toEqual([])
  })

  test('are given to transforms', async () => {
    const seen: unknown[] = []
    const asking = defineChange({
      ...(probe as typeof probe & { find: never }),
      format: 'javascript',
      mentions: ['ask'],
      find(_file, { settings }) {
        seen.push(settings)
        return []
      },
    })
    const changes2 = { 'acme/probe': { ...asking, stage: 'before' } as Change }
    await openProject(
      project(
        { 'src/app.ts': "import 'acme-db'\nask()" },
        { catalogue: { ...catalogue, changes: changes2 }, settings: { stage: 'before' } },
      ),
    ).scan.run()
    expect(seen).toEqual([{ stage: 'before' }])
  })
})
