import { createRequire } from 'node:module'
import type { Parser, Result } from 'tap-parser'
import type { TestResult } from '../../model/verification.ts'
import { failure, nameIn, type Roots } from './failures.ts'

const load = createRequire(import.meta.url)
/** Loaded when there is TAP to read: it brings a YAML parser, which is a tenth of the time that the program takes to start. */
const newParser = () => {
  const tap = load('tap-parser') as typeof import('tap-parser')
  return new tap.Parser()
}

/** True if a text has TAP in it: its version, or a plan with a test point. */
export function isTap(text: string): boolean {
  return /^TAP version 1[34]\s*$/m.test(text) || (/^1\.\.\d+/m.test(text) && /^(?:not )?ok\b/m.test(text))
}

/** Lines that producers print as comments about the whole. */
const REMARK =
  /^#\s*(?:Subtest\b|tests?\b|pass\b|fail\b|skip\b|todo\b|ok\b|failed\b|time\b|time=|duration|suites|cancelled|total)/i

/**
 * Every test point of a TAP stream, versions 13 and 14. Subtests are named by the points around them; a comment in front
 * of points names their group, as tape writes it; where subtests are announced, what the program printed stands in comments.
 * AVA joins the parts of a name with ` › `.
 */
export function tapResults(text: string, roots: Roots, runner = 'tap'): readonly TestResult[] {
  const tests: TestResult[] = []
  const hasGroups = runner !== 'ava' && !/^[ \t]*# Subtest\b/m.test(text)
  collect(newParser(), [], { runner, hasGroups }, roots, tests).end(text)
  return tests
}

interface Producer {
  readonly runner: string
  /** Whether a comment names the points behind it. */
  readonly hasGroups: boolean
}

function collect(
  parser: Parser,
  above: readonly string[],
  producer: Producer,
  roots: Roots,
  tests: TestResult[],
): Parser {
  let group: string[] = []
  /** Points inside of subtests come first; the point that sums them up adds nothing. */
  const subtests = new Set<string>()
  parser.on('comment', (comment) => {
    if (producer.hasGroups && !REMARK.test(comment)) group = [comment.replace(/^#\s*/, '').trim()]
  })
  parser.on('child', (child) => {
    const before = tests.length
    subtests.add(child.name)
    collect(child, [...above, child.name], producer, roots, tests)
    child.on('complete', () => {
      if (tests.length === before) subtests.delete(child.name)
    })
  })
  parser.on('assert', (result) => {
    if (subtests.delete(result.name)) return
    const own = producer.runner === 'ava' ? result.name.split(' › ') : [result.name]
    tests.push(testResult(result, [...above, ...group, ...own], roots))
  })
  return parser
}

function testResult(result: Result, name: readonly string[], roots: Roots): TestResult {
  const outcome = result.skip || result.todo ? 'skipped' : result.ok ? 'passed' : 'failed'
  return {
    name: nameIn(roots, name)
      .map((part) => part.trim())
      .filter((part) => part !== ''),
    outcome,
    ...(typeof result.time === 'number' && { seconds: result.time / 1000 }),
    ...(outcome === 'failed' && diagnosed(result.diag ?? {}, roots)),
  }
}

/** What the YAML block of a failed point says; every producer has its own keys. */
function diagnosed(diag: Readonly<Record<string, unknown>>, roots: Roots) {
  const text = (value: unknown): string =>
    typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value, undefined, 2)
  const { expected, actual, wanted, found, diff } = diag
  const want = text(expected ?? wanted)
  const have = text(actual ?? found)
  const details = Object.entries((diag.details ?? diag.values ?? {}) as object).map(
    ([key, value]) => `${key}\n${text(value)}`,
  )
  const error = text(diag.message) || text(diag.error) || text(diag.operator)
  const pair = want !== '' || have !== '' ? [`expected: ${want}`, `actual: ${have}`] : []
  const at = typeof diag.at === 'object' && diag.at !== null ? placeOf(diag.at) : text(diag.at)
  const message = [error, ...details, text(diff), ...(diff ? [] : pair)].filter((part) => part !== '').join('\n')
  const known = want !== '' || have !== '' ? [{ expected: want, actual: have }] : []
  return failure(message, [at, text(diag.stack), placeOf(diag.location)].join('\n'), roots, known)
}

/** node-tap says places as fields. */
function placeOf(at: unknown): string {
  if (typeof at === 'string') return at
  const { fileName, file, lineNumber, line, columnNumber, column } = (at ?? {}) as Record<string, unknown>
  const name = fileName ?? file
  return name === undefined ? '' : `${name}:${lineNumber ?? line}:${columnNumber ?? column ?? 1}`
}
