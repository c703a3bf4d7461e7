import {
  type Draft,
  type DraftEdit,
  fix,
  type JavaScriptFile,
  literalText,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { quoteOf } from '../handlers/layout.ts'
import {
  type ArrayChange,
  type ArrayConversion,
  type Conversion,
  classify,
  memberSource,
  type PathMember,
  type PathStyle,
  pathSource,
  type Quote,
} from '../paths/index.ts'
import { type Answer, answerFor, answerForList, proofText } from './answer.ts'
import { type Constant, constantAt, constants } from './constants.ts'
import { answerForPieces, editsOfPieces, holes, type Pieced, piecesOf } from './pieces.ts'
import { regExpText } from './regexps.ts'
import { type PathSite, pathSites } from './sites.ts'

/** What a change adds to what is said of its paths. */
export interface PathChangeOptions {
  /** What to do here; lower case, no full stop. */
  readonly message: string
  /** May lower the trust in a rewrite, or say why a person has to decide instead. */
  readonly judge?: (rewrite: PathRewrite) => 'safe' | 'review' | { readonly because: string }
}

/** A rewrite of one path, before it is written. */
export interface PathRewrite {
  readonly text: string
  readonly conversion: Extract<Conversion, { is: 'rewritten' }>
  readonly sites: readonly PathSite[]
  /** The keys of `req.params` that the handlers read. */
  readonly keys: ReadonlySet<string> | 'unknown'
}

interface Search extends PathChangeOptions {
  readonly file: JavaScriptFile
  readonly change: ArrayChange
}

/** The findings of one kind of path: every path that falls under the change, with a proven rewrite where there is one. */
export function* pathFindings(
  file: JavaScriptFile,
  change: ArrayChange,
  options: PathChangeOptions | string,
): Iterable<Draft> {
  const search: Search = { file, change, ...(typeof options === 'string' ? { message: options } : options) }
  for (const site of pathSites(file)) {
    const path = unwrap(site.path)
    if (path.type === 'ArrayExpression') yield* listFinding(search, path, [site])
    else if (literalText(path) !== undefined && path.type !== 'NumericLiteral') yield* textFinding(search, path, [site])
    else yield* piecedFinding(search, path, [site])
  }
  const isInList = (list: Node) =>
    list.type === 'ArrayExpression' &&
    list.elements.some((element) => {
      const member = element ? pathMember(unwrap(element as Node)) : undefined
      return member !== undefined && isAffected(member, change, undefined)
    })
  for (const constant of constants(file, (text) => affects(change, text), isInList))
    yield* constantFinding(search, constant)
}

/** True if a path falls under a change and is not written for Express 5 already. */
function affects(change: ArrayChange, path: string): boolean {
  return !isNewSyntax(path) && classify(path) === change
}

/** Braces around a parameter, a wildcard or a slash, and names in quotes, are how Express 5 writes it. */
function isNewSyntax(path: string): boolean {
  return /\{[^{}]*[:*][\w"][^{}]*\}|\{\/[^{}]*\}|[:*]"[^"]+"/.test(path)
}

function* textFinding(search: Search, literal: Node, sites: readonly PathSite[]): Iterable<Draft> {
  const { file, change, message } = search
  const text = literalText(literal)
  if (text === undefined || !affects(change, text)) return
  const draft = { at: literal, message, evidence: sites[0]!.evidence }
  const answer = answerFor(file, text, sites)
  if (answer.is === 'refused') yield { ...draft, notes: answer.notes }
  if (answer.is !== 'rewritten') return
  const { conversion, edits } = answer
  const verdict = search.judge?.({ text, conversion, sites, keys: answer.keys }) ?? 'safe'
  if (typeof verdict === 'object') return yield { ...draft, notes: [verdict.because, ...conversion.notes] }
  const source = pathSource(conversion, styleAt(file, literal))
  // `'/x' as string` says that it is one
  if (conversion.form !== 'string' && parentOf(literal)?.type === 'TSAsExpression')
    return yield { ...draft, notes: [TYPE, `Express 5 takes ${source}`] }
  yield {
    ...draft,
    fix: {
      ...fix(verdict, `Write ${source}`, replace(literal, source), ...edits),
      proof: proofText(conversion.proof),
    },
    notes: conversion.notes,
  }
}

function* listFinding(search: Search, list: Node, sites: readonly PathSite[]): Iterable<Draft> {
  if (list.type !== 'ArrayExpression') return
  const { file, change, message } = search
  const elements = list.elements as readonly (Node | null)[]
  const members = elements.map((element) => (element ? pathMember(unwrap(element)) : undefined))
  const first = members.findIndex((member) => member !== undefined && isAffected(member, change, sites))
  if (members.includes(undefined) && elements.length > 1) {
    const listed = elements.map((element, index) => {
      if (members[index] !== undefined || !element || element.type === 'SpreadElement') return members[index]
      return piecesOf(file, unwrap(element))
    })
    if (listed.every((one) => one !== undefined)) return yield* piecedListFinding(search, elements, listed, sites)
  }
  if (first < 0) return yield* openElements(search, elements, sites)
  const draft = { at: elements[first] as Node, message, evidence: sites[0]!.evidence }
  if (members.includes(undefined)) return yield { ...draft, notes: [OPEN_LIST] }
  const answer: Answer<Extract<ArrayConversion, { is: 'rewritten' }>> = answerForList(
    file,
    members as readonly PathMember[],
    sites,
  )
  if (answer.is === 'refused') yield { ...draft, notes: answer.notes }
  if (answer.is !== 'rewritten') return
  const { conversion } = answer
  if (isOfLists(change) && !conversion.members.some((member) => member.change === change)) return
  const edits = memberEdits(file, elements, conversion)
  yield {
    ...draft,
    fix: {
      ...fix('safe', 'Write the paths of the list anew', ...edits, ...answer.edits),
      proof: proofText(conversion.proof),
    },
    notes: conversion.notes,
  }
}

/** A list some of whose paths are put together: the same new pieces for everything that their holes were filled with. */
function* piecedListFinding(
  search: Search,
  elements: readonly (Node | null)[],
  members: readonly (PathMember | Pieced)[],
  sites: readonly PathSite[],
): Iterable<Draft> {
  const { file, change, message } = search
  const pieced = members.filter(isPieced)
  const first = members.findIndex((member) =>
    isPieced(member)
      ? member.fillings.some((values) => affects(change, values.join('')))
      : isAffected(member, change, sites),
  )
  if (first < 0) return
  const draft = { at: elements[first] as Node, message, evidence: sites[0]!.evidence }
  const open = holes(...pieced)
  const depends = { ...draft, notes: [open ? `what has to change depends on the value of ${open}` : OPEN_LIST] }
  const found: {
    readonly edits: readonly DraftEdit[]
    readonly notes: readonly string[]
    urls: number
    differing: number
  }[] = []
  for (let filling = 0; filling < Math.max(...pieced.map(({ fillings }) => fillings.length)); filling++) {
    const values = members.map((member) => (isPieced(member) ? member.fillings[filling % member.fillings.length]! : []))
    const texts = members.map((member, index) => (isPieced(member) ? values[index]!.join('') : member))
    const answer: Answer<Extract<ArrayConversion, { is: 'rewritten' }>> = answerForList(file, texts, sites)
    if (answer.is === 'refused') return yield { ...draft, notes: answer.notes }
    if (answer.is === 'same') return yield depends
    const { conversion } = answer
    const own = members.map((member, index) => {
      const { value, change: changed } = conversion.members[index]!
      if (!isPieced(member))
        return memberEdits(file, [elements[index]!], { ...conversion, members: [conversion.members[index]!] })
      const [text, another] = value
      if (changed === undefined) return []
      return typeof text === 'string' && another === undefined ? editsOfPieces(member, values[index]!, text) : undefined
    })
    if (own.includes(undefined)) return yield { ...draft, notes: [OPEN_LIST] }
    found.push({
      edits: [...own.flatMap((edits) => edits ?? []), ...answer.edits],
      notes: conversion.notes,
      ...conversion.proof,
    })
  }
  const [one] = found
  if (!one) return
  if (found.some(({ edits }) => JSON.stringify(edits) !== JSON.stringify(one.edits))) return yield depends
  const total = (key: 'urls' | 'differing') => found.reduce((sum, each) => sum + each[key], 0)
  const condition = `${open} must be plain text: none of * ? + ( ) [ ] ! : { } | ^ $`
  yield {
    ...draft,
    fix: {
      ...fix(open ? 'review' : 'safe', 'Write the paths of the list anew', ...one.edits),
      proof: proofText({ urls: total('urls'), differing: total('differing') }),
    },
    notes: open ? [condition, ...one.notes] : one.notes,
  }
}

function isPieced(member: PathMember | Pieced): member is Pieced {
  return typeof member === 'object' && 'pieces' in member
}

const OPEN_LIST = 'the list holds paths that are not written out, and Express 4 made one expression of all of them'

/** The elements of a list that are put together, or known without being written there. One alone is like no list. */
function* openElements(
  search: Search,
  elements: readonly (Node | null)[],
  sites: readonly PathSite[],
): Iterable<Draft> {
  for (const element of elements) {
    if (!element || element.type === 'SpreadElement' || pathMember(unwrap(element)) !== undefined) continue
    for (const draft of piecedFinding(search, unwrap(element), sites))
      if (elements.length === 1) yield draft
      else yield { at: draft.at, message: draft.message, evidence: draft.evidence, notes: [OPEN_LIST] }
  }
}

/** True for a change that a path has only in a list. */
function isOfLists(change: ArrayChange): boolean {
  return change === 'path-array-regexp-flags' || change === 'path-array-slash'
}

/** Without sites: if it may be affected at some. */
function isAffected(member: PathMember, change: ArrayChange, sites: readonly PathSite[] | undefined): boolean {
  if (typeof member !== 'string') return change === 'path-array-regexp-flags' && member.flags !== 'i'
  if (change === 'path-array-slash') return member === '/' && sites?.some((site) => site.kind === 'use') !== false
  return affects(change, member)
}

function memberEdits(
  file: JavaScriptFile,
  elements: readonly (Node | null)[],
  conversion: Extract<ArrayConversion, { is: 'rewritten' }>,
): DraftEdit[] {
  return elements.flatMap((element, index) => {
    const member = conversion.members[index]
    if (!element || member?.change === undefined) return []
    const text = member.value.map((one) => memberSource(one, styleAt(file, element))).join(', ')
    return text === file.source(element) ? [] : [replace(element, text)]
  })
}

/** A path that is a template, a concatenation, or a value whose text is known but stands somewhere else. */
function* piecedFinding(search: Search, path: Node, sites: readonly PathSite[]): Iterable<Draft> {
  const { file, change, message } = search
  const draft = { at: path, message, evidence: sites[0]!.evidence }
  const pieced = piecesOf(file, path)
  if (!pieced) return yield* computedFinding(search, path, sites[0]!)
  const affected = pieced.fillings.find((values) => affects(change, values.join('')))
  if (!affected) return
  const answer = answerForPieces(file, pieced, sites)
  if (answer.is === 'refused') return yield { ...draft, notes: answer.notes }
  if (answer.is !== 'rewritten') return
  const { conversion, edits, urls = 0 } = answer
  const verdict = search.judge?.({ text: affected.join(''), conversion, sites, keys: answer.keys }) ?? 'safe'
  if (typeof verdict === 'object') return yield { ...draft, notes: [verdict.because, ...conversion.notes] }
  const open = holes(pieced)
  const condition = `${open} must be plain text: none of * ? + ( ) [ ] ! : { } | ^ $`
  yield {
    ...draft,
    fix: {
      ...fix(open ? 'review' : verdict, 'Write the text of the path anew', ...edits),
      proof: proofText({ urls, differing: conversion.proof.differing }),
    },
    notes: open ? [condition, ...conversion.notes] : conversion.notes,
  }
}

/** A text that is known, and that no literal of the project is the source of. */
function* computedFinding(search: Search, path: Node, site: PathSite): Iterable<Draft> {
  const { file, change, message } = search
  for (const v of file.known(path).alternatives) {
    if (v.is !== 'primitive' || typeof v.value !== 'string' || !affects(change, v.value)) continue
    if (v.at && constantAt(file, v.at.node, v.at.module)?.sites.some((one) => one.call === site.call)) continue
    yield {
      at: path,
      message,
      evidence: site.evidence,
      notes: [`its text is put together or written elsewhere: \`${v.value}\``],
    }
    return
  }
}

function* constantFinding(search: Search, { node, sites, other }: Constant): Iterable<Draft> {
  const { file } = search
  const finding =
    node.type === 'ArrayExpression' ? listFinding : literalText(node) === undefined ? piecedFinding : textFinding
  const drafts = finding(search, node, sites)
  for (const draft of drafts) {
    const places = sites.map(({ module, call }) => `${module.path}:${module.locate(call.start).line}`)
    const notes = [...(draft.notes ?? []), `it is the path at ${[...new Set(places)].join(', ')}`]
    const blocked = other ?? (draft.fix && changesType(file, node, draft.fix.edits) ? TYPE : undefined)
    yield blocked === undefined
      ? { ...draft, notes }
      : { at: draft.at, message: draft.message, evidence: draft.evidence, notes: [blocked, ...notes] }
  }
}

const TYPE = 'it is typed as text, and only a regular expression or a list can say the same'

/** True if a string of a TypeScript file, or of an enum, would become something else. */
function changesType(file: JavaScriptFile, node: Node, edits: readonly DraftEdit[]): boolean {
  const isText = edits.every((edit) => edit.start !== node.start || /^['"`]/.test(edit.text))
  return !isText && (file.isTypeScript || node.parent?.type === 'TSEnumMember')
}

/** A path of a list as it is written: a text or a regular expression; undefined for anything else. */
function pathMember(node: Node): PathMember | undefined {
  const regexp = regExpText(node)
  if (regexp) return regexp
  return node.type === 'NumericLiteral' ? undefined : literalText(node)
}

function styleAt(file: JavaScriptFile, node: Node): PathStyle {
  const quote = (/^['"`]/.exec(file.source(node))?.[0] ?? quoteOf(file.module)) as Quote
  return { quote, withoutNamedGroups: file.refusesNamedGroups }
}
