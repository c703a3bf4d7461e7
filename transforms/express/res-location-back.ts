import { defineChange } from '#kit'
import { Response } from './provider.ts'
import { backs } from './responses/back.ts'

export default defineChange({
  title: "`res.location('back')` no longer means the page before",
  why: "`'back'` is an ordinary relative address now: the header says `Location: back`, which leads to a page that does not exist. Nothing is thrown. The guide writes `req.get` for the request of any handler; where none is in scope, `res.req` has it in both versions.",
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#resredirectback-and-reslocationback',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\blocation\b['"`\])]*\s*(?:\?\.|[(</])/],
  names: ['location'],
  *find(file) {
    for (const use of file.calls([Response], 'location'))
      if (use.arguments.length === 1 && use.arguments[0]?.type !== 'SpreadElement')
        yield* backs(file, use, use.arguments)
  },
})
