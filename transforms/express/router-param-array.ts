import {
  children,
  type DraftFix,
  defineChange,
  fix,
  isCall,
  type JavaScriptFile,
  type MemberCall,
  type Node,
  parentOf,
  replace,
} from '#kit'
import { Router } from './provider.ts'

const NOTE =
  'in Express 4 the callback never ran: it starts to run now, and may load, refuse or change what passed until today; delete the call where nobody missed it'

export default defineChange({
  title: '`router.param()` is no longer given a list of names',
  why: 'A router of Express 4 took the list for one name, which no parameter has, so the callback never ran; only `app.param()` takes a list. Express 5 throws "argument name must be a string" while the program starts.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#routerparam-with-an-array-of-names',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bparam\b/],
  *find(file) {
    for (const use of file.calls([Router], 'param')) {
      const [names] = use.arguments
      if (!names || names.type === 'SpreadElement' || use.arguments.length < 2) continue
      const { alternatives } = file.known(names)
      const lists = alternatives.filter((v) => v.is === 'array')
      if (lists.length === 0) continue
      const each = lists.length === alternatives.length ? forEach(file, use, names) : undefined
      yield {
        at: names,
        message: 'a router takes one name at a time',
        evidence: use,
        ...(each ? { fix: each } : {}),
        notes: [NOTE],
      }
    }
  },
})

/** `for (const name of names) router.param(name, fn)`, where the call is a statement. */
function forEach(file: JavaScriptFile, { call }: MemberCall, names: Node): DraftFix | undefined {
  const statement = parentOf(call)
  const list = statement && parentOf(statement)
  if (statement?.type !== 'ExpressionStatement' || !/^(?:Program|BlockStatement)$/.test(list?.type ?? ''))
    return undefined
  const callee = call.callee as Node
  if ('object' in callee && isCall(callee.object as Node)) return undefined
  const taken = new Set<string>()
  const visit = (node: Node) => {
    if (node.type === 'Identifier') taken.add(node.name)
    for (const child of children(node)) visit(child)
  }
  visit(call)
  const name = ['name', 'param', 'paramName'].find((candidate) => !taken.has(candidate))
  if (!name) return undefined
  const loop = `for (const ${name} of ${file.source(names)}) `
  return fix(
    'review',
    'Register it for each name',
    replace({ start: statement.start, end: statement.start }, loop),
    replace(names, name),
  )
}
