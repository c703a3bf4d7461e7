import {
  argumentsOf,
  children,
  type JavaScriptFile,
  type JavaScriptModule,
  literalText,
  type Node,
  type Origins,
  unwrap,
} from '#kit'
import { piecesOf } from './pieces.ts'
import { type PathSite, siteAt } from './sites.ts'

/** A path, or a list of paths, that is written in one place and given to Express in others. */
export interface Constant {
  readonly node: Node
  readonly sites: readonly PathSite[]
  /** Another thing that is done with it, in words, with its place; it cannot be rewritten then. */
  readonly other?: string
}

const literals = new WeakMap<JavaScriptModule, readonly Node[]>()
/** What was found out of literals with the same texts in all files; the changes about paths ask one after another. */
const answers = new WeakMap<
  Origins,
  { readonly places: WeakMap<Node, Constant | undefined>; readonly texts: WeakMap<Node, readonly string[]> }
>()
/** How the text of a path begins, as far as it is of interest here. */
const PATH_START = /^[/*(:^.\\]/

/** The strings and lists of a file, put together or not, that may be paths by the text that is written. */
function candidates(module: JavaScriptModule): readonly Node[] {
  let found = literals.get(module)
  if (!found) {
    const nodes: Node[] = []
    const waiting: Node[] = [module.program]
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      const text = literalText(node)
      const isPath = text !== undefined && PATH_START.test(text) && isShort(text)
      const isText = node.type === 'StringLiteral' || node.type === 'TemplateLiteral'
      if (node.type === 'ArrayExpression' || (isText && isPath) || mayBePieced(node)) nodes.push(node)
      waiting.push(...children(node))
    }
    found = nodes.sort((a, b) => a.start - b.start)
    literals.set(module, found)
  }
  return found
}

function isShort(text: string): boolean {
  return text.length < 200 && !/\s/.test(text)
}

/** A template or a concatenation: some text is written, it has no blanks, and it begins like a path, or with a hole. */
function mayBePieced(node: Node): boolean {
  const parts = writtenParts(node)
  if (parts.length < 2 || !parts.some((part) => part)) return false
  return parts.every((part) => part === undefined || isShort(part)) && (!parts[0] || PATH_START.test(parts[0]))
}

/** The parts of a template or a concatenation from left to right; undefined for a hole. */
function writtenParts(node: Node): (string | undefined)[] {
  if (node.type === 'TemplateLiteral')
    return node.quasis.flatMap(({ value }, index) =>
      index === 0 ? [value.cooked ?? ''] : [undefined, value.cooked ?? ''],
    )
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return [literalText(node)]
  return [...writtenParts(unwrap(node.left as Node)), ...writtenParts(unwrap(node.right as Node))]
}

/** The paths of a file that get to Express under a name. `isPath` and `isInList` say which are of interest. */
export function* constants(
  file: JavaScriptFile,
  isPath: (text: string) => boolean,
  isInList: (list: Node) => boolean,
): Generator<Constant> {
  // with a name for the receiver and no more, the call is reported by itself
  if (file.origins.neighbours.reach(file.module) === 'nothing') return
  for (const node of candidates(file.module)) {
    const text = literalText(node)
    if (node.type === 'ArrayExpression' ? !isInList(node) : text !== undefined && !isPath(text)) continue
    const constant = constantAt(file, node)
    if (!constant) continue
    // what stands in the holes is asked last, because it may come from anywhere
    const isText = node.type === 'ArrayExpression' || text !== undefined
    if (isText || textsOf(file, node).some(isPath)) yield constant
  }
}

function textsOf(file: JavaScriptFile, node: Node): readonly string[] {
  const { texts } = answersOf(file)
  let known = texts.get(node)
  if (!known) {
    known = piecesOf(file, node)?.fillings.map((values) => values.join('')) ?? []
    texts.set(node, known)
  }
  return known
}

function answersOf({ origins }: JavaScriptFile) {
  let found = answers.get(origins)
  if (!found) {
    found = { places: new WeakMap(), texts: new WeakMap() }
    answers.set(origins, found)
  }
  return found
}

/** What becomes of one literal; undefined if it never gets to Express, or stands in the call. */
export function constantAt(
  file: JavaScriptFile,
  node: Node,
  module: JavaScriptModule = file.module,
): Constant | undefined {
  const { places } = answersOf(file)
  if (!places.has(node)) places.set(node, placesOf(file, node, module))
  return places.get(node)
}

function placesOf(file: JavaScriptFile, node: Node, module: JavaScriptModule): Constant | undefined {
  const sites: PathSite[] = []
  let other: string | undefined
  for (const use of file.origins.uses.ofConstant(module, node)) {
    if (use.is === 'argument') {
      const site = siteAt(file, use.module, use.call)
      const argument = argumentsOf(use.call)[use.argument]
      if (site && use.argument === 0 && argument && !isWrittenIn(argument, node)) {
        if (use.inside === 0) sites.push(site)
        else if (node.type !== 'ArrayExpression') return undefined // the list as a whole is the path
        continue
      }
      if (argument && isWrittenIn(argument, node)) return undefined
    }
    const at = use.is === 'lost' ? (use.call?.start ?? undefined) : use.call.start
    const place = at === undefined ? use.module.path : placeText(use.module, at)
    other ??= use.is === 'lost' ? `${use.why} (${place})` : `it is also used at ${place}`
  }
  if (sites.length === 0) return undefined
  return { node, sites, ...(other === undefined ? {} : { other }) }
}

/** The literal stands in the argument itself. */
function isWrittenIn(argument: Node, node: Node): boolean {
  const inner = unwrap(argument)
  return inner === node || (inner.type === 'ArrayExpression' && inner.start <= node.start && node.end <= inner.end)
}

function placeText(module: JavaScriptModule, offset: number): string {
  const { file, line } = module.locate(offset)
  return `${file}:${line}`
}
