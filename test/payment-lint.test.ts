import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { main } from '../src/cli/main.ts'
import { EXIT } from '../src/model/report.ts'
import { generateFacade } from '../transforms/payment/facade/generate.ts'
import { BUNDLED, bundledMap, bundledText } from '../transforms/payment/map/bundled.ts'
import { proposeMap } from '../transforms/payment/map/draft.ts'
import { loadMap } from '../transforms/payment/map/load.ts'
import { OpenApi } from '../transforms/payment/map/openapi.ts'
import { isCovered } from '../transforms/payment/map/path.ts'
import * as tools from '../transforms/payment/map/tools.ts'
import { acmeV1, acmeV2 } from './data/payment/acme-openapi.ts'
import { COMMONJS } from './data/payment/facade.ts'

const acme = bundledText('acme')!
const folder = mkdtempSync(join(tmpdir(), 'upgrade-kit-lint-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The errors of a map in which something was changed. */
function errorsOf(from: string | RegExp, to: string, withDocuments = false) {
  const changed = acme.replace(from, to)
  expect(changed).not.toBe(acme)
  const problems = withDocuments ? tools.lint(changed, [acmeV1], [acmeV2]) : tools.lint(changed, [], [])
  return problems.filter(({ severity }) => severity === 'error')
}
const lineOf = (part: string) => acme.slice(0, acme.indexOf(part)).split('\n').length

test.each([...BUNDLED])('nothing is wrong with the bundled map %s by itself', (id) => {
  expect(tools.lint(bundledText(id)!, [], [])).toEqual([])
})

test('nor with that of the small provider against its documents', () => {
  expect(tools.lint(acme, [acmeV1], [acmeV2])).toEqual([])
})

describe('by itself, a map is told', () => {
  test.each<[string, string | RegExp, string, RegExp]>([
    ['a non-GET without an effect', 'effect: moves-money', 'effect: none', /no GET and has the effect none/],
    ['money without a reconcile', /\n {4}reconcile: \{ read: findPayment.*/, '', /moves money and has no reconcile/],
    [
      'a class of ids that there is not',
      'binding: follows charge',
      'binding: follows order',
      /follows no class of ids/,
    ],
    ['a decision without a key', /\n {4}rolloutKey: .*/, '', /has no rolloutKey/],
    ['a decision that hands out nothing', /\n {4}handsOut: \{ charge: id \}/, '', /hands out no id/],
    ['a webhook that is no longer read', 'keepV1: true', 'keepV1: false', /no longer handled/],
    ['a shape that there is not', 'shape: charge }', 'shape: chrage }', /there is no shape chrage/],
    ['an enum that there is not', 'enum: state }', 'enum: states }', /there is no enum states/],
    ['a call that there is not', 'read: findPayment', 'read: searchPayment', /there is no call searchPayment/],
    [
      'a field that is dropped without a why',
      'severity: report, why: Webhooks replace it.',
      'severity: drop',
      /written nowhere/,
    ],
    ['a path that is none', 'from: text,', 'from: te..xt,', /is no path/],
    [
      'a condition that is none',
      'doneWhen: "state == \'refunded\'"',
      'doneWhen: state is refunded',
      /must be == or !=/,
    ],
    ['a pattern that is none', "pattern: '^tok_'", "pattern: '^tok_('", /nvalid regular expression/],
    ['a duration that is none', 'retention: 24h', 'retention: a day', /is no duration/],
    [
      'a host without its new one',
      'hosts: [pay.acme.example]',
      'hosts: [pay.acme.example, eu.acme.example]',
      /no host of the new version for eu\.acme\.example/,
    ],
    [
      'a path that must never be touched',
      'neverTouch: [/v1/token',
      'neverTouch: [/v1/charges, /v1/token',
      /is within neverTouch/,
    ],
    [
      'two operations that are one call',
      "path: '/v1/charges/{id}/refund' }",
      "path: '/v1/charges' }",
      /are the same call/,
    ],
    [
      'money that is asked for without a key',
      'path: /v2/payments, success: [201] }',
      'path: /v2/payments, success: [201], idempotent: false }',
      /createCharge is about money, and is sent without an idempotency key/,
    ],
    ['a flag that is missing', /flag: .*\n/, '', /no flag/],
    ['lists that do not fit', 'from: text,', "from: 'texts[]',", /leads through 1 lists/],
  ])('%s', (_what, from, to, message) => {
    const errors = errorsOf(from, to)
    expect(errors.map((one) => one.message).join('\n')).toMatch(message)
    for (const { line, column, advice } of errors) {
      expect(line).toBeGreaterThan(0)
      expect(column).toBeGreaterThan(0)
      expect(advice).toMatch(/^[A-Z`].*[.:]/)
    }
  })

  test('with the place of the very part', () => {
    const [error] = errorsOf('from: text, to: description', 'from: text, to: description, shape: nothing')
    expect(error).toMatchObject({ line: lineOf('from: text, to: description') })
    expect(error!.column).toBeGreaterThan(30)
  })
})

describe('against the documents, it is told', () => {
  test.each<[string, string | RegExp, string, RegExp]>([
    [
      'an operation of v1 that there is not',
      'path: /v1/charges }\n    v2: { method: POST',
      'path: /v1/charge }\n    v2: { method: POST',
      /POST \/v1\/charge is in no document/,
    ],
    [
      'an operation of v2 that there is not',
      'path: /v2/payments, success',
      'path: /v2/payment, success',
      /POST \/v2\/payment is in no document/,
    ],
    [
      'a field of v2 that there is not',
      'to: description }\n      - { from: card_token',
      'to: descriptoin }\n      - { from: card_token',
      /descriptoin is not in the document/,
    ],
    [
      'a field of an answer that there is not',
      'from: order, to: reference',
      'from: orders, to: reference',
      /orders is not in what/,
    ],
    ['a required field that nothing writes', /\n {6}- \{ to: source\.type.*/, '', /source has no type/],
    [
      'an amount that is no amount',
      'to: price, money: { scalar: true, currencyFrom: currency } }\n      - { from: reference',
      'to: price.minor }\n      - { from: currency, to: price.currency }\n      - { from: reference',
      /is string and .* is integer/,
    ],
    [
      'a default that has changed',
      ', default: true, why: v2 reserves only unless it is told to take the money.',
      '',
      /is true if it is left out, and capture is false/,
    ],
    ['a list that is a text', "to: labels, split: ','", 'to: labels', /is string and labels is array/],
    [
      'a key that is nowhere',
      '[$ctx.ref, reference]',
      '[$ctx.ref, order]',
      /order is not in what POST \/v1\/charges takes/,
    ],
    [
      'an id that is handed out nowhere',
      'handsOut: { charge: id }',
      'handsOut: { charge: charge_id }',
      /charge_id is not in what POST \/v1\/charges gives/,
    ],
    [
      'a state that is told nowhere',
      'payments[0].state ==',
      'payments[0].status ==',
      /payments\[0\]\.status is not in what GET \/v2\/payments gives/,
    ],
    [
      'an answer that is told nowhere',
      "answer: 'payments[0]'",
      'answer: charges',
      /charges is not in what GET \/v2\/payments gives/,
    ],
    [
      'a currency that is nowhere',
      'scalar: true, currencyFrom: currency }',
      'scalar: true, currencyFrom: money }',
      /money, which the row looks at, is not in the document/,
    ],
  ])('%s', (_what, from, to, message) => {
    expect(
      errorsOf(from, to, true)
        .map((one) => one.message)
        .join('\n'),
    ).toMatch(message)
  })

  test('a field that v2 wants and v1 does not, as a warning', () => {
    const { schemas } = acmeV1.components
    const { required: _, ...lenient } = schemas.charge_request
    const v1 = { ...acmeV1, components: { schemas: { ...schemas, charge_request: lenient } } }
    expect(tools.lint(acme, [v1], [acmeV2])).toEqual([
      expect.objectContaining({
        severity: 'warning',
        message: 'v2 wants price, which a request with no more than v1 wants does not have',
      }),
    ])
    const required = acme.replace(
      '{ from: amount, to: price, money: {',
      '{ from: amount, to: price, required: true, money: {',
    )
    expect(tools.lint(required, [v1], [acmeV2])).toEqual([])
  })

  test('a field that v1 takes and no row names, as a warning', () => {
    const changed = acme.replace(/\n {6}- \{ from: text, to: description \}/, '')
    expect(tools.lint(changed, [acmeV1], [acmeV2])).toEqual([
      expect.objectContaining({ severity: 'warning', message: 'no row is about text' }),
    ])
  })
})

test.each([
  ['/v1/oauth2/**', '/v1/oauth2/token', true],
  ['/v1/payments/payouts', '/v1/payments/payouts', true],
  ['/v1/payments/payouts/**', '/v1/payments/payouts/1/items', true],
  ['/v1/payments/payouts/**', '/v1/payments/payment', false],
  ['/v1/*/x', '/v1/a/x', true],
  ['/v1/*/x', '/v1/a/b/x', false],
])('the pattern %s covers %s: %s', (pattern, path, expected) => {
  expect(isCovered(pattern, path)).toBe(expected)
})

describe('a draft', () => {
  const [v1, v2] = [new OpenApi(acmeV1), new OpenApi(acmeV2)]
  const proposals = proposeMap([v1], [v2], { provider: 'acme' })
  const chosen = (name: string) => proposals.find((one) => one.name === name)?.chosen?.path

  test('pairs operations by what they are called', () => {
    expect(chosen('createCharge')).toBe('/v2/payments')
    expect(chosen('getCharge')).toBe('/v2/payments/{id}')
    expect(chosen('refundCharge')).toBe('/v2/payments/{id}/refunds')
  })

  test('proposes fields, with the next best beside them', () => {
    const fields = proposals.find(({ name }) => name === 'createCharge')!.request
    const to = (from: string) => fields.find((one) => one.from === from)
    expect(to('capture')!.chosen!.to).toBe('capture')
    expect(to('reference')!.candidates.map((one) => one.to)).toContain('order')
    expect(to('card_token')!.candidates.map((one) => one.to)).toContain('source.token')
    for (const { candidates } of fields) expect(candidates.length).toBeLessThanOrEqual(3)
    const taken = fields.flatMap((one) => one.chosen?.to ?? [])
    expect(new Set(taken).size).toBe(taken.length)
  })

  test('takes the word of a person for a pair, and looks within anchors only', () => {
    const options = {
      provider: 'acme',
      pairs: { createCharge: 'POST /v2/payments/{id}/refunds' },
      anchors: [{ from: '', to: 'price' }],
    }
    const proposal = proposeMap([v1], [v2], options).find(({ name }) => name === 'createCharge')
    expect(proposal!.chosen!.path).toBe('/v2/payments/{id}/refunds')
    for (const { candidates } of proposal!.request) for (const { to } of candidates) expect(to).toMatch(/^price/)
  })

  test('is a map that can be read, of which nothing about money is generated', () => {
    const { text } = tools.draft([acmeV1], [acmeV2], { provider: 'acme', pairs: {}, anchors: [] })
    const result = loadMap(text)
    if (result.is === 'failed') throw new Error(JSON.stringify(result.problems))
    const operations = Object.keys(result.map.operations)
    const { refused } = generateFacade({
      map: result.map,
      style: COMMONJS,
      folder: 'x',
      mapName: 'draft',
      operations,
      http: ['fetch'],
    })
    expect(refused.map(({ operation }) => operation)).toEqual(expect.arrayContaining(['createCharge', 'refundCharge']))
    expect(tools.lint(text, [], []).some(({ message }) => message.includes('proposed'))).toBe(true)
  })
})

describe('upgrade-kit payment map', () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return name
  }
  write('v1.json', JSON.stringify(acmeV1))
  write('v2.json', JSON.stringify(acmeV2))
  write('acme.yaml', acme)
  write('wrong.yaml', acme.replace('mode: dual', 'mode: both'))

  async function asked(...argv: string[]) {
    let [out, err] = ['', '']
    const code = await main(['payment', 'map', ...argv], {
      engine: () => Promise.reject(new Error('no engine is needed')),
      paymentMaps: async () => tools,
      stdout: { write: (text: string) => (out += text) },
      stderr: { write: (text: string) => (err += text) },
      env: { NO_COLOR: '1' },
      cwd: folder,
      version: '0.0.0',
      signal: new AbortController().signal,
    })
    return { code, out, err }
  }

  test('lint says that nothing is wrong', async () => {
    expect(await asked('lint', 'acme.yaml', '--v1', 'v1.json', '--v2', 'v2.json')).toEqual({
      code: EXIT.clean,
      out: 'Nothing is wrong with it.\n',
      err: '',
    })
    expect((await asked('lint', 'paypal')).code).toBe(EXIT.clean)
  })

  test('lint says what is wrong, where, and what to do', async () => {
    const { code, out } = await asked('lint', 'wrong.yaml')
    expect(code).toBe(EXIT.findingsLeft)
    expect(out).toBe(
      `wrong.yaml:${lineOf('mode: dual')}:1 error: mode is "both"\n  Write one of: "dual", "cutover-only".\n1 error, 0 warnings.\n`,
    )
  })

  test('what cannot be read is said, with what to do', async () => {
    write('broken.json', '{\n  "openapi": "3.0.0",\n  "paths": {\n')
    write('broken.yaml', 'openapi: 3.0.0\npaths:\n  /v1: { get: [ }\n')
    write('swagger.yaml', 'swagger: "2.0"\npaths: {}\n')
    for (const [file, said] of [
      ['broken.json', /^error: broken\.json:4:1: /],
      ['broken.yaml', /^error: broken\.yaml:3:1\d: /],
      ['swagger.yaml', /^error: swagger\.yaml:1:1: it is Swagger 2\.0; convert it/],
      ['acme.yaml', /^error: acme\.yaml:1:1: it is no OpenAPI document: it has no `paths`/],
    ] as const) {
      const { code, err } = await asked('lint', 'acme.yaml', '--v1', file, '--v2', 'v2.json')
      expect([file, code]).toEqual([file, EXIT.inTheWay])
      expect(err).toMatch(said)
    }
    for (const argv of [
      ['lint', 'nothing.yaml'],
      ['lint', 'acme.yaml', '--v1', 'v1.json'],
      ['lint', 'acme.yaml', '--v1', 'acme.yaml', '--v2', 'v2.json'],
      ['init', '--v1', 'v1.json', '--v2', 'v2.json', '--anchor', 'x'],
    ]) {
      const { code, err } = await asked(...argv)
      expect([argv, code]).toEqual([argv, EXIT.inTheWay])
      expect(err).toMatch(/^error: .+\n.+\n$/)
    }
  })

  test('documents may be written in YAML', async () => {
    const { stringify } = await import('yaml')
    write('v1.yaml', stringify(acmeV1))
    write('v2.yml', stringify(acmeV2))
    expect((await asked('lint', 'acme.yaml', '--v1', 'v1.yaml', '--v2', 'v2.yml')).out).toBe(
      'Nothing is wrong with it.\n',
    )
    const [yaml, json] = [
      await asked('init', '--v1', 'v1.yaml', '--v2', 'v2.yml', '--provider', 'acme'),
      await asked('init', '--v1', 'v1.json', '--v2', 'v2.json', '--provider', 'acme'),
    ]
    expect(yaml.out).toBe(json.out)
  })

  test('init writes a draft, and never over a file', async () => {
    const argv = ['init', '--v1', 'v1.json', '--v2', 'v2.json', '--provider', 'acme', '--output', 'draft.yaml']
    const { code, out } = await asked(...argv)
    expect([code, out.split('\n')[0]]).toEqual([
      EXIT.clean,
      expect.stringMatching(/^draft\.yaml is written: 4 operations, \d+ fields proposed, \d+ open\.$/),
    ])
    expect(loadMap(readFileSync(join(folder, 'draft.yaml'), 'utf8')).is).toBe('loaded')
    expect((await asked(...argv)).code).toBe(EXIT.inTheWay)
  })
})

test('a bundled map that is asked for twice is read once', () => {
  expect(bundledMap('acme')).toBe(bundledMap('acme'))
})
