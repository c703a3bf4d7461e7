import { defineChange, isFunction, type JavaScriptFile, type Node, unwrap } from '#kit'
import { App, Router } from './provider.ts'

const CHECK =
  "check the value in the callback: `param('id', (req, res, next, value) => (pattern.test(value) ? next() : next('route')))`"

export default defineChange({
  title: '`app.param(fn)` and `router.param(fn)` were removed',
  why: 'The function that was given alone made the callbacks of later calls, so that `param(name, pattern)` could take a regular expression or whatever it knew. Express 5 takes a name and a function, and throws "argument name must be a string" or "argument fn must be a function" while the program starts.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#appparamfn',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\bparam\b/],
  *find(file) {
    for (const use of file.calls([App, Router], 'param')) {
      const [first, second] = use.arguments
      if (!first || first.type === 'SpreadElement' || second?.type === 'SpreadElement') continue
      if (!second && isFunctionValue(file, first))
        yield {
          at: first,
          message: 'there are no functions that make callbacks any more; give each name its own callback',
          evidence: use,
          notes: [CHECK],
        }
      else if (second && isData(file, second))
        yield {
          at: second,
          message: 'only a function can be given for a name; nothing makes one from this any more',
          evidence: use,
          notes: [CHECK],
        }
    }
  },
})

function isFunctionValue(file: JavaScriptFile, node: Node): boolean {
  return isFunction(unwrap(node)) || file.known(node).type === 'function'
}

/** True for what is certainly no function: a pattern, a string, an object. */
function isData(file: JavaScriptFile, node: Node): boolean {
  const { alternatives } = file.known(node)
  return (
    alternatives.length > 0 && alternatives.every((v) => v.is === 'primitive' || v.is === 'object' || v.is === 'array')
  )
}
