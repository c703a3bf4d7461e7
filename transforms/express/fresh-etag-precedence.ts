import { defineChange } from '#kit'

export default defineChange({
  title: '`If-Modified-Since` is no longer looked at beside `If-None-Match`',
  why: 'Express 4 answered 200 when either of the two headers of a conditional request said that the client has an old copy. Express 5 does as RFC 9110 says: with a matching ETag the answer is 304, whatever the date.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/jshttp/fresh/blob/master/HISTORY.md',
  fixable: 'never',
  byHand:
    'Where ETags are set by hand (`res.set("ETag", …)`) together with Last-Modified: does the ETag change whenever the content does? A matching one alone gives 304 now.',
})
