import { defineChange, fix, type JavaScriptFile, type MemberCall, type Node, replace } from '#kit'
import { App, Router } from './provider.ts'

export default defineChange({
  title: "`param(':id', fn)` no longer ignores the colon",
  why: 'Express 4 dropped a leading colon from the name. Express 5 takes `:id` as it stands, which no parameter is ever called, so the callback never runs: loaders and permission checks are skipped without an error.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#app.param-name',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bparam\b/],
  names: ['param'],
  *find(file) {
    for (const use of file.calls([App, Router], 'param')) {
      const [name] = use.arguments
      if (!name || use.arguments.length < 2) continue
      const names = name.type === 'ArrayExpression' ? (name.elements.filter(Boolean) as Node[]) : [name]
      for (const one of names) yield* judge(file, use, one)
    }
  },
})

function* judge(file: JavaScriptFile, use: MemberCall, name: Node) {
  const raw = file.source(name)
  if ((name.type === 'StringLiteral' || name.type === 'TemplateLiteral') && raw[1] === ':') {
    yield {
      at: name,
      message: 'the name of the parameter is written without its colon',
      evidence: use,
      fix: fix('safe', 'Drop the colon', replace({ start: name.start + 1, end: name.start + 2 }, '')),
    }
    return
  }
  const known = file.known(name)
  const withColon = known.alternatives.some(
    (v) => v.is === 'primitive' && typeof v.value === 'string' && v.value.startsWith(':'),
  )
  if (withColon)
    yield { at: name, message: 'this value starts with a colon; drop it where it is defined', evidence: use }
  else if (known.value === undefined && name.type !== 'FunctionExpression' && name.type !== 'ArrowFunctionExpression')
    yield { at: name, message: 'make sure that this name never starts with a colon', evidence: use }
}
