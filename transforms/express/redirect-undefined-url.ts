import { defineChange, type JavaScriptFile, type Node, unwrap } from '#kit'
import { Response } from './provider.ts'
import { statusOf } from './responses/status.ts'

export default defineChange({
  title: '`res.redirect()` to something that is no string is deprecated',
  why: 'It answers as before (`Location: undefined`), but Express 5 warns: "Provide a url argument", "Url must be a string". Such a redirect leads nowhere in both versions, and a later version will refuse it.',
  since: '5.0.0',
  breakage: 'deprecated',
  source: 'https://github.com/expressjs/express/blob/5.x/lib/response.js',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\bredirect\b['"`\])]*\s*(?:\?\.|[(</])/],
  *find(file) {
    for (const use of file.calls([Response], 'redirect')) {
      if (use.arguments.some(({ type }) => type === 'SpreadElement') || use.arguments.length > 2) continue
      const [first, second] = use.arguments
      const url = second && statusOf(file, first!).is === 'number' ? second : first
      const is = url ? whatIs(file, url) : 'nothing'
      if (!is || (second && url === first)) continue
      yield {
        at: url ?? use.property,
        message: `the address is ${is}, of which Express 5 warns; redirect to a string`,
        evidence: use,
      }
    }
  },
})

/** What an address is that is no string for certain. */
function whatIs(file: JavaScriptFile, url: Node): string | undefined {
  const node = unwrap(url)
  if (node.type === 'NewExpression' && file.source(node.callee) === 'URL') return 'a URL object'
  const { alternatives } = file.known(node)
  const types = new Set(alternatives.map((v) => (v.is === 'primitive' ? v.type : 'other')))
  const [type] = types
  return types.size === 1 && /^(?:undefined|null|number|boolean)$/.test(type ?? '')
    ? `${type === 'undefined' || type === 'null' ? type : `a ${type}`}`
    : undefined
}
