import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Choose, Selected } from '../engine/api.ts'
import { ownFolder, writeOwn } from '../engine/journal.ts'
import type { Edit } from '../model/finding.ts'
import type { Report, ReportedFinding } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { cleanLine } from '../report/clean.ts'
import { difference, hopText } from '../report/sites.ts'
import { styleFor } from '../report/style.ts'
import { applyEdits } from '../text/edits.ts'
import { lineIndex } from '../text/lines.ts'
import { type World, wantsColour, widthOf } from './world.ts'

/** What a person said about one fix. */
type Answer = 'accept' | 'skip' | Edited

/** Another text in the place of a fix, which holds as long as the file is what it was. */
interface Edited {
  readonly edits: readonly Edit[]
  /** SHA-256 of the file as it was read. */
  readonly of: string
}

type Key = 'accept' | 'skip' | 'all' | 'edit' | 'explain' | 'quit'

/** Everything that was answered for one recipe in one project; kept beside the journal, so that one can go on later. */
interface Answers {
  readonly recipe: string
  readonly answers: Record<string, Answer>
}

/** Asks about each fix, the safe ones too. Throws `UserError` where nobody can be asked. */
export function interactively(world: World, root: string, recipe: string, color: boolean | undefined): Interaction {
  if (!process.stdin.isTTY || !world.stdout.isTTY)
    throw new UserError('--interactive: this is no terminal', 'Leave it out, or run it where somebody can answer.')
  const file = join(root, '.upgrade-kit', 'answers.json')
  const given = read(file, recipe)
  const walk = new Walk(world, given, color, () => keep(file, { recipe, answers: given }))
  return { choose: (proposal) => walk.through(proposal), done: () => rmSync(file, { force: true }) }
}

/** How a run asks, and what is called when it has written. */
export interface Interaction {
  readonly choose: Choose
  readonly done: () => void
}

function read(file: string, recipe: string): Record<string, Answer> {
  if (!existsSync(file)) return {}
  try {
    const kept: Answers = JSON.parse(readFileSync(file, 'utf8'))
    return kept.recipe === recipe && typeof kept.answers === 'object' ? { ...kept.answers } : {}
  } catch {
    return {}
  }
}

function keep(file: string, answers: Answers): void {
  ownFolder(dirname(dirname(file)))
  writeOwn(file, JSON.stringify(answers))
}

class Walk {
  readonly #world: World
  readonly #answers: Record<string, Answer>
  readonly #colour: boolean
  readonly #keep: () => void

  constructor(world: World, answers: Record<string, Answer>, color: boolean | undefined, kept: () => void) {
    this.#world = world
    this.#answers = answers
    this.#colour = wantsColour(world, world.stdout, color)
    this.#keep = kept
  }

  /** Undefined if the person quit. What one answer brings to light, such as a fix that lost a collision, is asked about too. */
  async through(proposal: Selected): Promise<Selected | undefined> {
    let now = await proposal.selecting(this.#selection(proposal.report))
    for (;;) {
      const open = written(now.report).filter((finding) => this.#answerTo(finding, now.report) === undefined)
      if (open.length === 0) return now
      for (const [index, finding] of open.entries()) {
        if (this.#answerTo(finding, now.report) !== undefined) continue
        if (!(await this.#ask(finding, now, open, index))) return undefined
      }
      now = await now.selecting(this.#selection(now.report))
    }
  }

  #answerTo({ fingerprint, file }: ReportedFinding, report: Report): Answer | undefined {
    const answer = this.#answers[fingerprint]
    return typeof answer === 'object' && answer.of !== hashOf(report, file) ? undefined : answer
  }

  #selection(report: Report) {
    const known = Object.entries(this.#answers)
    const edited = report.findings.flatMap((finding) => {
      const answer = this.#answerTo(finding, report)
      return typeof answer === 'object' ? [[finding.fingerprint, answer.edits] as const] : []
    })
    return {
      holdBack: new Set(known.flatMap(([fingerprint, answer]) => (answer === 'skip' ? [fingerprint] : []))),
      edits: new Map(edited),
    }
  }

  /** False if the person quit. */
  async #ask(
    finding: ReportedFinding,
    now: Selected,
    open: readonly ReportedFinding[],
    index: number,
  ): Promise<boolean> {
    this.#show(finding, index, open.length)
    for (;;) {
      const key = await this.#key(finding, now)
      if (key === 'explain') this.#explain(finding, now.report)
      else if (key === 'edit') {
        const edited = await this.#edited(finding, now)
        if (edited) return this.#answer([finding], edited)
      } else if (key === 'quit') {
        this.#print('Nothing was written. Your answers are kept: the same command goes on from here.')
        return false
      } else if (key === 'all')
        return this.#answer(
          open.slice(index).filter(({ change }) => change === finding.change),
          'accept',
        )
      else return this.#answer([finding], key)
    }
  }

  #answer(findings: readonly ReportedFinding[], answer: Answer): true {
    for (const { fingerprint } of findings) this.#answers[fingerprint] = answer
    this.#keep()
    return true
  }

  async #key(finding: ReportedFinding, now: Selected): Promise<Key> {
    const { expand } = await import('@inquirer/prompts')
    const editable = now.isEarly(finding.fingerprint) && textOf(now.report, finding.file) !== undefined
    try {
      return await expand<Key>({
        message: 'Write this?',
        default: 'h',
        choices: [
          { key: 'y', name: 'accept', value: 'accept' },
          { key: 'n', name: 'skip', value: 'skip' },
          { key: 'a', name: `accept all of ${finding.change}`, value: 'all' },
          ...(editable ? [{ key: 'e' as const, name: 'edit in $EDITOR', value: 'edit' as const }] : []),
          { key: 'x', name: 'explain', value: 'explain' },
          { key: 'q', name: 'quit and keep the answers', value: 'quit' },
        ],
      })
    } catch (error) {
      // ctrl-C, or the terminal is gone
      if ((error as Error).name === 'ExitPromptError' || (error as Error).name === 'AbortPromptError') return 'quit'
      throw error
    }
  }

  /** What the person made of the lines; undefined if it cannot be written. */
  async #edited(finding: ReportedFinding, now: Selected): Promise<Edited | undefined> {
    const text = textOf(now.report, finding.file)!
    const [start, end, after] = lines(finding, text)
    const { editor } = await import('@inquirer/prompts')
    const typed = await editor({
      message: 'The lines as they are to be',
      default: after,
      postfix: /\.[^.]*$/.exec(finding.file)?.[0] ?? '.txt',
      waitForUserInput: false,
    }).catch(() => undefined)
    if (typed === undefined) return undefined
    const wanted = typed.replace(/\r?\n$/, '')
    const others = (finding.fix?.edits ?? []).filter(({ file }) => file !== finding.file)
    const edits = [...others, { file: finding.file, ...smallest(text, start, end, wanted) }]
    const tried = await now.selecting({ edits: new Map([[finding.fingerprint, edits]]) })
    const outcome = tried.report.findings.find(({ fingerprint }) => fingerprint === finding.fingerprint)?.outcome
    if (outcome === 'written') return { edits, of: hashOf(now.report, finding.file) }
    this.#print('This cannot be written: the file would not parse, or another fix is in its place.')
    return undefined
  }

  #show(finding: ReportedFinding, index: number, count: number): void {
    const { colour } = this.#style()
    const { at, change, fix, message, evidence, excerpt, rewritten } = finding
    const sign = { ' ': colour.dim, '-': colour.red, '+': colour.green }
    const changed = difference(excerpt.split(/\r\n|\n|\r/), (rewritten ?? excerpt).split(/\r\n|\n|\r/))
    this.#print(
      '',
      colour.bold(cleanLine(`${index + 1} of ${count}  ${at.file}:${at.line}  ${change}  ${fix?.applicability ?? ''}`)),
      cleanLine(`${message}${fix ? `: ${fix.title}` : ''}`),
      ...changed.map(({ sign: mark, line }) => sign[mark](cleanLine(`  ${mark} ${line}`))),
      colour.dim(
        cleanLine(
          `${evidence.certainty}: ${evidence.steps
            .slice(0, 1)
            .map((hop) => hopText(hop, at.file))
            .join('')}`,
        ),
      ),
    )
  }

  #explain({ change, evidence, notes = [], at, fix }: ReportedFinding, report: Report): void {
    const known = report.changes.find(({ id }) => id === change)
    this.#print(
      ...(known ? [`${known.title}, since ${known.since}. ${known.why}`, known.source] : []),
      ...(fix?.proof ? [`checked: ${fix.proof}`] : []),
      ...evidence.steps.map((hop) => cleanLine(`  ← ${hopText(hop, at.file)}`)),
      ...notes.map((note) => cleanLine(`  note: ${note}`)),
    )
  }

  #style() {
    return styleFor({ width: widthOf(this.#world.stdout), colour: this.#colour })
  }

  #print(...said: readonly string[]): void {
    this.#world.stdout.write(`${said.join('\n')}\n`)
  }
}

function written(report: Report): readonly ReportedFinding[] {
  return report.findings.filter(({ outcome }) => outcome === 'written')
}

/** A file as it was read, where the run writes it. */
function textOf({ patches }: Report, file: string): string | undefined {
  return patches.find((patch) => patch.file === file)?.before
}

function hashOf(report: Report, file: string): string {
  return createHash('sha256')
    .update(textOf(report, file) ?? '')
    .digest('hex')
}

/** The whole lines that a fix touches, and what they are after it. */
function lines({ file, range, fix }: ReportedFinding, text: string): [start: number, end: number, after: string] {
  const edits = (fix?.edits ?? []).filter((edit) => edit.file === file)
  const index = lineIndex(text)
  const lineOf = (offset: number) => index.lineRange(index.positionAt(offset).line)!
  const start = lineOf(Math.min(range.start, ...edits.map((edit) => edit.start))).start
  const end = lineOf(Math.max(range.start, ...edits.map((edit) => edit.end))).end
  const moved = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }))
  return [start, end, applyEdits(text.slice(start, end), moved)]
}

/** The edit that leaves alone what is the same at both ends, so that it collides with as little as it can. */
function smallest(text: string, start: number, end: number, wanted: string): Omit<Edit, 'file'> {
  const old = text.slice(start, end)
  let head = 0
  while (head < Math.min(old.length, wanted.length) && old[head] === wanted[head]) head++
  let tail = 0
  const most = Math.min(old.length, wanted.length) - head
  while (tail < most && old[old.length - 1 - tail] === wanted[wanted.length - 1 - tail]) tail++
  return { start: start + head, end: end - tail, text: wanted.slice(head, wanted.length - tail) }
}
