import { defineChange, type JavaScriptFile, type MemberCall, type Node } from '#kit'
import { Response } from './provider.ts'
import { backs } from './responses/back.ts'
import { statusOf } from './responses/status.ts'

export default defineChange({
  title: "`res.redirect('back')` no longer means the page before",
  why: "`'back'` is an ordinary relative address now: the answer is `Location: back`, which leads to a page that does not exist. Nothing is thrown.",
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#resredirectback-and-reslocationback',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bredirect\b['"`\])]*\s*(?:\?\.|[(</])/],
  names: ['redirect'],
  *find(file) {
    for (const use of file.calls([Response], 'redirect')) yield* backs(file, use, addresses(file, use))
  },
})

/** The arguments that can be the address: both orders are met, and the first one may turn out to be a status. */
function addresses(file: JavaScriptFile, use: MemberCall): Node[] {
  const [first, second] = use.arguments
  if (!first) return []
  if (!second || use.arguments.length !== 2) return use.arguments.length === 1 ? [first] : []
  const { is } = statusOf(file, first)
  if (is === 'number') return [second]
  return is === 'other' ? [first] : [first, second]
}
