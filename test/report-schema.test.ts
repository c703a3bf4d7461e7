import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import schema from '../schema/report-1.json' with { type: 'json' }
import type { Report } from '../src/model/report.ts'
import { jsonReport } from '../src/report/json.ts'
import { closed, realReport } from './data/report/real.ts'
import * as samples from './data/report/samples.ts'

const { nothing, mixed, broke, compared, green, many, hostile } = samples
const real = { shop: await realReport('express-4-shop'), service: await realReport('typescript-service') }
const isReport = new Ajv2020({ allErrors: true }).compile(schema)
const isExactly = new Ajv2020({ allErrors: true, strict: false }).compile(closed(schema) as object)

describe('the published schema', () => {
  test.each(Object.entries({ nothing, mixed, broke, compared, green, many, hostile, ...real }))(
    'accepts %s',
    (_, report) => {
      const value = JSON.parse(jsonReport(report))
      expect([isReport(value), isReport.errors]).toEqual([true, null])
      expect([isExactly(value), isExactly.errors]).toEqual([true, null])
    },
  )

  const site = mixed.findings[0]!
  test.each<[string, object]>([
    ['another version', { ...mixed, schema: 2 }],
    ['a finding without a name', { ...mixed, findings: [{ ...site, fingerprint: undefined }] }],
    ['an outcome that is none', { ...mixed, findings: [{ ...site, outcome: 'lost' }] }],
    ['a line that is no number', { ...mixed, findings: [{ ...site, at: { ...site.at, line: '3' } }] }],
    ['a ledger without its parts', { ...mixed, ledger: { ...mixed.ledger, counts: {} } }],
    ['a verdict that is none', { ...broke, verification: { ...broke.verification, verdict: 'fine' } }],
  ])('refuses %s', (_, report) => {
    expect(isReport(JSON.parse(jsonReport(report as Report)))).toBe(false)
  })

  test('is open for what a later version adds', () => {
    expect(isReport({ ...JSON.parse(jsonReport(mixed)), later: true })).toBe(true)
    expect(isExactly({ ...JSON.parse(jsonReport(mixed)), later: true })).toBe(false)
  })

  test('says what everything means', () => {
    expect(schema.$defs.ReportedFinding.properties.excerpt.description).toContain('source line')
  })
})

test('the real reports have what the other tests look for', () => {
  for (const report of Object.values(real)) {
    expect(report.findings.length).toBeGreaterThan(10)
    expect(new Set(report.findings.map(({ fingerprint }) => fingerprint)).size).toBe(report.findings.length)
    for (const { at, context } of report.findings) {
      expect(context!.firstLine).toBeLessThanOrEqual(at.line)
      expect(context!.firstLine + context!.lines.length).toBeGreaterThan(at.line)
    }
  }
})
