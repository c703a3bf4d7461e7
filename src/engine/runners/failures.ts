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
/** Where there are more, or the text is longer, nothing is said: what is left out might be what matters. */
const MAX_DIFFERENCES = 50
const MAX_COMPARED = 16_000
const MAX_PAIR = 100_000

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

/** Longer lines are no frames: no path is that long. */
const MAX_FRAME = 2_000
/** How a path of a file begins: absolute, with a drive, or with a folder or a name that has a dot. */
const PATH = /^(?:[/\\]|[A-Za-z]:[/\\]|\.{0,2}[\w@-][\w@-]*[/\\.]|\.{1,2}[/\\])/

/** The place in a line of a stack: `at f (/a/b.js:1:2)`, `at async file:///a/b.js:1:2`, and without `at` as TAP has it. */
function frameIn(line: string): { path: string; line: number; column: number } | undefined {
  if (line.length > MAX_FRAME) return undefined
  const text = line.trim().replace(/,$/, '')
  const place = /:(\d+):(\d+)\)?$/.exec(text)
  if (!place) return undefined
  const before = text.slice(0, place.index)
  const path = text.endsWith(')')
    ? before.slice(Math.max(before.lastIndexOf(' ('), before.startsWith('(') ? 0 : -1) + 1).replace(/^\(/, '')
    : before.replace(/^at (?:async )?/, '')
  const isPath =
    path.startsWith('file:') || (PATH.test(path) && !/[():]/.test(path.replace(/^[A-Za-z]:|\([^()]*\)/g, '')))
  return isPath ? { path, line: Number(place[1]), column: Number(place[2]) } : undefined
}

/** The project's own places on a stack, nearest first; nothing of `node_modules`, Node itself or of the outside. */
export function stackIn(text: string, roots: Roots): readonly Location[] {
  const found = new Map<string, Location>()
  for (const one of text.split('\n')) {
    const frame = frameIn(one)
    if (!frame) continue
    const { path, line, column } = frame
    const file = relativeTo(roots, path)
    const isOwn =
      !isAbsolute(file) && !/(?:^|\/)node_modules\//.test(file) && !/^[A-Za-z]:/.test(file) && roots.has(file)
    if (isOwn) found.set(`${file}:${line}:${column}`, { file, line, column })
    if (found.size === MAX_FRAMES) break
  }
  return [...found.values()]
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
  return expected.length + actual.length > MAX_PAIR ? [] : few(changedLines(expected, actual))
}

/**
 * What a failure's message says about what was wanted and what was seen: Jest's two lines, the marked lines of a diff
 * (Jest, Vitest, AVA, node:assert), and the sentences of Chai and SuperTest.
 */
export function differencesIn(message: string): readonly Difference[] {
  if (message.length > MAX_COMPARED) return []
  const said = inWords(message)
  return said.length > 0 ? said : few(inDiff(message))
}

function few(differences: readonly Difference[]): readonly Difference[] {
  return differences.length > MAX_DIFFERENCES ? [] : differences
}

/** Each gives what was expected, then what was seen. */
const SENTENCES = [
  /^[ \t]*(?:Expected(?: [a-z]+)?|Snapshot): +(?<expected>\S.*)\n(?:.*\n)?\s*Received(?: [a-z]+)?: +(?<actual>\S.*)$/m,
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
