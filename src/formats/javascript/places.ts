import type { Range } from '../../model/finding.ts'
import type { JavaScriptModule } from './module.ts'
import { type CallNode, isCall, isMember, type MemberNode, memberName, type Node, parentOf, unwrap } from './syntax.ts'

/** A call, or a member that is read, as a stack trace finds it. */
export interface CallSite {
  /** What is called: `send` of `res.send(404)`. */
  readonly name: Range
  /** The call with what it is called on and its arguments; for a member that is only read, the member. */
  readonly whole: Range
  /** What it is called on, without parentheses. */
  readonly object?: Range
}

/** A call or member, and what of it a stack trace may point at. */
interface Candidate extends CallSite {
  /** Undefined where the name says nothing: it is worked out, or is that of a variable. */
  readonly called: string | undefined
  /** From behind the object to the bracket of the arguments: engines and source maps point somewhere in it. */
  readonly head: Range
}

/**
 * The call that stands at an offset, as engines say it: of `a.b()` at `b`, of `a['b']()` at the bracket behind it, of
 * `b()` at its start. Undefined where no call of one of these names stands there: then the offset speaks of another text,
 * such as the compiled one. A variable, and a member that is worked out, may be any of them.
 */
export function callSiteAt(module: JavaScriptModule, offset: number, callees: readonly string[]): CallSite | undefined {
  const [innermost] = candidates(module, callees)
    .filter(({ head }) => head.start <= offset && offset <= head.end)
    .sort((a, b) => b.head.start - a.head.start)
  return innermost && siteOf(innermost)
}

/** Every call of one of these names, and everything that may be one. */
export function callSitesIn(module: JavaScriptModule, callees: readonly string[]): readonly CallSite[] {
  return candidates(module, callees).map(siteOf)
}

function siteOf({ name, whole, object }: Candidate): CallSite {
  return { name, whole, ...(object ? { object } : {}) }
}

function candidates(module: JavaScriptModule, callees: readonly string[]): readonly Candidate[] {
  const called = module.calls.flatMap((call) => ofCall(module, call) ?? [])
  const read = callees
    .flatMap((name) => module.membersNamed(name))
    .filter((member) => !isCalled(member))
    .map((member) => ofMember(member, member, member.end))
  return [...called, ...read].filter(({ called: name }) => name === undefined || callees.includes(name))
}

function ofCall(module: JavaScriptModule, call: CallNode): Candidate | undefined {
  const callee = unwrap(call.callee as Node)
  const bracket = module.text.indexOf('(', (call.callee as Node).end)
  const end = bracket < 0 || bracket > call.end ? call.end : bracket
  if (isMember(callee)) {
    const handed = handedOn(callee)
    if (!handed) return ofMember(callee, call, end)
    const { object: _, ...site } = ofMember(handed, call, end)
    return site
  }
  if (callee.type !== 'Identifier') return undefined
  return { called: undefined, name: range(callee), whole: range(call), head: { start: callee.start, end } }
}

function ofMember(member: MemberNode, whole: Node, end: number): Candidate {
  return {
    called: memberName(member),
    name: range(member.property as Node),
    whole: range(whole),
    object: range(unwrap(member.object)),
    head: { start: (member.object as Node).end, end },
  }
}

/** `res.send` of `res.send.call(other, 404)`: it is called on something else. */
function handedOn(callee: MemberNode): MemberNode | undefined {
  const object = unwrap(callee.object)
  return ['call', 'apply'].includes(memberName(callee) ?? '') && isMember(object) ? object : undefined
}

function isCalled(member: MemberNode): boolean {
  const parent = parentOf(member)
  return isCall(parent) && parent.callee === member
}

function range({ start, end }: Node): Range {
  return { start, end }
}
