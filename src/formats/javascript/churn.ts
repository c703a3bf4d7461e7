import type * as t from '@babel/types'
import { diffArrays } from 'diff'
import { applyEdits, normaliseNewlines, type TextEdit } from '../../text/edits.ts'
import { dominantLineEnding } from '../../text/lines.ts'
import { parseJavaScript } from './parse.ts'
import { gapRange, gapText, isSameProgram, type Run, readTokens, type Token, type Tokenised } from './tokens.ts'

/**
 * The output of a codemod without what it only reformatted: whitespace, quotes, and the brackets, commas and semicolons
 * that mean nothing are as they were in `before`, and comments that the printer moved are where they were. What the
 * codemod wrote itself stays as it wrote it, but with the tabs of a file that is indented by tabs.
 *
 * Always the same program as `after`, with the same comments: each thing that is put back is put back only if that holds. Where `before` or `after` does not parse, nothing is put back but the line endings.
 */
export function withoutChurn(before: string, after: string, path: string): string {
  const output = normaliseNewlines(after, dominantLineEnding(before))
  const old = readTokens(before, path)
  const made = readTokens(output, path)
  if (!old || !made) return output
  const { spacing, loose } = restorations(old, made)
  const settlement = new Settlement(made, path)
  settlement.settle(spacing)
  settlement.settleStatements(loose)
  return settlement.text()
}

// ---- what can be put back -------------------------------------------------------------------------------------------

/** Something of the old text that may be put back; `instead` is what to try, one by one, if it may not. */
interface Restoration {
  readonly edits: readonly TextEdit[]
  readonly instead?: readonly Restoration[]
}

/** A run of tokens that differ, or a part of one; open where the next part begins, so that the gap there is its own. */
interface Piece extends Run {
  readonly openLeft?: boolean
  readonly openRight?: boolean
  /** The part next to it replaces nothing. */
  readonly besideAddition?: boolean
}

const PUNCTUATION: ReadonlySet<string> = new Set(['(', ')', ';', ','])
/** What may be elsewhere, or not at all, in the same program. */
const isLoose = (token: Token | undefined) => token !== undefined && (PUNCTUATION.has(token.key) || token.isComment)
const NEWLINE = /[\r\n]/

/** Spacing, with quotes, comes back nearly always; loose tokens only where they mean nothing. */
interface Restorations {
  readonly spacing: readonly Restoration[]
  readonly loose: readonly Restoration[]
}

function restorations(old: Tokenised, made: Tokenised): Restorations {
  const pieces = (changedRuns(old, made) ?? []).flatMap((run) => partsOf(run, old, made))
  const spacing: TextEdit[][] = []
  const loose: Restoration[] = []
  let [from, start] = [0, 0]
  for (const piece of withBorders(pieces, old, made)) {
    for (; from < piece.from; from++, start++) {
      spacing.push(tokenEdit(made, start, old.tokens[from]!.text))
      if (from + 1 < piece.from) spacing.push(gapEdit(made, start + 1, gapText(old, from + 1)))
    }
    const edits = spacingEdits(piece, old, made)
    if (isAllLoose(piece, old, made)) loose.push(looseRestoration(piece, old, made, edits))
    else spacing.push(edits)
    ;[from, start] = [piece.to, piece.end]
  }
  return { spacing: spacing.filter((edits) => edits.length > 0).map((edits) => ({ edits })), loose }
}

/** The pieces, and the start and the end of the file where no piece is there. */
function withBorders(pieces: readonly Piece[], old: Tokenised, made: Tokenised): readonly Piece[] {
  const [first, last] = [pieces[0], pieces.at(-1)]
  const [from, start] = [old.tokens.length, made.tokens.length]
  const opening: Piece = { from: 0, to: 0, start: 0, end: 0 }
  const closing: Piece = { from, to: from, start, end: start }
  return [
    ...(first && first.from === 0 && first.start === 0 ? [] : [opening]),
    ...pieces,
    ...(last && last.to === from && last.end === start ? [] : [closing]),
  ]
}

/** More edits than this are a rewrite: nothing is put back then. */
const MAX_EDITS = 6000

/** The runs that differ, in order; everything between two runs is equal. Undefined if too much differs. */
function changedRuns({ tokens: old }: Tokenised, { tokens: made }: Tokenised): readonly Run[] | undefined {
  const keys = (tokens: readonly Token[]) => tokens.map(({ key }) => key)
  const parts = diffArrays(keys(old), keys(made), { maxEditLength: MAX_EDITS })
  if (!parts) return undefined
  const runs: Run[] = []
  let [from, start] = [0, 0]
  let run: Run | undefined
  for (const { count, added, removed } of parts) {
    if (!added && !removed) {
      if (run) runs.push(run)
      run = undefined
    } else {
      run ??= { from, to: from, start, end: start }
      run = added ? { ...run, end: start + count } : { ...run, to: from + count }
    }
    if (!added) from += count
    if (!removed) start += count
  }
  return run ? [...runs, run] : runs
}

function isAllLoose({ from, to, start, end }: Run, old: Tokenised, made: Tokenised): boolean {
  const tokens = [...old.tokens.slice(from, to), ...made.tokens.slice(start, end)]
  return tokens.length > 0 && tokens.every(isLoose)
}

/** A run in up to three pieces: what a printer may have put around the change is a piece of its own. */
function partsOf(run: Run, old: Tokenised, made: Tokenised): readonly Piece[] {
  const { from, to, start, end } = run
  if (isAllLoose(run, old, made)) return [run]
  const isOneSided = from === to || start === end
  const isEdge = (token: Token | undefined) => (isOneSided ? token?.key === ';' : isLoose(token))
  const inOld = core(old.tokens, from, to, isEdge)
  const inMade = core(made.tokens, start, end, isEdge)
  // beside nothing but edges, everything is the change
  const [coreFrom, coreTo] = inMade[0] === inMade[1] && from < to ? [from, to] : inOld
  const [coreStart, coreEnd] = inOld[0] === inOld[1] && from < to && start < end ? [start, end] : inMade
  const left: Run = { from, to: coreFrom, start, end: coreStart }
  const right: Run = { from: coreTo, to, start: coreEnd, end }
  const besideAddition = coreFrom === coreTo
  const [hasLeft, hasRight] = [isAllLoose(left, old, made), isAllLoose(right, old, made)]
  return [
    ...(hasLeft ? [{ ...left, openRight: true, besideAddition }] : []),
    { from: coreFrom, to: coreTo, start: coreStart, end: coreEnd, openLeft: hasLeft, openRight: hasRight },
    ...(hasRight ? [{ ...right, openLeft: true, besideAddition }] : []),
  ]
}

/** The tokens of `[first, last)` without the edges; where all of them are edges, none at the start. */
function core(
  tokens: readonly Token[],
  first: number,
  last: number,
  isEdge: (token: Token | undefined) => boolean,
): readonly [number, number] {
  let [low, high] = [first, last]
  while (low < last && isEdge(tokens[low])) low++
  if (low === last) return [first, first]
  while (high > low && isEdge(tokens[high - 1])) high--
  return [low, high]
}

/** The spacing on both sides of a piece, as it was. */
function spacingEdits(piece: Piece, old: Tokenised, made: Tokenised): TextEdit[] {
  const { from, to, start, end } = piece
  if (start === end) {
    if (piece.openLeft || piece.openRight) return []
    return gapEdit(made, start, from === to ? gapText(old, from) : closedGap(piece, old, made))
  }
  if (from === to) {
    const folded = foldedList(piece, old, made)
    return folded.length > 0 ? folded : indented(start, end, old, made)
  }
  return [
    ...(piece.openLeft ? [] : gapEdit(made, start, gapText(old, from))),
    ...indented(start + 1, end - 1, old, made),
    ...(piece.openRight ? [] : gapEdit(made, end, gapText(old, to))),
  ]
}

/** What recast takes a tab for, in columns. */
const TAB_WIDTH = 4

/** New lines, from the gap in front of token `first` to that of token `last`, in a file that is indented by tabs. */
function indented(first: number, last: number, old: Tokenised, made: Tokenised): TextEdit[] {
  if (!/^\t/m.test(old.text) || /^ {2}/m.test(old.text)) return []
  const edits: TextEdit[] = []
  for (let k = first; k <= last; k++) {
    const tabs = (spaces: string) => '\t'.repeat(spaces.length / TAB_WIDTH) + ' '.repeat(spaces.length % TAB_WIDTH)
    edits.push(...gapEdit(made, k, gapText(made, k).replace(/(?<=[\r\n]) +/g, tabs)))
  }
  return edits
}

/** The gap that stays where something was removed: one of the two it had, whichever the codemod's own one is like. */
function closedGap({ from, to, start }: Run, old: Tokenised, made: Tokenised): string {
  const own = gapText(made, start)
  if (from === 0) return gapText(old, 0)
  if (to === old.tokens.length) return gapText(old, to)
  const both = [gapText(old, from), gapText(old, to)]
  const lines = (text: string) => text.split(/\r\n|\r|\n/).length
  return (
    both.find((gap) => gap === own) ??
    both.find((gap) => lines(gap) === lines(own)) ??
    both.find((gap) => NEWLINE.test(gap) === NEWLINE.test(own)) ??
    own
  )
}

/** An element that was added to a list on one line stays on that line, although recast gives each one its own. */
function foldedList({ from, start, end }: Run, old: Tokenised, made: Tokenised): TextEdit[] {
  const gap = gapText(old, from)
  if (start === 0 || end === made.tokens.length || NEWLINE.test(gap)) return []
  const key = (k: number) => made.tokens[k]!.key
  const isFirst = key(end - 1) === ','
  const isOnly = '([{'.includes(key(start - 1)) && ')]}'.includes(key(end))
  if (key(start) !== ',' && !isFirst && !isOnly) return []
  const folded = (k: number, text: string) => (NEWLINE.test(gapText(made, k)) ? gapEdit(made, k, text) : [])
  const padding = isOnly && gap === '' && key(start - 1) === '{' ? ' ' : gap
  return [
    ...folded(start, padding),
    ...commasOf(made, start, end).flatMap((k) => folded(k + 1, k + 1 === end && !isFirst ? padding : ' ')),
    ...(isFirst ? [] : isOnly ? folded(end, padding) : gapEdit(made, end, gap)),
  ]
}

/** The commas among tokens `[start, end)` that are in no bracket. */
function commasOf({ tokens }: Tokenised, start: number, end: number): readonly number[] {
  const commas: number[] = []
  let depth = 0
  for (let k = start; k < end; k++) {
    const { key } = tokens[k]!
    if (key === ',' && depth === 0) commas.push(k)
    if (/^(?:[([{]|\$\{)$/.test(key)) depth++
    if (/^[)\]}]$/.test(key)) depth--
  }
  return commas
}

function tokenEdit(made: Tokenised, k: number, text: string): TextEdit[] {
  const token = made.tokens[k]!
  return token.text === text ? [] : [{ start: token.start, end: token.end, text }]
}

function gapEdit(made: Tokenised, k: number, text: string): TextEdit[] {
  return replace(made, k, gapRange(made, k), text)
}

/** Puts back all of a piece, with the spacing on both sides. */
function wholeEdit({ from, to, start, end }: Run, old: Tokenised, made: Tokenised): TextEdit[] {
  const range = { start: gapRange(made, start).start, end: gapRange(made, end).end }
  return replace(made, start, range, old.text.slice(gapRange(old, from).start, gapRange(old, to).end))
}

/** All of a piece of loose tokens; else each token that was added, alone; else the spacing. */
function looseRestoration(piece: Piece, old: Tokenised, made: Tokenised, spacing: readonly TextEdit[]): Restoration {
  const { from, to, start, end } = piece
  const isNew = from === to
  const dropped = isNew
    ? made.tokens.slice(start, end).flatMap((_, i) => {
        const k = start + i
        return { edits: replace(made, k, { start: gapRange(made, k).start, end: made.tokens[k]!.end }, '') }
      })
    : []
  // beside something else that was added, the spacing is not the old one
  if (isNew && piece.besideAddition) return { edits: dropped.flatMap(({ edits }) => edits), instead: dropped }
  return { edits: wholeEdit(piece, old, made), instead: [...(dropped.length > 1 ? dropped : []), { edits: spacing }] }
}

/** Replaces what begins with the gap in front of token `k`. What follows a comment to the end of the line is on another. */
function replace(made: Tokenised, k: number, { start, end }: { start: number; end: number }, text: string): TextEdit[] {
  if (made.text.slice(start, end) === text) return []
  if (made.tokens[k - 1]?.isLineComment && !/^[ \t]*[\r\n]/.test(text) && end < made.text.length) return []
  return [{ start, end, text }]
}

// ---- what may be put back -------------------------------------------------------------------------------------------

/** UTF-16 units that are parsed for one file at most: half a second. */
const MAX_PARSED = 5_000_000

/** Puts back as much as it can: all at once where that is still the same program, else in halves. */
class Settlement {
  readonly #made: Tokenised
  readonly #path: string
  #edits: readonly TextEdit[] = []
  #parsed = 0

  constructor(made: Tokenised, path: string) {
    this.#made = made
    this.#path = path
  }

  /** The new text with all that was put back. */
  text(): string {
    return applyEdits(this.#made.text, this.#edits)
  }

  settle(restorations: readonly Restoration[]): void {
    if (restorations.length === 0 || this.#take(restorations.flatMap(({ edits }) => edits))) return
    if (restorations.length === 1) {
      for (const other of restorations[0]!.instead ?? []) this.settle([other])
      return
    }
    const middle = restorations.length >> 1
    this.settle(restorations.slice(0, middle))
    this.settle(restorations.slice(middle))
  }

  /** As `settle`, but never cuts a statement in two before it has to: a bracket alone is none. */
  settleStatements(restorations: readonly Restoration[]): void {
    this.#settleGroups(byStatement(restorations, this.#made.ast))
  }

  #settleGroups(groups: readonly (readonly Restoration[])[]): void {
    const all = groups.flat()
    if (all.length === 0 || this.#take(all.flatMap(({ edits }) => edits))) return
    if (groups.length === 1) {
      this.#settlePairs(all)
      return
    }
    const middle = groups.length >> 1
    this.#settleGroups(groups.slice(0, middle))
    this.#settleGroups(groups.slice(middle))
  }

  /** Neighbours first, because brackets come in pairs; then one by one. */
  #settlePairs(restorations: readonly Restoration[]): void {
    let open = [...restorations]
    for (let i = 0; i + 1 < open.length; ) {
      const pair = open.slice(i, i + 2)
      if (this.#take(pair.flatMap(({ edits }) => edits))) {
        open = open.filter((restoration) => !pair.includes(restoration))
        i = Math.max(0, i - 1)
      } else i++
    }
    for (const restoration of open) this.settle([restoration])
  }

  #take(edits: readonly TextEdit[]): boolean {
    if (edits.length === 0) return true
    this.#parsed += this.#made.text.length
    if (this.#parsed > MAX_PARSED && this.#parsed > this.#made.text.length) return false
    const together = [...this.#edits, ...edits]
    if (overlap(together)) return false
    const parsed = parseJavaScript(applyEdits(this.#made.text, together), this.#path)
    if (parsed.is === 'failed' || parsed.recovered.length > 0) return false
    if (!isSameProgram(this.#made.ast, parsed.ast)) return false
    this.#edits = together
    return true
  }
}

function overlap(edits: readonly TextEdit[]): boolean {
  const inOrder = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  return inOrder.some((edit, i) => i > 0 && edit.start < inOrder[i - 1]!.end)
}

/** In groups by the innermost statement that each one is in or ends. */
function byStatement(restorations: readonly Restoration[], ast: t.File): readonly (readonly Restoration[])[] {
  const statements = statementsOf(ast.program)
  const groups = new Map<unknown, Restoration[]>()
  for (const restoration of restorations) {
    const offset = restoration.edits[0]?.start ?? 0
    const statement = statements.findLast(({ start, end }) => start < offset && offset <= end)
    const group = groups.get(statement)
    if (group) group.push(restoration)
    else groups.set(statement, [restoration])
  }
  return [...groups.values()]
}

interface Placed {
  readonly start: number
  readonly end: number
}

/** Statements in the order of the text, outer ones first. */
function statementsOf(node: unknown): readonly Placed[] {
  if (typeof node !== 'object' || node === null) return []
  if (Array.isArray(node)) return node.flatMap(statementsOf)
  const { type } = node as { readonly type?: unknown }
  const inside = Object.entries(node).flatMap(([key, value]) =>
    key === 'loc' || key === 'extra' || typeof value !== 'object' ? [] : statementsOf(value),
  )
  const isStatement = typeof type === 'string' && /(?:Statement|Declaration)$/.test(type) && type !== 'BlockStatement'
  return isStatement ? [node as Placed, ...inside] : inside
}

// ---- edits ----------------------------------------------------------------------------------------------------------

/** Edits that make `after` out of `before`, one per run of changed lines, each cut down to what differs. */
export function changedParts(before: string, after: string): readonly TextEdit[] {
  const edits: TextEdit[] = []
  let offset = 0
  let pending: { start: number; removed: string; added: string } | undefined
  const flush = () => {
    if (pending) edits.push(trimmed(pending.start, pending.removed, pending.added))
    pending = undefined
  }
  for (const { value, added, removed } of diffArrays(linesOf(before), linesOf(after))) {
    const text = value.join('')
    if (!added && !removed) flush()
    else {
      pending ??= { start: offset, removed: '', added: '' }
      pending[added ? 'added' : 'removed'] += text
    }
    if (!added) offset += text.length
  }
  flush()
  return edits
}

/** Lines with their line endings. */
function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []
}

/** An edit without what is the same at both of its ends. A line ending of two characters is never cut in two. */
function trimmed(start: number, removed: string, added: string): TextEdit {
  const shorter = Math.min(removed.length, added.length)
  let head = 0
  while (head < shorter && removed[head] === added[head]) head++
  while (head > 0 && isInsideUnit(removed, head, added)) head--
  let tail = 0
  while (tail < shorter - head && removed.at(-1 - tail) === added.at(-1 - tail)) tail++
  while (tail > 0 && (splits(removed, removed.length - tail) || splits(added, added.length - tail))) tail--
  return { start: start + head, end: start + removed.length - tail, text: added.slice(head, added.length - tail) }
}

function isInsideUnit(removed: string, at: number, added: string): boolean {
  return splits(removed, at) || splits(added, at)
}

/** True between the halves of `\r\n` or of a surrogate pair. */
function splits(text: string, at: number): boolean {
  const [left, right] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  return left === 13 ? right === 10 || Number.isNaN(right) : left >= 0xd800 && left <= 0xdbff
}
