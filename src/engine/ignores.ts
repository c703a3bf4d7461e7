import type { ChangeId, Finding, ProjectPath, Range } from '../model/finding.ts'
import type { IgnoreComment } from '../model/report.ts'
import type { Location } from '../model/trust.ts'
import { lineIndex } from '../text/lines.ts'

/** The word that such a comment starts with. */
export const IGNORE = 'upgrade-kit-ignore'

/** What a comment asks for, and the line that it speaks of: its own, or the next one where it stands alone. */
export interface Ignore {
  readonly at: Location
  readonly changes: readonly string[]
  readonly reason: string
  readonly line: number
}

const OPENED = /(?:\/\/+|\/\*+|#+|--+|<!--)[ \t]*$/
const CLOSED = /\*\/|--+>/
/** Nothing but comments, and the braces that JSX wants around one. */
const ONLY_COMMENT = /^[ \t]*(?:$|\{?[ \t]*(?:\/\/|\/\*|\*|#|--|<!--))/

/**
 * The comments of a text that say `upgrade-kit-ignore <change>[, <change>]: <reason>`. `comments` are the ranges of the
 * comments where the file was parsed; without them, whatever looks like a comment is one.
 */
export function ignoresIn(file: ProjectPath, text: string, comments?: readonly Range[]): Ignore[] {
  if (!text.includes(IGNORE)) return []
  const lines = lineIndex(text)
  const lineText = (line: number) => {
    const range = lines.lineRange(line)
    return range && text.slice(range.start, range.end)
  }
  const isComment = (line: number) => {
    const range = lines.lineRange(line)!
    const whole = text.slice(range.start, range.end)
    if (!comments || whole.trim() === '') return ONLY_COMMENT.test(whole)
    const start = range.start + whole.search(/\S/)
    // in code, `#private` and `--count` begin a line as well
    return ONLY_COMMENT.test(whole) && comments.some((comment) => comment.start <= start + 1 && start < comment.end)
  }
  const found: Ignore[] = []
  for (let offset = text.indexOf(IGNORE); offset >= 0; offset = text.indexOf(IGNORE, offset + IGNORE.length)) {
    if (comments && !comments.some(({ start, end }) => start <= offset && offset < end)) continue
    const position = lines.positionAt(offset)
    const whole = lineText(position.line) ?? ''
    const [before, after] = [whole.slice(0, position.column - 1), whole.slice(position.column - 1 + IGNORE.length)]
    if (!OPENED.test(before) || !/^(?:[\s:]|\*\/|--|$)/.test(after)) continue
    const [said = '', behind = ''] = cutAt(after, CLOSED)
    const alone = ONLY_COMMENT.test(before) && /^[ \t}]*$/.test(behind)
    const line = alone ? nextCode(position.line, lines.count, isComment) : position.line
    found.push({ at: { file, ...position }, line, ...parsed(said) })
  }
  return found
}

function cutAt(text: string, pattern: RegExp): readonly [string, string] {
  const match = pattern.exec(text)
  return match ? [text.slice(0, match.index), text.slice(match.index + match[0].length)] : [text, '']
}

function parsed(said: string): Pick<Ignore, 'changes' | 'reason'> {
  const colon = said.indexOf(':')
  const ids = colon < 0 ? said : said.slice(0, colon)
  return {
    changes: ids.split(/[\s,]+/).filter((id) => id !== ''),
    reason: colon < 0 ? '' : said.slice(colon + 1).trim(),
  }
}

/** The next line that is not only a comment, so that several such comments may stand above one line. */
function nextCode(line: number, count: number, isComment: (line: number) => boolean): number {
  let next = line + 1
  while (next <= count && isComment(next)) next++
  return next
}

/** The comments of a scan, which of its findings they hide, and which of them are worth a word. */
export class IgnoreBook {
  readonly #known: ReadonlySet<string>
  readonly #active: ReadonlySet<string>
  readonly #ignores: Ignore[] = []
  readonly #hidden = new Map<Finding, Ignore>()
  readonly #hides = new Map<string, number>()
  /** Further findings that were counted: a run may be planned more than once. */
  readonly #late = new Set<string>()

  /** `known`: every change there is; `active`: those that this run looks for. */
  constructor(known: Iterable<ChangeId>, active: Iterable<ChangeId>) {
    this.#known = new Set(known)
    this.#active = new Set(active)
  }

  /** Notes the comments of one file that was looked at, and what they hide of its findings. */
  note(text: string, ignores: readonly Ignore[], findings: readonly Finding[]): void {
    if (ignores.length === 0) return
    this.#ignores.push(...ignores)
    const lines = lineIndex(text)
    for (const finding of findings) this.#hideAt(lines.positionAt(finding.range.start).line, finding, ignores)
  }

  /** Notes what the comments of a file that was noted before hide of further findings, given the line of each. */
  hide(file: ProjectPath, findings: readonly Finding[], lineOf: (finding: Finding) => number): void {
    const ignores = this.#ignores.filter(({ at }) => at.file === file)
    for (const finding of findings) {
      const line = lineOf(finding)
      const key = `${file} ${line} ${finding.range.start} ${finding.change}`
      this.#hideAt(line, finding, ignores, !this.#late.has(key))
      this.#late.add(key)
    }
  }

  #hideAt(line: number, finding: Finding, ignores: readonly Ignore[], counts = true): void {
    const ignore = ignores.find((one) => one.line === line && one.changes.includes(finding.change))
    if (!ignore) return
    this.#hidden.set(finding, ignore)
    const key = keyOf(ignore, finding.change)
    if (counts) this.#hides.set(key, (this.#hides.get(key) ?? 0) + 1)
  }

  /** Why a finding is to be left alone; undefined if nothing says so. Empty where the comment gives no reason. */
  reasonFor(finding: Finding): string | undefined {
    return this.#hidden.get(finding)?.reason
  }

  /** What each comment says about each change, but for changes that this run does not look for. */
  entries(): IgnoreComment[] {
    return this.#ignores.flatMap((ignore) => {
      if (ignore.changes.length === 0) return [{ at: ignore.at, change: '', hides: 0, problem: 'no-change' as const }]
      return ignore.changes
        .filter((change) => !this.#known.has(change) || this.#active.has(change))
        .map((change) => this.#entry(ignore, change))
    })
  }

  #entry(ignore: Ignore, change: string): IgnoreComment {
    const hides = this.#hides.get(keyOf(ignore, change)) ?? 0
    const problem = this.#known.has(change)
      ? hides === 0
        ? 'hides-nothing'
        : ignore.reason === ''
          ? 'no-reason'
          : undefined
      : 'unknown-change'
    return {
      at: ignore.at,
      change,
      ...(ignore.reason === '' ? {} : { reason: ignore.reason }),
      hides,
      ...(problem === undefined ? {} : { problem }),
    }
  }
}

function keyOf({ at }: Ignore, change: string): string {
  return JSON.stringify([at.file, at.line, at.column, change])
}
