import { defineChange } from '#kit'
import { Request } from './provider.ts'
import { literalsOf, statementText, textEvidence } from './text/literals.ts'

export default defineChange({
  title: '`If-Modified-Since` is no longer looked at beside `If-None-Match`',
  why: 'Express 4 answered 200 when either of the two headers of a conditional request said that the client has an old copy. Express 5 does as RFC 9110 says: with a matching ETag the answer is 304, whatever the date.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/jshttp/fresh/blob/master/HISTORY.md',
  fixable: 'never',
  byHand:
    'Where ETags are set by hand (`res.set("ETag", …)`) together with Last-Modified: does the ETag change whenever the content does? A matching one alone gives 304 now.',

  format: 'javascript',
  restsOn: 'dependency',
  mentions: [/\bfresh\b/, /\bstale\b/, /if-modified-since/i],
  mentionsWithoutUses: [/if-modified-since/i],
  *find(file) {
    for (const use of file.members([Request], 'fresh', 'stale'))
      yield {
        at: use.property,
        message: 'a matching ETag makes a request fresh now, whatever its `If-Modified-Since` says',
        evidence: use.evidence,
      }
    for (const literal of literalsOf(file))
      if (/^if-modified-since$/i.test(literal.text) && /if-none-match/i.test(statementText(file, literal.node)))
        yield {
          at: literal.node,
          message: 'this date is not looked at beside `If-None-Match`: a matching ETag gives 304',
          evidence: textEvidence(file, literal, 'is sent together with `If-None-Match`'),
        }
  },
})
