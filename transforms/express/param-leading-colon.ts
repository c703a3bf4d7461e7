import { defineChange, fix, type JavaScriptFile, type MemberCall, type Node, replace } from '#kit'
import { App, Router } from './provider.ts'

export default defineChange({
  title: "`param(':id', fn)` no longer ignores the colon",
  why: 'Express 4 dropped a leading colon from the name. Express 5 takes `:id` as it stands, which no parameter is ever called, so the callback never runs: loaders and permission checks are skipped without an error.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#leading-colon--in-the-name-for-appparamname-fn',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bparam\b/],
  names: ['param'],
  *find(file) {
    for (const use of file.calls([App, Router], 'param')) {
      const [name] = use.arguments
      if (!name || name.type === 'SpreadElement' || use.arguments.length < 2) continue
      // a router took a list for one name, which never came up
      if (name.type !== 'ArrayExpression') yield* judge(file, use, name)
      else if (use.kind === App) for (const one of name.elements) if (one) yield* judge(file, use, one as Node)
    }
  },
})

function* judge(file: JavaScriptFile, use: MemberCall, name: Node) {
  const raw = file.source(name)
  const names = file.known(name).alternatives
  const isLiteral = name.type === 'StringLiteral' || name.type === 'TemplateLiteral'
  if (isLiteral && /^.:[^:]/.test(raw))
    yield {
      at: name,
      message: 'the name of the parameter is written without its colon',
      evidence: use,
      fix: fix('safe', 'Drop the colon', replace({ start: name.start + 1, end: name.start + 2 }, '')),
    }
  else if (names.some((v) => v.is === 'primitive' && typeof v.value === 'string' && v.value.startsWith(':')))
    yield { at: name, message: 'this value starts with a colon; drop it where it is defined', evidence: use }
  else if (!isLiteral && names.some((v) => v.is === 'unknown' || (v.is === 'primitive' && v.value === undefined)))
    yield { at: name, message: 'make sure that this name never starts with a colon', evidence: use }
  else if (names.some((v) => v.is === 'foreign'))
    file.undecided(use, 'its name is only known when it runs; a leading colon is no longer dropped')
}
