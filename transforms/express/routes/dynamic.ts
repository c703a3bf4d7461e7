import {
  argumentsOf,
  type Draft,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  unwrap,
} from '#kit'
import { classify } from '../paths/index.ts'
import { App, Router } from '../provider.ts'
import { holes, piecesOf } from './pieces.ts'
import { type PathSite, pathSites, siteAt } from './sites.ts'

const CONSTRAINT = 'must be plain text: none of * ? + ( ) [ ] ! : { } | ^ $'

/** The paths whose text is not in the code, and the calls of methods whose name is not. */
export function* dynamicFindings(file: JavaScriptFile): Iterable<Draft> {
  for (const site of pathSites(file)) {
    // a name alone is not enough to ask somebody to look at what a call is given
    if (site.evidence.certainty === 'guessed') continue
    for (const path of pathsAt(site)) {
      const open = openPart(file, { ...site, path })
      if (open === undefined) continue
      yield {
        at: path,
        message: 'the text of this path is not known; it has to be written for Express 5',
        evidence: site.evidence,
        notes: [`${open} ${CONSTRAINT}`],
      }
    }
  }
  yield* computedMethods(file)
}

/** The path of a call, or those of a list that is written out. */
function pathsAt(site: PathSite): Node[] {
  const path = unwrap(site.path)
  if (path.type !== 'ArrayExpression') return [site.path]
  return path.elements.flatMap((element) => (element && element.type !== 'SpreadElement' ? [element as Node] : []))
}

/** The part of a path that is not known, in words. */
function openPart(file: JavaScriptFile, site: PathSite): string | undefined {
  const path = unwrap(site.path)
  const isExpression = isCall(path) && path.callee.type === 'Identifier' && path.callee.name === 'RegExp'
  if (isExpression || /^(?:ArrayExpression|RegExpLiteral)$/.test(path.type) || literalText(path) !== undefined)
    return undefined
  const pieced = piecesOf(file, path)
  if (pieced) {
    // what the other changes find, they say more about
    const isTold = pieced.fillings.some((values) => classify(values.join('').replaceAll('/:zq', '/zq')) !== undefined)
    return isTold || holes(pieced) === '' ? undefined : holes(pieced)
  }
  const { alternatives } = file.known(path)
  const isOpen = alternatives.some(
    (v) =>
      v.is === 'unknown' ||
      v.is === 'foreign' ||
      (v.is === 'primitive' && v.type === 'string' && v.value === undefined),
  )
  const isOther = alternatives.some((v) => !/^(?:unknown|foreign|primitive)$/.test(v.is))
  if (!isOpen || isOther) return undefined
  const isText = alternatives.some((v) => v.is === 'primitive' && v.type === 'string')
  if (site.kind === 'use' && !isText && !isCalledPath(path)) return undefined
  return `\`${file.source(path)}\``
}

/** What comes first in `use` is a path or a function, and only its name tells which. */
function isCalledPath(path: Node): boolean {
  const name = isMember(path) ? memberName(path) : path.type === 'Identifier' ? path.name : undefined
  if (isMember(path) && /^process\.env$/.test(envOf(path))) return true
  return /(?:path|prefix|base|mount|mountpoint|endpoint|uri|url)s?$/i.test(name ?? '')
}

function envOf(member: Node): string {
  if (!isMember(member) || !isMember(member.object)) return ''
  const { object } = member.object
  return object.type === 'Identifier' ? `${object.name}.${memberName(member.object)}` : ''
}

/** `app[route.method](route.path, handler)`. */
function* computedMethods(file: JavaScriptFile): Iterable<Draft> {
  for (const call of file.module.calls) {
    const callee = unwrap(call.callee)
    const [path, handler] = argumentsOf(call)
    if (!isMember(callee) || memberName(callee) !== undefined || !path || !handler) continue
    if (literalText(path) !== undefined && classify(literalText(path)!) === undefined) continue
    const evidence = file.evidence(callee.object, [App, Router])
    if (!evidence || evidence.certainty === 'guessed' || siteAt(file, file.module, call)) continue
    yield {
      at: path,
      message: 'the method and the text of this path are not known; it has to be written for Express 5',
      evidence,
      notes: [`\`${file.source(path)}\` ${CONSTRAINT}`],
    }
  }
}
