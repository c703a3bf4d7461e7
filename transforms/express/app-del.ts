import {
  type Draft,
  defineChange,
  fix,
  isMember,
  type JavaScriptFile,
  type MemberUse,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { App } from './provider.ts'

export default defineChange({
  title: '`app.del()` was removed',
  why: '`del` was an alias of `delete` from the time when `delete` could not be a property name. The call now throws "app.del is not a function" while the application starts.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#appdel',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bdel\b/],
  names: ['del'],
  *find(file) {
    for (const use of file.members([App], 'del')) {
      const quote = file.source(use.property)[0]!
      const name = use.property.type === 'Identifier' ? 'delete' : `${quote}delete${quote}`
      yield {
        at: use.property,
        message: '`del` is gone; the method is `delete`',
        evidence: use,
        ...(obstacle(use) ?? { fix: fix('safe', 'Rename to `delete`', replace(use.property, name)) }),
      }
    }
    for (const use of file.destructured([App], 'del'))
      yield {
        at: use.property,
        message: '`del` is taken out of the application, but is gone; take out `delete` under another name',
        evidence: use,
      }
    yield* computedCalls(file)
  },
})

/** `app[method](path, handler)`, where one of the values that the method is seen to have is `del`. */
function* computedCalls(file: JavaScriptFile): Iterable<Draft> {
  for (const call of file.module.calls) {
    const callee = unwrap(call.callee)
    if (!isMember(callee) || !callee.computed || memberName(callee) !== undefined) continue
    const method = callee.property as Node
    const mayBeDel = file.known(method).alternatives.some((v) => v.is === 'primitive' && v.value === 'del')
    const evidence = mayBeDel && file.evidence(callee.object as Node, [App])
    if (evidence)
      yield { at: method, message: `\`${file.source(method)}\` can be 'del', which is gone: it is 'delete'`, evidence }
  }
}

/** Why another name alone does not mend a use; undefined if it does. */
function obstacle({ node, call, arguments: given }: MemberUse): { readonly notes: readonly string[] } | undefined {
  const parent = parentOf(node)
  if (call && given.length < 2 && given[0]?.type !== 'SpreadElement')
    return { notes: ['a route without handlers did nothing in Express 4; Express 5 throws, also for `delete`'] }
  if (parent?.type === 'AssignmentExpression' && parent.left === node)
    return { notes: ['the program gives the application a `del` of its own'] }
  return undefined
}
