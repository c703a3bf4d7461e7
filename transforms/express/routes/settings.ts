import {
  argumentsOf,
  enclosingFunction,
  isCall,
  isMember,
  type JavaScriptFile,
  type JavaScriptModule,
  literalText,
  type MemberCall,
  memberName,
  type Node,
  unwrap,
} from '#kit'
import { isConditional } from '../applications/holder.ts'
import { App, Router } from '../provider.ts'
import type { PathSite } from './sites.ts'

/** How a router compares: two of the settings of Express. */
export interface Routing {
  readonly strict: boolean
  readonly caseSensitive: boolean
}

const DEFAULT: Routing = { strict: false, caseSensitive: false }
const ANY: readonly Routing[] = [false, true].flatMap((strict) =>
  [false, true].map((caseSensitive): Routing => ({ strict, caseSensitive })),
)
const NAMES = { 'strict routing': 'strict', 'case sensitive routing': 'caseSensitive' } as const
/** The name of a setting, but for where it is only asked for. */
const OF_APPLICATIONS = /(?<!\.(?:enabled|disabled)\(\s*['"`])(?:strict|case sensitive) routing/
/** Routers with options that may be of interest, whoever makes them. */
const OF_ROUTERS = /caseSensitive|Router\s*\(\s*(?:\{[^}]*(?:\bstrict\b|\.\.\.)|[A-Za-z_$])/

/** The settings that a path may be under: one where the code tells, else all four, since the setting may be anywhere. */
export function routingsOf(file: JavaScriptFile, site: PathSite): readonly Routing[] {
  if (site.receiverKind === Router) {
    const options = routerOptions(file, site.module, site.receiver)
    if (options) return [options]
    return file.origins.neighbours.mentioning(OF_ROUTERS).length === 0 ? [DEFAULT] : ANY
  }
  const speaking = file.origins.neighbours.mentioning(OF_APPLICATIONS)
  if (speaking.length === 0) return [DEFAULT]
  const told = speaking.join() === file.path && site.module === file.module ? applicationRouting(file, site) : undefined
  return told ? [told] : ANY
}

/** `express.Router({ strict: true })`, when the router is made in the same file and its options are written out. */
function routerOptions(file: JavaScriptFile, module: JavaScriptModule, receiver: Node): Routing | undefined {
  const made = madeBy(module, receiver)
  if (!made) return undefined
  const [options] = argumentsOf(made)
  if (!options) return DEFAULT
  if (options.type !== 'ObjectExpression') return undefined
  const found = { ...DEFAULT }
  for (const property of options.properties) {
    if (property.type !== 'ObjectProperty' || property.computed) return undefined
    const name = property.key.type === 'Identifier' ? property.key.name : literalText(property.key)
    if (name !== 'strict' && name !== 'caseSensitive') continue
    const { value } = file.known(property.value, module)
    if (typeof value !== 'boolean') return undefined
    found[name] = value
  }
  return found
}

/** The call that makes what a constant, or the start of a chain, stands for. */
export function madeBy(module: JavaScriptModule, receiver: Node) {
  let at = unwrap(receiver)
  for (let call = at; isCall(call, false); call = at) {
    const callee = unwrap(call.callee)
    if (!isMember(callee) || memberName(callee) === 'Router') return call
    at = unwrap(callee.object)
  }
  if (isCall(at)) return at
  if (at.type !== 'Identifier') return undefined
  const binding = module.binding(at)
  const [declaration, another] = binding?.declarations ?? []
  if (!binding || another || declaration?.type !== 'VariableDeclarator' || declaration.id.type !== 'Identifier')
    return undefined
  if (binding.kind !== 'const' && module.references(binding).some(isAssigned)) return undefined
  const init = declaration.init && unwrap(declaration.init)
  return isCall(init) ? init : undefined
}

function isAssigned(reference: Node): boolean {
  const parent = reference.parent
  return parent?.type === 'AssignmentExpression' && parent.left === reference
}

/**
 * The settings of an application, when all of them are set by plain calls in this file, where nothing stands between
 * making the application and its first route. A setting that comes after the first route has no effect.
 */
function applicationRouting(file: JavaScriptFile, site: PathSite): Routing | undefined {
  const calls = file.calls([App], 'set', 'enable', 'disable').filter((use) => settingOf(use) !== undefined)
  if (calls.length !== (file.text.match(new RegExp(OF_APPLICATIONS, 'g'))?.length ?? 0)) return undefined
  const own = bindingOf(file, site.receiver)
  if (!own) return undefined
  const firstUse = Math.min(
    ...file.module.calls.flatMap((call) => {
      const callee = unwrap(call.callee)
      const isRouting = isMember(callee) && !/^(?:set|enable|disable|engine)$/.test(memberName(callee) ?? '')
      return isRouting && bindingOf(file, callee.object as Node) === own ? [call.start] : []
    }),
  )
  const found = { ...DEFAULT }
  for (const use of calls) {
    const binding = bindingOf(file, use.object)
    if (!binding) return undefined
    if (binding !== own || use.call.start > firstUse) continue
    const value = switchedTo(file, use)
    const isHandedOn = file.module.calls.some(
      (call) => call.start < use.call.start && argumentsOf(call).some((argument) => bindingOf(file, argument) === own),
    )
    if (value === undefined || isHandedOn || isConditional(use.call, site.call)) return undefined
    if (enclosingFunction(use.call) !== enclosingFunction(site.call)) return undefined
    found[settingOf(use)!] = value
  }
  return found
}

function settingOf(use: MemberCall): keyof Routing | undefined {
  const name = literalText(use.arguments[0]) ?? ''
  return Object.hasOwn(NAMES, name) ? NAMES[name as keyof typeof NAMES] : undefined
}

function switchedTo(file: JavaScriptFile, use: MemberCall): boolean | undefined {
  if (use.name !== 'set') return use.name === 'enable'
  const value = use.arguments[1] && file.known(use.arguments[1]).value
  return typeof value === 'boolean' ? value : undefined
}

function bindingOf(file: JavaScriptFile, expression: Node) {
  const node = unwrap(expression)
  return node.type === 'Identifier' ? file.module.binding(node) : undefined
}
