import type { Look } from '../formats/javascript/file.ts'
import type { JavaScriptModule } from '../formats/javascript/module.ts'
import { type Node, parentOf } from '../formats/javascript/syntax.ts'
import type { ChangeId, Finding, ProjectPath } from '../model/finding.ts'
import type { Ledger, LedgerEntry, LedgerStatus, Outcome } from '../model/report.ts'
import { lineIndex } from '../text/lines.ts'
import type { Hit } from '../text/pattern.ts'

type Word = Ledger['words'][number]

/** An entry whose finding is not settled yet. */
interface OpenEntry extends Omit<LedgerEntry, 'status'> {
  readonly status: LedgerStatus | Finding
}

/** An occurrence of a name, by where it is. */
export interface PlacedHit {
  readonly word: string
  readonly line: number
  readonly column: number
}

/** What is to be said of all names in a file that no change looked at. */
export type Untouched = Pick<OpenEntry, 'status' | 'proof'>

/** Of a file that has no reason to be parsed. */
export const NOT_PARSED: Untouched = {
  status: 'unaffected',
  proof: 'nowhere in this file is it used in a form that a change is about',
}

/** How trustworthy a verdict is when several changes looked at one place: the worst for the user wins. */
const ORDER: readonly Look['verdict'][] = ['unknown', 'unaffected', 'not-ours']

/** Accounts for every textual occurrence of every name that a change is about. */
export class LedgerBook {
  readonly #words: readonly Word[]
  readonly #entries: OpenEntry[] = []
  readonly #changesOf: ReadonlyMap<string, readonly ChangeId[]>

  constructor(words: readonly Word[]) {
    this.#words = words
    this.#changesOf = new Map(words.map(({ word, changes }) => [word, changes]))
  }

  /** Opens the account of one file. Exactly one of its closing methods must be called. */
  open(file: ProjectPath, text: string, hits: readonly Hit[]): FileAccount {
    return new FileAccount(file, text, hits, this.#changesOf, this.#entries)
  }

  /** The account of a file that no change looked at. */
  untouched(file: ProjectPath, hits: readonly PlacedHit[], verdict: Untouched): void {
    for (const { word, line, column } of hits) this.#entries.push({ word, at: { file, line, column }, ...verdict })
  }

  /** A file that was left out by its content: generated, not to be read, or no text at all. */
  refused(
    file: ProjectPath,
    text: string,
    hits: readonly Hit[],
    status: 'generated' | 'unparsable' | 'ignored',
    reason: string,
  ): void {
    const lines = lineIndex(text)
    for (const { word, offset } of hits)
      this.#entries.push({ word, at: { file, ...lines.positionAt(offset) }, status, proof: reason })
  }

  /** The ledger, once the outcome of every finding is known. */
  close(outcomeOf: (finding: Finding) => Outcome): Ledger {
    const counts: Record<LedgerStatus, number> = {
      rewritten: 0,
      review: 0,
      'by-hand': 0,
      'not-written': 0,
      unaffected: 0,
      'not-ours': 0,
      guessed: 0,
      'comment-or-string': 0,
      generated: 0,
      unparsable: 0,
      ignored: 0,
    }
    const entries = this.#entries.map((entry): LedgerEntry => {
      const status = typeof entry.status === 'string' ? entry.status : statusOf(entry.status, outcomeOf(entry.status))
      counts[status]++
      return { ...entry, status }
    })
    entries.sort((a, b) =>
      a.at.file < b.at.file ? -1 : a.at.file > b.at.file ? 1 : a.at.line - b.at.line || a.at.column - b.at.column,
    )
    return { words: this.#words, hits: entries.length, counts, entries }
  }
}

function statusOf(finding: Finding, outcome: Outcome): LedgerStatus {
  if (outcome === 'written') return 'rewritten'
  if (outcome === 'ignored') return 'ignored'
  if (outcome === 'not-written') return 'not-written'
  if (finding.evidence.certainty === 'guessed') return 'guessed'
  return outcome === 'by-hand' ? 'by-hand' : 'review'
}

/** The occurrences in one file. */
export class FileAccount {
  readonly #file: ProjectPath
  readonly #text: string
  readonly #hits: readonly Hit[]
  readonly #changesOf: ReadonlyMap<string, readonly ChangeId[]>
  readonly #entries: OpenEntry[]
  readonly #looks: (Look & { readonly change: ChangeId })[] = []
  readonly #findings: Finding[] = []

  constructor(
    file: ProjectPath,
    text: string,
    hits: readonly Hit[],
    changesOf: ReadonlyMap<string, readonly ChangeId[]>,
    entries: OpenEntry[],
  ) {
    this.#file = file
    this.#text = text
    this.#hits = hits
    this.#changesOf = changesOf
    this.#entries = entries
  }

  /** A place that a change looked at without finding anything. */
  look(change: ChangeId, look: Look): void {
    this.#looks.push({ ...look, change })
  }

  /** A place that a change found. */
  finding(finding: Finding): void {
    this.#findings.push(finding)
  }

  /** Closes the account of a file that no change looked at. */
  untouched(verdict: Untouched): void {
    this.#close(() => verdict)
  }

  /** Closes the account of a file that does not parse. */
  unparsable(reason: string): void {
    this.#close(() => ({ status: 'unparsable', proof: reason }))
  }

  /** Closes the account of a file that was parsed and looked at. */
  parsed(module: JavaScriptModule): void {
    this.#close((hit) => this.#judge(hit, module))
  }

  #close(judge: (hit: Hit) => Pick<OpenEntry, 'status' | 'proof' | 'changes'>): void {
    if (this.#hits.length === 0) return
    const lines = lineIndex(this.#text)
    for (const hit of this.#hits)
      this.#entries.push({ word: hit.word, at: { file: this.#file, ...lines.positionAt(hit.offset) }, ...judge(hit) })
  }

  #judge(hit: Hit, module: JavaScriptModule): Pick<OpenEntry, 'status' | 'proof' | 'changes'> {
    const about = this.#changesOf.get(hit.word) ?? []
    const at = (range: { start: number; end: number }) => range.start <= hit.offset && hit.offset < range.end
    const finding = this.#findings.find(
      (f) =>
        about.includes(f.change) && (at(f.range) || f.fix?.edits.some((edit) => edit.file === this.#file && at(edit))),
    )
    if (finding) return { status: finding, changes: [finding.change] }
    const token = module.identifiersNamed(hit.word).find((id) => id.start === hit.offset)
    const looks = this.#looks.filter((look) => about.includes(look.change) && isAbout(look, hit, token))
    const look = looks.sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict))[0]
    if (look) {
      const changes = [...new Set(looks.map((l) => l.change))]
      const status = look.verdict === 'unknown' ? 'guessed' : look.verdict === 'not-ours' ? 'not-ours' : 'unaffected'
      return { status, proof: look.message, changes }
    }
    if (token) return { status: 'unaffected', proof: nameUse(token) }
    return {
      status: 'comment-or-string',
      proof: module.comments.some((c) => c.start! <= hit.offset && hit.offset < c.end!)
        ? 'in a comment'
        : 'in a string or text',
    }
  }
}

/** A look is about a hit when its own name is the hit: the last token of `a.b.name`, or the key of a pattern. */
function isAbout(look: Look, hit: Hit, token: Node | undefined): boolean {
  if (token) {
    const parent = parentOf(token)
    return parent !== undefined && look.range.start === parent.start && look.range.end === parent.end
  }
  // `app['del']`: the literal ends the member
  return (
    look.range.start <= hit.offset &&
    hit.offset < look.range.end &&
    look.range.end - (hit.offset + hit.word.length) <= 2
  )
}

function nameUse(token: Node): string {
  const parent = parentOf(token)
  if (parent?.type === 'MemberExpression' || parent?.type === 'OptionalMemberExpression')
    return parent.property === token
      ? 'a member in a form that no change is about'
      : 'a name of this file, not a member'
  if (parent?.type === 'ObjectProperty' || parent?.type === 'ObjectMethod' || parent?.type === 'ClassMethod')
    return 'the name of a property or method that this file defines'
  return 'a name of this file, not a member'
}
