import {
  argumentsOf,
  type DraftEdit,
  type FunctionPlace,
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
import { type ParamFate, paramRead } from '../paths/index.ts'
import { App, Router } from '../provider.ts'
import { isKnownMiddleware } from './middleware.ts'
import { type KeyRead, readsOf } from './reads.ts'
import type { PathSite } from './sites.ts'

/** What all handlers of some sites together do with `req.params`. */
export interface SiteReads {
  readonly keys: ReadonlySet<string> | 'unknown'
  readonly reads: readonly KeyRead[]
  /** Keys whose reads cannot be written in another way. */
  readonly fixed: ReadonlySet<string>
}

const UNKNOWN: SiteReads = { keys: 'unknown', reads: [], fixed: new Set() }

/** What the handlers of the sites of one path read; `unknown` when one cannot be resolved or serves other paths too. */
export function siteReads(file: JavaScriptFile, sites: readonly PathSite[]): SiteReads {
  const keys = new Set<string>()
  const fixed = new Set<string>()
  const reads: KeyRead[] = []
  for (const site of sites)
    for (const handler of site.handlers) {
      const places = placesOf(file, site, handler)
      if (!places) return UNKNOWN
      for (const place of places) {
        const found = readsOf(file, place)
        if (found === 'unknown') return UNKNOWN
        const isFree = found.reads.length === 0 || !isShared(file, sites, place)
        for (const key of found.keys) keys.add(key)
        for (const key of isFree ? found.fixed : found.keys) fixed.add(key)
        if (isFree) reads.push(...found.reads)
      }
    }
  return { keys, reads, fixed }
}

/** The functions that a handler is; undefined when it may be something that reads parameters and cannot be seen. */
function placesOf(file: JavaScriptFile, site: PathSite, handler: Node): readonly FunctionPlace[] | undefined {
  if (isKnownMiddleware(file, handler, site.module) || isRouterOfItsOwn(file, site, handler)) return []
  const { found, complete } = file.functions(handler.type === 'SpreadElement' ? handler.argument : handler, site.module)
  return complete ? found : undefined
}

/** A router that does not take over the parameters of the path it is mounted on. */
function isRouterOfItsOwn(file: JavaScriptFile, site: PathSite, handler: Node): boolean {
  const { alternatives } = file.known(handler, site.module)
  return alternatives.every((v) => {
    if (v.is !== 'kind' || (v.kind !== Router && v.kind !== App) || v.certainty !== 'proven') return false
    const modules = new Set([site.module])
    for (let step = v.trail; step; step = step.next) modules.add(step.module)
    return [...modules].every(({ text }) => !/mergeParams|Router\s*\(\s*(?:[^){\s]|\{[^}]*\.\.\.)/.test(text))
  })
}

/** True if a `param()` callback somewhere in the project may be for a parameter: it gets the value as the path gives it. */
export function hasParamCallback(file: JavaScriptFile, key: string): boolean {
  const name = `['"\`]:?${key.replace(/\W/g, '.')}['"\`]`
  return (
    file.origins.neighbours.mentioning(new RegExp(`\\.param\\s*\\(\\s*(?:\\[[^\\]]*)?${name}`), PARAM_CALLBACK).length >
      0 || file.origins.neighbours.mentioning(COMPUTED_PARAM_CALLBACK, PARAM_CALLBACK).length > 0
  )
}

const PARAM_CALLBACK = /\.param\s*\(/

const COMPUTED_PARAM_CALLBACK =
  /\b(?:app|application|server|router|api)\.param\s*\(\s*(?:[A-Za-z_$][\w$.]*|`[^`]*\$\{[^`]*`)\s*,/

/** True if a handler is, or may be, given to anything else than these sites. */
function isShared(file: JavaScriptFile, sites: readonly PathSite[], place: FunctionPlace): boolean {
  const registrations = registrationsOf(file, place.module, place.node)
  const isOfThese = (module: PathSite['module'], args: readonly Node[]) =>
    sites.some((site) => site.module === module && site.handlers.some((handler) => args.includes(handler)))
  return registrations === undefined || registrations.some(({ module, call }) => !isOfThese(module, argumentsOf(call)))
}

/** The edits that make every read give what it gave before. */
export function readEdits(
  reads: SiteReads,
  params: Readonly<Record<string, ParamFate>>,
  sites: readonly PathSite[],
): DraftEdit[] {
  const isLiteral = sites.every((site) => literalText(unwrap(site.path)) !== undefined)
  return reads.reads.flatMap(({ place, at, node, before, params: holder, key }) => {
    const fate = Object.hasOwn(params, key) ? params[key] : undefined
    if (fate === undefined) return []
    const read = paramRead(fate, holder, {
      typescript: /\.[mc]?tsx?$/.test(place.module.path),
      inlineHandler: isLiteral && isTypedByPath(place),
      quote: quoteOf(place.module),
    })
    if (typeof read === 'string') return []
    if (!node) return [replace(at, before + read.text, place.module.path)]
    const text = read.parenthesise && !standsAlone(node) ? `(${read.text})` : read.text
    return [replace(at, bracketStart(node, text, place.module), place.module.path)]
  })
}

/** True if the types of `req.params` come from the path: the handler stands in the call, without annotations. */
export function isTypedByPath({ node }: FunctionPlace): boolean {
  return (
    isCall(parentOf(node), false) && node.params.every((param) => !('typeAnnotation' in param) || !param.typeAnnotation)
  )
}
