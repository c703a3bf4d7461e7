import { type DraftEdit, type JavaScriptFile, type Node, replace, unwrap } from '#kit'
import type { Conversion } from '../paths/index.ts'
import { type Answer, answerFor } from './answer.ts'
import type { PathSite } from './sites.ts'

/** A part of a path that is put together: text that stands here, or a hole whose text is known, or is not. */
type Piece =
  | { readonly is: 'text'; readonly text: string; readonly at: Node; readonly quote: string }
  | { readonly is: 'hole'; readonly text: string | undefined; readonly source: string }

/** What stands for a hole that is not known: at the beginning of a path, and within it. */
const LEADING = ['/zq', '', '/zq/zr', '/:zq', '/Zq-1.x']
const WITHIN = ['z', 'z/r', 'Z-1']

/** A path that a template or a concatenation puts together. */
export interface Pieced {
  /** The text that is known; holes that are not are `…`. */
  readonly text: string
  /** The text of every piece, once for every filling of the holes that is tried. */
  readonly fillings: readonly (readonly string[])[]
  readonly pieces: readonly Piece[]
}

/** Takes a template or a concatenation apart; undefined for anything else, and without any text of its own. */
export function piecesOf(file: JavaScriptFile, path: Node): Pieced | undefined {
  const pieces = flatten(file, unwrap(path))
  if (!pieces || pieces.length < 2 || !pieces.some((piece) => piece.is === 'text')) return undefined
  const fillings = LEADING.map((leading, filling) =>
    pieces.map(({ text }, index) => {
      if (text !== undefined) return text
      const isFirst = pieces.slice(0, index).every((piece) => piece.text === '')
      return isFirst ? leading : `q${index}${WITHIN[filling % WITHIN.length]}`
    }),
  )
  const isKnown = pieces.every((piece) => piece.text !== undefined)
  return {
    text: pieces.map((piece) => piece.text ?? '…').join(''),
    fillings: isKnown ? fillings.slice(0, 1) : fillings,
    pieces,
  }
}

function flatten(file: JavaScriptFile, node: Node): Piece[] | undefined {
  if (node.type === 'TemplateLiteral')
    return node.quasis.flatMap((quasi, index): Piece[] => {
      const hole = node.expressions[index] as Node | undefined
      return [
        { is: 'text', text: quasi.value.cooked ?? '', at: quasi as Node, quote: '`' },
        ...(hole ? [holeOf(file, hole)] : []),
      ]
    })
  if (node.type === 'StringLiteral') return [{ is: 'text', text: node.value, at: node, quote: file.source(node)[0]! }]
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return [holeOf(file, node)]
  const left = flatten(file, unwrap(node.left as Node))
  const right = flatten(file, unwrap(node.right as Node))
  return left && right && [...left, ...right]
}

function holeOf(file: JavaScriptFile, node: Node): Piece {
  const { value } = file.known(node)
  return { is: 'hole', text: value === undefined ? undefined : String(value), source: file.source(node) }
}

/** What becomes of a path that is put together: the same new pieces for everything that its holes were filled with. */
export function answerForPieces(
  file: JavaScriptFile,
  pieced: Pieced,
  sites: readonly PathSite[],
): Answer<Extract<Conversion, { is: 'rewritten' }>> & { readonly urls?: number } {
  let first: Extract<Answer<Extract<Conversion, { is: 'rewritten' }>>, { is: 'rewritten' }> | undefined
  let urls = 0
  for (const values of pieced.fillings) {
    const answer = answerFor(file, values.join(''), sites)
    if (answer.is === 'same')
      return { is: 'refused', notes: [`what has to change depends on the value of ${holes(pieced)}`] }
    if (answer.is === 'refused') return answer
    const { conversion } = answer
    const edits = conversion.form === 'string' ? editsOfPieces(pieced, values, conversion.value) : undefined
    if (!edits)
      return {
        is: 'refused',
        notes: [
          `its new form, ${shown(answer.conversion, pieced, values)}, cannot be put together from the same pieces`,
          ...asList(pieced),
        ],
      }
    const combined = [...edits, ...answer.edits]
    if (first && JSON.stringify(combined) !== JSON.stringify(first.edits))
      return { is: 'refused', notes: [`what has to change depends on the value of ${holes(pieced)}`] }
    first ??= { ...answer, edits: combined }
    urls += answer.conversion.proof.urls
  }
  return first ? { ...first, urls } : { is: 'same' }
}

/** The holes of some paths that are not known, in words. */
export function holes(...paths: readonly Pieced[]): string {
  const open = paths.flatMap(({ pieces }) =>
    pieces.flatMap((piece) => (piece.is === 'hole' && piece.text === undefined ? [`\`${piece.source}\``] : [])),
  )
  return [...new Set(open)].join(' and ')
}

/** A new path, with `…` for what is not known. */
function shown(
  conversion: Extract<Conversion, { is: 'rewritten' }>,
  { pieces }: Pieced,
  values: readonly string[],
): string {
  const isExpression = conversion.form === 'regexp'
  const whole = isExpression
    ? `/${conversion.value.source}/${conversion.value.flags}`
    : [conversion.value].flat().join(', ')
  return pieces.reduce((text, piece, index) => {
    const value = values[index]!
    if (piece.is !== 'hole' || piece.text !== undefined || value === '') return text
    const escaped = value.replace(/[/.]/g, (character) => `\\${character}`)
    return text.replaceAll(isExpression ? escaped : value, '…')
  }, whole)
}

/** For a parameter that takes everything: the form that can be put together, of which the value is another one. */
function asList({ text }: Pieced): readonly string[] {
  const [, name] = /:(\w+)\((?:\*|\.[*+])\)/.exec(text) ?? []
  return name === undefined
    ? []
    : [
        `\`{*${name}}\` in its place can, and its value is a list: write \`(req.params.${name} ?? []).join('/')\` where it is read`,
      ]
}

/** The new text of each piece, when the holes stand in the new path as they are; `values` is what they were filled with. */
export function editsOfPieces(
  { pieces }: Pieced,
  values: readonly string[],
  path: string,
): readonly DraftEdit[] | undefined {
  const texts = split(path, pieces, values)
  if (!texts) return undefined
  return pieces.flatMap((piece, index) => {
    const text = texts[index]!
    return piece.is === 'text' && text !== piece.text ? [replace(piece.at, written(text, piece.quote))] : []
  })
}

/** Finds the values of the holes again in a new path, where each of them stands only once. */
function split(path: string, pieces: readonly Piece[], values: readonly string[]): string[] | undefined {
  const texts: string[] = []
  let rest = path
  let pending: number | undefined
  for (const [index, piece] of pieces.entries()) {
    texts.push(values[index]!)
    if (piece.is === 'text') {
      if (pending !== undefined) return undefined
      pending = index
      continue
    }
    const before = pending === undefined ? '' : values[pending]!
    const at = placeOf(values[index]!, rest, before)
    if (at < 0 || (pending === undefined && at > 0)) return undefined
    if (pending !== undefined) texts[pending] = rest.slice(0, at)
    pending = undefined
    rest = rest.slice(at + values[index]!.length)
  }
  if (pending === undefined) return rest === '' ? texts : undefined
  texts[pending] = rest
  return texts
}

/** Where a value stands, if that is the only place; a value without any text stands behind the text before it. */
function placeOf(value: string, rest: string, before: string): number {
  if (value === '') return rest.startsWith(before) ? before.length : -1
  const at = rest.indexOf(value)
  return rest.indexOf(value, at + 1) < 0 ? at : -1
}

function written(text: string, quote: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)
  return quote === '`' ? escaped.replaceAll('${', '\\${') : quote + escaped + quote
}
