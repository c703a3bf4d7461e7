import {
  type CallNode,
  defineChange,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  unwrap,
} from '#kit'
import { Router } from './provider.ts'

const CURE =
  'give it a third argument, `(err) => { if (err) throw err }`, or put the router into an application: `express().use(router)`'

export default defineChange({
  title: 'A router is no longer called without a callback',
  why: '`router(req, res)`, `router.handle(req, res)`, `http.createServer(router)` and `server.on("request", router)` worked in Express 4 while a route answered. Express 5 throws "argument callback is required" for every request.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://github.com/pillarjs/router/blob/master/index.js',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\b[Rr]outer\b/],
  *find(file) {
    for (const use of file.calls([Router], 'handle'))
      if (isShort(use.arguments) && !isPrivate(use.node.object as Node))
        yield { at: use.property, message: '`router.handle` needs a callback now', evidence: use, notes: [CURE] }
    for (const use of file.callsOf(Router))
      if (isShort(use.arguments))
        yield { at: use.call.callee as Node, message: 'a router needs a callback now', evidence: use, notes: [CURE] }
    for (const call of file.module.calls)
      for (const argument of call.arguments as unknown as readonly Node[]) {
        const given = unwrap(argument)
        if (given.type !== 'Identifier' && !isMember(given) && !isCall(given, false)) continue
        const server = isListener(call, argument) ? 'the event `request`' : serves(file, call.callee as Node)
        const evidence = server && file.evidence(argument, [Router])
        if (evidence)
          yield {
            at: argument,
            message: `${server} calls the router without a callback`,
            evidence: { certainty: evidence.certainty, steps: evidence.steps },
            notes: ['put the router into an application: `express().use(router)`'],
          }
      }
  },
})

function isShort(given: readonly Node[]): boolean {
  return given.length === 2 && given.every(({ type }) => type !== 'SpreadElement')
}

/** `app._router.handle(req, res)` has a change of its own. */
function isPrivate(object: Node): boolean {
  return isMember(object) && memberName(object) === '_router'
}

/** `server.on('request', router)`: whoever emits the event has no callback to hand over. */
function isListener(call: CallNode, argument: Node): boolean {
  const callee = unwrap(call.callee as Node)
  const [event, listener] = call.arguments as unknown as readonly Node[]
  return (
    listener === argument &&
    literalText(event) === 'request' &&
    isMember(callee) &&
    /^(?:on|once|addListener|prependListener)$/.test(memberName(callee) ?? '')
  )
}

/** What calls the functions that it is given with a request and a response alone. */
function serves(file: JavaScriptFile, callee: Node): string | undefined {
  const name = isMember(callee) ? memberName(callee) : callee.type === 'Identifier' ? callee.name : undefined
  const from = file
    .known(callee)
    .alternatives.flatMap((v) => (v.is === 'foreign' ? [v.what] : []))
    .join()
  if (/^create(?:Secure)?Server$/.test(name ?? '') && /Node's '(?:node:)?https?2?'/.test(from)) return '`createServer`'
  return /the package 'supertest'/.test(from) ? '`supertest`' : undefined
}
