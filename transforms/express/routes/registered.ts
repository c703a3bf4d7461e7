import { type FunctionNode, type JavaScriptFile, type Node, unwrap } from '#kit'
import { handlerAround, registrationsOf } from '../handlers/handler.ts'
import type { PathMember, RegExpText } from '../paths/index.ts'
import { regExpText } from './regexps.ts'
import { type PathSite, routeOf, siteAt } from './sites.ts'

/** The sites that a handler is given to, as far as they are seen. */
export function sitesOf(file: JavaScriptFile, handler: FunctionNode): readonly PathSite[] {
  const registrations = registrationsOf(file, file.module, handler) ?? []
  return registrations.flatMap(({ module, call }) => siteAt(file, module, call) ?? routeOf(file, module, call) ?? [])
}

/** The handler around a place where its request is read. */
export function handlerOf(file: JavaScriptFile, request: Node): FunctionNode | undefined {
  return handlerAround(file, unwrap(request))
}

/** The paths that a site may have: each one is a list, with more than one member where the site has a list. */
export function pathsOf(file: JavaScriptFile, site: PathSite): readonly (readonly PathMember[])[] {
  const path = unwrap(site.path)
  const written = regExpText(path)
  if (written) return [[written]]
  return file.known(path, site.module).alternatives.flatMap((v): (readonly PathMember[])[] => {
    if (v.is === 'primitive' && typeof v.value === 'string') return [[v.value]]
    if (v.is !== 'array' || v.node.type !== 'ArrayExpression') return []
    return [
      v.node.elements.flatMap((element): (string | RegExpText)[] => {
        const regexp = element ? regExpText(element as Node) : undefined
        const text = element ? file.known(element, v.module).value : undefined
        return regexp ? [regexp] : typeof text === 'string' ? [text] : []
      }),
    ]
  })
}
