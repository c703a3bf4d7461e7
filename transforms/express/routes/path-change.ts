import {
  argumentsOf,
  type Draft,
  type DraftEdit,
  type FunctionPlace,
  fix,
  isCall,
  type JavaScriptFile,
  literalText,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { standsAlone } from '../handlers/expressions.ts'
import { registrationsOf } from '../handlers/handler.ts'
import { bracketStart, quoteOf } from '../handlers/layout.ts'
import {
  type ArrayConversion,
  type Conversion,
  classify,
  convert,
  convertAll,
  memberSource,
  type PathChange,
  type PathMember,
  type PathSituation,
  paramRead,
  pathSource,
  type Quote,
} from '../paths/index.ts'
import { type NumericRead, readsOf } from './reads.ts'
import { type PathSite, pathSites } from './sites.ts'
import { isKnownMiddleware, writtenElsewhere } from './texts.ts'

const UNSETTLED = 'whether the router is strict or case sensitive is not known, and it matters for this path'

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
  const draft = { at: path, message, evidence: site.use }
  if (literal === undefined) {
    const text = writtenElsewhere(file, path).find((known) => affects(change, known))
    if (text !== undefined) yield { ...draft, notes: [`its text is put together or written elsewhere: \`${text}\``] }
    return
  }
  if (!affects(change, literal)) return
  const reads = siteReads(file, site)
  const answers = situations(file, site, reads.keys).map((situation) => convert(literal, situation))
  const conversion = unanimous(answers)
  if (!conversion)
    yield {
      ...draft,
      notes: [UNSETTLED],
    }
  else if (conversion.is === 'refused') yield { ...draft, notes: refusal(conversion) }
  else if (conversion.is === 'rewritten') {
    const quote = file.source(path)[0] as Quote
    const edits = [replace(path, pathSource(conversion, quote)), ...readEdits(reads, conversion.params)]
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
  const members = elements.map((element) => (element ? pathMember(unwrap(element)) : undefined))
  const first = members.findIndex((member) => typeof member === 'string' && affects(change, member))
  if (first < 0) return
  const draft = { at: elements[first] as Node, message, evidence: site.use }
  if (members.some((member) => member === undefined)) {
    yield {
      ...draft,
      notes: ['the list holds paths that are not written out, and Express 4 made one expression of all of them'],
    }
    return
  }
  const reads = siteReads(file, site)
  const answers = situations(file, site, reads.keys).map((situation) => convertAll(members as PathMember[], situation))
  const conversion = unanimous(answers)
  if (!conversion || conversion.is === 'refused')
    yield { ...draft, notes: conversion ? refusal(conversion) : [UNSETTLED] }
  else if (conversion.is === 'rewritten') {
    const edits: DraftEdit[] = []
    for (const [index, element] of elements.entries()) {
      const member = conversion.members[index]
      if (!element || member?.change === undefined) continue
      const quote = /^['"`]/.exec(file.source(element))?.[0] ?? quoteOf(file.module)
      const text = member.value.map((one) => memberSource(one, quote as Quote)).join(', ')
      if (text !== file.source(element)) edits.push(replace(element, text))
    }
    edits.push(...readEdits(reads, conversion.params))
    yield {
      ...draft,
      fix: { ...fix('safe', 'Write the paths of the list anew', ...edits), proof: proofText(conversion.proof) },
      notes: conversion.notes,
    }
  }
}

/** True if a path falls under a change and is not written for Express 5 already. */
function affects(change: PathChange, path: string): boolean {
  return !isNewSyntax(path) && classify(path) === change
}

/** Braces around a parameter or a wildcard are how Express 5 writes it; in Express 4 they were plain characters. */
function isNewSyntax(path: string): boolean {
  return /\{[^{}]*[:*]\w[^{}]*\}/.test(path)
}

/** A path of a list as it is written: a text or a regular expression; undefined for anything else. */
function pathMember(node: Node): PathMember | undefined {
  return node.type === 'RegExpLiteral' ? { source: node.pattern, flags: node.flags } : literalText(node)
}

/** What the handlers read; `unknown` when one cannot be resolved or serves other paths too. */
function siteReads(file: JavaScriptFile, site: PathSite): SiteReads {
  const keys = new Set<string>()
  const numeric: NumericRead[] = []
  let unknown = false
  for (const handler of site.handlers) {
    if (isKnownMiddleware(file, handler)) continue
    const { found, complete } = file.functions(handler.type === 'SpreadElement' ? handler.argument : handler)
    if (!complete) unknown = true
    for (const place of found) {
      const reads = readsOf(file, place)
      if (reads === 'unknown' || (reads.numeric.length > 0 && isShared(file, site, place))) unknown = true
      else {
        for (const key of reads.keys) keys.add(key)
        numeric.push(...reads.numeric)
      }
    }
  }
  return { keys: unknown ? 'unknown' : keys, numeric: unknown ? [] : numeric }
}

/** True if a handler is, or may be, given to anything else than this one path. */
function isShared(file: JavaScriptFile, site: PathSite, place: FunctionPlace): boolean {
  const registrations = registrationsOf(file, place.module, place.node)
  return (
    registrations === undefined ||
    registrations.some(
      ({ module, call }) =>
        module !== file.module || !site.handlers.some((handler) => argumentsOf(call).includes(handler)),
    )
  )
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

function readEdits(reads: SiteReads, params: Readonly<Record<string, Parameters<typeof paramRead>[0]>>): DraftEdit[] {
  return reads.numeric.flatMap(({ place, node, params: holder, key }) => {
    const fate = params[key]
    if (fate === undefined) return []
    const read = paramRead(fate, place.module.source(holder), {
      typescript: /\.[mc]?tsx?$/.test(place.module.path),
      inlineHandler: isTypedByPath(place),
      quote: quoteOf(place.module),
    })
    if (typeof read === 'string') return []
    const text = read.parenthesise && !standsAlone(node) ? `(${read.text})` : read.text
    return [replace(node, bracketStart(node, text, place.module), place.module.path)]
  })
}

/** True if the types of `req.params` come from the path: the handler stands in the call, without annotations. */
function isTypedByPath({ node }: FunctionPlace): boolean {
  return (
    isCall(parentOf(node), false) && node.params.every((param) => !('typeAnnotation' in param) || !param.typeAnnotation)
  )
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
