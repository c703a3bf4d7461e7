import { type Draft, type DraftEdit, fix, type JavaScriptFile, literalText, type Node, replace, unwrap } from '#kit'
import { bracketStart, registrationsOf } from '../handlers/handler.ts'
import {
  type ArrayConversion,
  type Conversion,
  classify,
  convert,
  convertAll,
  memberSource,
  type PathChange,
  type PathSituation,
  paramRead,
  pathSource,
  type Quote,
} from '../paths/index.ts'
import { type NumericRead, readsOf } from './reads.ts'
import { type PathSite, pathSites } from './sites.ts'

/** What all handlers of a site together do with `req.params`. */
interface SiteReads {
  readonly keys: ReadonlySet<string> | 'unknown'
  readonly numeric: readonly NumericRead[]
}

/** The findings of one kind of path: every literal that falls under the change, with a proven rewrite where there is one. */
export function* pathFindings(file: JavaScriptFile, change: PathChange, message: string): Iterable<Draft> {
  for (const site of pathSites(file)) {
    const path = unwrap(site.path)
    if (path.type === 'ArrayExpression') yield* listFinding(file, site, path, change, message)
    else yield* singleFinding(file, site, path, change, message)
  }
}

function* singleFinding(
  file: JavaScriptFile,
  site: PathSite,
  path: Node,
  change: PathChange,
  message: string,
): Iterable<Draft> {
  const literal = literalText(path)
  const known = literal ?? file.known(path).value
  if (typeof known !== 'string' || classify(known) !== change) return
  const draft = { at: path, message, evidence: site.use }
  if (literal === undefined) {
    yield { ...draft, message: `${message}; its text \`${known}\` is written elsewhere` }
    return
  }
  const reads = siteReads(file, site)
  const answers = situations(file, site, reads.keys).map((situation) => convert(literal, situation))
  const conversion = unanimous(answers)
  if (!conversion)
    yield {
      ...draft,
      notes: ['whether the router is strict or case sensitive is not known, and it matters for this path'],
    }
  else if (conversion.is === 'refused') yield { ...draft, notes: refusal(conversion) }
  else if (conversion.is === 'rewritten') {
    const quote = file.source(path)[0] as Quote
    const edits = [replace(path, pathSource(conversion, quote)), ...readEdits(file, reads, conversion.params)]
    yield {
      ...draft,
      fix: { ...fix('safe', `Write ${pathSource(conversion, quote)}`, ...edits), proof: proofText(conversion.proof) },
      notes: conversion.notes,
    }
  }
}

function* listFinding(
  file: JavaScriptFile,
  site: PathSite,
  list: Node,
  change: PathChange,
  message: string,
): Iterable<Draft> {
  if (list.type !== 'ArrayExpression') return
  const elements = list.elements as readonly (Node | null)[]
  const texts = elements.map((element) => (element ? literalText(unwrap(element)) : undefined))
  const affected = elements.filter((_, index) => texts[index] !== undefined && classify(texts[index]!) === change)
  if (affected.length === 0) return
  // one fix for the whole list, reported once under its first affected change
  const first = texts.find((text) => text !== undefined && classify(text) !== undefined)
  if (first === undefined || classify(first) !== change) return
  const draft = { at: affected[0] as Node, message, evidence: site.use }
  if (texts.some((text) => text === undefined)) {
    yield {
      ...draft,
      notes: ['the list holds paths that are not written out, and Express 4 made one expression of all of them'],
    }
    return
  }
  const reads = siteReads(file, site)
  const answers = situations(file, site, reads.keys).map((situation) => convertAll(texts as string[], situation))
  const conversion = unanimous(answers)
  if (!conversion || conversion.is === 'refused')
    yield { ...draft, notes: conversion?.is === 'refused' ? refusal(conversion) : [] }
  else if (conversion.is === 'rewritten') {
    const edits: DraftEdit[] = []
    for (const [index, element] of elements.entries()) {
      const member = conversion.members[index]
      if (!element || member === undefined) continue
      const quote = file.source(element)[0] as Quote
      const text = [member]
        .flat()
        .map((one) => memberSource(one as never, quote))
        .join(', ')
      if (text !== file.source(element)) edits.push(replace(element, text))
    }
    edits.push(...readEdits(file, reads, conversion.params))
    yield {
      ...draft,
      fix: { ...fix('safe', 'Write the paths of the list anew', ...edits), proof: proofText(conversion.proof) },
      notes: conversion.notes,
    }
  }
}

/** What the handlers read; `unknown` when one cannot be resolved or serves other paths too. */
function siteReads(file: JavaScriptFile, site: PathSite): SiteReads {
  const keys = new Set<string>()
  const numeric: NumericRead[] = []
  let unknown = false
  for (const handler of site.handlers) {
    const { found, complete } = file.functions(handler.type === 'SpreadElement' ? handler.argument : handler)
    if (!complete) unknown = true
    for (const place of found) {
      const reads = readsOf(file, place)
      const registrations = registrationsOf(file, place.module, place.node)
      const shared =
        registrations === undefined ||
        registrations.some(
          ({ call }) =>
            !site.handlers.some((own) => call.start <= own.start && own.end <= call.end) ||
            call.start !== callOf(site, handler),
        )
      if (reads === 'unknown') unknown = true
      else {
        for (const key of reads.keys) keys.add(key)
        if (reads.numeric.length > 0 && shared) unknown = true
        else numeric.push(...reads.numeric)
      }
    }
  }
  return { keys: unknown ? 'unknown' : keys, numeric: unknown ? [] : numeric }
}

/** Where the call starts that a handler is an argument of. */
function callOf(site: PathSite, handler: Node): number {
  let at = handler as Node & { parent?: Node }
  while (at.parent && at.parent.type !== 'CallExpression' && at.parent.type !== 'OptionalCallExpression')
    at = at.parent as typeof at
  return at.parent?.start ?? site.use.call.start
}

/** The settings that the path may be under: the defaults, and where the file speaks of others, those too. */
function situations(file: JavaScriptFile, site: PathSite, reads: SiteReads['keys']): PathSituation[] {
  const base = { kind: site.kind, reads }
  if (!/\bstrict\b\s*:|caseSensitive|strict routing|case sensitive routing/.test(file.text)) return [base]
  return [false, true].flatMap((strict) => [false, true].map((caseSensitive) => ({ ...base, strict, caseSensitive })))
}

/** The answer, when it is the same in every situation. */
function unanimous<C extends Conversion | ArrayConversion>(answers: readonly C[]): C | undefined {
  const text = (answer: C) => JSON.stringify({ ...answer, proof: undefined })
  return answers.every((answer) => text(answer) === text(answers[0]!)) ? answers[0] : undefined
}

function readEdits(
  file: JavaScriptFile,
  reads: SiteReads,
  params: Readonly<Record<string, Parameters<typeof paramRead>[0]>>,
): DraftEdit[] {
  return reads.numeric.flatMap(({ place, node, params: holder, key }) => {
    const fate = params[key]
    if (fate === undefined) return []
    const inline = place.module === file.module && /Expression$/.test(place.node.type)
    const read = paramRead(fate, place.module.source(holder), {
      typescript: /\.[mc]?tsx?$/.test(place.module.path),
      inlineHandler: inline,
    })
    if (typeof read === 'string') return []
    const text = read.parenthesise && isOperand(node) ? `(${read.text})` : read.text
    return [replace(node, bracketStart(file, node, text, place.module), place.module.path)]
  })
}

/** True where an expression with operators needs parentheses around it. */
function isOperand(node: Node): boolean {
  const { parent } = node as Node & { parent?: Node }
  if (!parent) return false
  if (parent.type === 'BinaryExpression') return !(parent.operator === '+' && parent.left === node) || true
  return /^(?:Optional)?(?:Member|Call)Expression$|^Unary|^Await|^Spread|^Conditional|^Logical|^Template|^Tagged|^TS|^Yield/.test(
    parent.type,
  )
    ? !(/CallExpression$/.test(parent.type) && 'callee' in parent && parent.callee !== node) &&
        parent.type !== 'TemplateLiteral' &&
        parent.type !== 'SpreadElement'
    : false
}

function refusal(conversion: {
  readonly reason: string
  readonly differs?: { readonly url: string; readonly v4: string; readonly v5: string } | undefined
}): string[] {
  const { differs } = conversion
  return [
    conversion.reason,
    ...(differs ? [`on ${differs.url} Express 4 gives ${differs.v4}, Express 5 gives ${differs.v5}`] : []),
  ]
}

function proofText(proof: { readonly urls: number; readonly differing: number }): string {
  const same = `same answer on ${proof.urls - proof.differing} of ${proof.urls} URLs`
  return proof.differing === 0 ? `same answer on ${proof.urls} URLs` : `${same}; the others are degenerate`
}
