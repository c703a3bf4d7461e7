import { defineChange, fix, type JavaScriptFile, type MemberCall, type Node, replace } from '#kit'
import { Response } from './provider.ts'
import { isPure, isValidStatus, statusOf } from './responses/status.ts'

export default defineChange({
  title: '`res.redirect(url, status)` was removed',
  why: 'The status comes first now. With the old order Express 5 takes the address for the status and answers 500 when the line runs.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#res.redirect',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bredirect['"`\]]*\s*\(\s*[^)\s]/],
  names: ['redirect'],
  *find(file) {
    for (const use of file.calls([Response], 'redirect')) {
      const [first, second] = use.arguments
      if (!first || !second || use.arguments.length !== 2 || second.type === 'SpreadElement') continue
      const a = statusOf(file, first)
      const b = statusOf(file, second)
      if (a.is === 'number' || a.is === 'numeric-string') continue
      // an address in the second place has always needed a number in the first
      if (b.is === 'other') continue
      yield {
        at: use.property,
        message: 'the status comes first, then the address',
        evidence: use,
        ...rewrite(file, use, first, second),
      }
    }
  },
})

function rewrite(file: JavaScriptFile, use: MemberCall, first: Node, second: Node) {
  const a = statusOf(file, first)
  const b = statusOf(file, second)
  if (b.is !== 'number' && b.is !== 'numeric-string') return {}
  if (b.is === 'number' && !isValidStatus(b.values)) return {}
  if (!isPure(first) && !isPure(second))
    return { notes: ['both arguments have side effects, and their order would change'] }
  const status = b.is === 'numeric-string' ? String(b.value) : file.source(second)
  const swap = fix(
    a.is === 'other' ? 'safe' : 'review',
    'Put the status first',
    replace(first, status),
    replace(second, file.source(first)),
  )
  const isAddress = a.is === 'other' || use.arguments[0]!.type === 'TemplateLiteral'
  return isAddress
    ? { fix: swap }
    : { fix: swap, notes: ['if the first argument can be a number, the order is right as it is'] }
}
