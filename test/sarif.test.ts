import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import draft04 from 'ajv-draft-04'
import addFormats from 'ajv-formats'
import type { Log, Result } from 'sarif'
import { describe, expect, test } from 'vitest'
import { schemaOf } from '../src/dev/schema.ts'
import type { Report } from '../src/model/report.ts'
import { sarifLog, sarifReport } from '../src/report/sarif.ts'
import { closed, realReport } from './data/report/real.ts'
import { broke, finding, hostile, many, mixed, nothing } from './data/report/samples.ts'

const root = join(import.meta.dirname, '..')
/** The format as its published types have it: names, which are required, and the words that are allowed. */
const types = schemaOf([join(root, 'node_modules/@types/sarif/index.d.ts')], 'Log')
const isSarif = new Ajv2020({ allErrors: true, strict: false }).compile(closed(types) as object)
/** The schema that OASIS published with SARIF 2.1.0, as Microsoft's own tests have it. */
const official = JSON.parse(
  readFileSync(join(root, 'node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'),
) as object
const isOfficial = addFormats
  .default(new draft04.default({ allErrors: true, strict: false, unicodeRegExp: false }))
  .compile(official)
const real: Record<string, Report> = { 'express-4-shop': await realReport('express-4-shop') }
const repository = {
  url: 'https://github.com/shop/api',
  commit: 'c'.repeat(40),
  folder: 'packages/api',
  uncommitted: [],
}

const results = (report: Report): Result[] => sarifLog(report).runs[0]?.results ?? []
const one = (more: Parameters<typeof finding>[3], report: Partial<Report> = {}) =>
  results({
    ...nothing,
    mode: 'scan',
    findings: [finding('app-del', 'src/a.js:3:5', 'app.del()', more)],
    ...report,
  })[0]!

describe('SARIF', () => {
  test.each(Object.entries({ nothing, mixed, broke, many, hostile, ...real, placed: { ...mixed, repository } }))(
    'of %s is SARIF 2.1.0',
    (_, report) => {
      const log: unknown = JSON.parse(sarifReport(report))
      expect([isSarif(log), isSarif.errors]).toEqual([true, null])
      expect([isOfficial(log), isOfficial.errors]).toEqual([true, null])
    },
  )

  test('the types are held to', () => {
    const log = JSON.parse(sarifReport(mixed)) as { runs: [{ columnKind: string }] }
    log.runs[0].columnKind = 'bytes'
    expect(isSarif(log)).toBe(false)
    expect(isSarif({ version: '2.1.0' } satisfies Partial<Log>)).toBe(false)
    expect(isOfficial(log)).toBe(false)
    expect(isOfficial({ version: '2.1.0' })).toBe(false)
  })

  test('every result points to its rule, and every rule helps', () => {
    for (const report of [mixed, ...Object.values(real)]) {
      const [run] = sarifLog(report).runs
      for (const { ruleId, ruleIndex } of run!.results!) expect(run!.tool.driver.rules![ruleIndex!]!.id).toBe(ruleId)
      for (const rule of run!.tool.driver.rules!) {
        expect(rule.help!.markdown).toContain(rule.helpUri)
        expect(rule.properties!.tags).toContain(rule.id.split('/')[0])
      }
    }
  })

  test('names are those of the report, and unique', () => {
    for (const report of Object.values(real)) {
      const names = results(report).map(({ partialFingerprints }) => partialFingerprints!['upgradeKit/v1'])
      expect(names).toEqual(report.findings.map(({ fingerprint }) => fingerprint))
      expect(new Set(names).size).toBe(names.length)
    }
  })

  test('fixes, applied one by one, are the edits of the report', () => {
    const name = 'express-4-shop'
    let applied = 0
    for (const [index, result] of results(real[name]!).entries()) {
      const { fix, file } = real[name]!.findings[index]!
      if (!result.fixes || !fix) continue
      const change = result.fixes[0]!.artifactChanges.find(({ artifactLocation }) =>
        artifactLocation.uri!.endsWith(file.split('/').at(-1)!),
      )!
      const before = readFileSync(join(root, 'fixtures/projects', name, 'before', file), 'utf8').replace(/^\ufeff/, '')
      let after = before
      for (const { deletedRegion, insertedContent } of [...change.replacements].reverse()) {
        const { charOffset = 0, charLength = 0 } = deletedRegion
        after = after.slice(0, charOffset) + (insertedContent?.text ?? '') + after.slice(charOffset + charLength)
      }
      let wanted = before
      for (const { start, end, text } of fix.edits
        .filter((edit) => edit.file === file)
        .sort((a, b) => b.start - a.start))
        wanted = wanted.slice(0, start) + text + wanted.slice(end)
      expect(after).toBe(wanted)
      applied++
    }
    expect(applied).toBeGreaterThan(10)
  })

  test('what was written is no alert any more; what would be is one', () => {
    expect(results(mixed)).toHaveLength(mixed.findings.length)
    const left = mixed.findings.filter(({ outcome }) => outcome !== 'written').length
    expect(results({ ...mixed, mode: 'apply' })).toHaveLength(left)
  })

  test('a hint has no fix, and a guess is no error', () => {
    const fix = {
      title: 'Rename',
      applicability: 'manual' as const,
      edits: [{ file: 'src/a.js', start: 0, end: 1, text: '' }],
    }
    expect(one({ fix, certainty: 'guessed' })).toMatchObject({ level: 'note' })
    expect(one({ fix })).not.toHaveProperty('fixes')
    expect(one({ fix: { ...fix, applicability: 'review' } })).toHaveProperty('fixes')
  })

  test('a comment suppresses, a baseline compares', () => {
    expect(one({ outcome: 'ignored', ignoredBecause: 'patched' }).suppressions).toEqual([
      { kind: 'inSource', status: 'accepted', justification: 'patched' },
    ])
    const baseline = { file: 'b.json', accepted: 1, fresh: 0, gone: 0 }
    expect(one({ accepted: true }, { baseline }).baselineState).toBe('unchanged')
    expect(one({}, { baseline }).baselineState).toBe('new')
    expect(one({})).not.toHaveProperty('baselineState')
  })

  test('addresses start at the top of the repository and are encoded', () => {
    const findings = [finding('app-del', 'src/a b#?%ä.js:3:5', 'x')]
    const [result] = results({ ...nothing, mode: 'scan', findings, repository })
    expect(result!.locations![0]!.physicalLocation!.artifactLocation).toEqual({
      uri: 'packages/api/src/a%20b%23%3F%25%C3%A4.js',
      uriBaseId: '%SRCROOT%',
    })
  })

  test('what only looks like a link is none', () => {
    expect(one({ message: 'see `a[b](https://evil.example)`' }).message.text).toContain("'a[b] (https://evil.example)'")
  })

  test('a file that nothing can be said about is a notification, and our bug a failed run', () => {
    const [run] = sarifLog(hostile).runs
    expect(run!.invocations![0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ level: 'error', associatedRule: { id: 'express/app-del' } }],
    })
  })
})
