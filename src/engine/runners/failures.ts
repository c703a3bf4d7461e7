import { isAbsolute, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type { Location } from '../../model/trust.ts'
import type { Difference, TestResult } from '../../model/verification.ts'
import { changedLines } from '../../text/patch.ts'

/** Where the project is, and where its tests ran: paths of runners are absolute, or relative to the latter. */
export interface Roots {
  /** Absolute real path of the project. */
  readonly project: string
  /** Absolute path of the folder that the tests ran in. */
  readonly cwd: string
  /** Whether a path relative to the project is a file of it; runners also say paths that are relative to who knows what. */
  readonly has: (file: string) => boolean
}

const MAX_MESSAGE = 4_000
const MAX_FRAMES = 20
const MAX_DIFFERENCES = 50

type Failure = Pick<TestResult, 'message' | 'frames' | 'differences'>

/** What is kept of a failure: of its message and stack, and of the values that the runner knows. */
export function failure(
  message: string,
  stack: string,
  roots: Roots,
  known: NonNullable<TestResult['differences']> = [],
): Failure {
  const plain = stripVTControlCharacters(message)
  const frames = stackIn(stripVTControlCharacters(`${stack}\n${message}`), roots)
  const differences = known.length > 0 ? known : differencesIn(plain)
  return {
    message: cleanMessage(plain),
    ...(frames.length > 0 && { frames }),
    ...(differences.length > 0 && { differences }),
  }
}

/** A path of a runner, relative to the project with forward slashes; absolute if it lies outside. */
export function relativeTo(roots: Roots, file: string): string {
  const absolute = resolve(roots.cwd, pathOf(file))
  const inside = relative(roots.project, absolute)
  const shown = inside.startsWith('..') || isAbsolute(inside) ? absolute : inside
  return shown.split(sep).join('/')
}

/** Names without the project's own path: the same test has the same name in a copy of the project. */
export function nameIn(roots: Roots, name: readonly string[]): readonly string[] {
  const own = `${roots.project.split(sep).join('/')}/`
  return name.map((part) => part.replaceAll(own, '').replaceAll(`${roots.project}${sep}`, ''))
}

function pathOf(file: string): string {
  if (!file.startsWith('file:')) return file
  try {
    return fileURLToPath(file)
  } catch {
    return file
  }
}

/** `at f (/a/b.js:1:2)`, `at file:///a/b.js:1:2`, and without `at` as TAP has it. */
const FRAME =
  /^\s*(?:at\s)?(?:.*?\()?((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/]|\.{0,2}[\w@-][\w@./\\-]*[/\\.])[^:()]*?):(\d+):(\d+)\)?,?\s*$/

/** The project's own places on a stack, nearest first; nothing of `node_modules`, Node itself or of the outside. */
export function stackIn(text: string, roots: Roots): readonly Location[] {
  const frames = text.split('\n').flatMap((line): Location[] => {
    const [, path, row, column] = FRAME.exec(line) ?? []
    if (path === undefined || path.startsWith('node:')) return []
    const file = relativeTo(roots, path)
    const isOwn =
      !isAbsolute(file) && !/(?:^|\/)node_modules\//.test(file) && !/^[A-Za-z]:/.test(file) && roots.has(file)
    return isOwn ? [{ file, line: Number(row), column: Number(column) }] : []
  })
  const keys = frames.map(({ file, line, column }) => `${file}:${line}:${column}`)
  return frames.filter((_, index) => keys.indexOf(keys[index]!) === index).slice(0, MAX_FRAMES)
}

/** What a runner says of a failure, without the stack behind it. */
export function cleanMessage(message: string): string {
  const lines = message.split('\n')
  const stack = lines.findIndex((line, index) => index > 0 && /^\s+at\s.*(?::\d+:\d+\)?|<anonymous>\))$/.test(line))
  const shown = (stack < 0 ? lines : lines.slice(0, stack)).join('\n').trim()
  return shown.length > MAX_MESSAGE ? `${shown.slice(0, MAX_MESSAGE)}…` : shown
}

/** Two values as what differs between them: themselves, or the lines that differ where they have several. */
export function pairOf(expected: string, actual: string): readonly Difference[] {
  if (expected === actual) return []
  if (!expected.includes('\n') || !actual.includes('\n')) return [{ expected, actual }]
  return changedLines(expected, actual).slice(0, MAX_DIFFERENCES)
}

/**
 * What a failure's message says about what was wanted and what was seen: Jest's two lines, the marked lines of a diff
 * (Jest, Vitest, AVA, node:assert), and the sentences of Chai and SuperTest.
 */
export function differencesIn(message: string): readonly Difference[] {
  const said = inWords(message)
  return said.length > 0 ? said : inDiff(message).slice(0, MAX_DIFFERENCES)
}

/** Each gives what was expected, then what was seen. */
const SENTENCES = [
  /^\s*Expected(?: [a-z]+)?: +(?<expected>.+)\n(?:.*\n)?\s*Received(?: [a-z]+)?: +(?<actual>.+)$/m,
  /expected "[^"\n]+" of (?<expected>".*?"), got (?<actual>".*?")/,
  /expected (?<expected>'.*?') response body, got (?<actual>'.*?')$/ms,
  /expected (?<expected>\d+ ".*?"), got (?<actual>\d+ ".*?")/,
  /expected (?<actual>'.*?') to (?:deeply |strictly |loosely )?(?:be|equal) (?<expected>'.*?')/s,
]

function inWords(message: string): readonly Difference[] {
  for (const sentence of SENTENCES) {
    const { expected, actual } = sentence.exec(message)?.groups ?? {}
    if (expected !== undefined && actual !== undefined)
      return [{ expected: unquoted(expected), actual: unquoted(actual) }]
  }
  return []
}

function unquoted(text: string): string {
  const quote = text[0]
  const isQuoted = (quote === '"' || quote === "'") && text.length > 1 && text.endsWith(quote)
  return isQuoted ? text.slice(1, -1) : text
}

/** Which mark stands for what was wanted; the heading says it, and without one it is the minus sign. */
function inDiff(message: string): readonly Difference[] {
  const isDiff = /^\s*[-+]{1,3}\s*(?:Expected|Received|Snapshot|actual|expected)\b|actual.*expected/im.test(message)
  if (!isDiff && !(/^\s*-/m.test(message) && /^\s*\+/m.test(message))) return []
  const plusIsExpected = /-\s*actual\b.*\+\s*expected/i.test(message)
  const differences: Difference[] = []
  let minus: string[] = []
  let plus: string[] = []
  const finish = () => {
    for (let at = 0; at < Math.max(minus.length, plus.length); at++) {
      const [wanted, seen] = plusIsExpected ? [plus[at], minus[at]] : [minus[at], plus[at]]
      differences.push({ expected: wanted ?? '', actual: seen ?? '' })
    }
    minus = []
    plus = []
  }
  for (const line of message.split('\n')) {
    const marked = /^\s*([-+])(?!\s*(?:Expected|Received|Snapshot|actual|expected)\b)(?![-+])\s?(.*)$/.exec(line)
    if (marked?.[1] === '-') minus.push(marked[2]!.trim())
    else if (marked) plus.push(marked[2]!.trim())
    else finish()
  }
  finish()
  return differences
}
