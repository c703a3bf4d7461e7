import { defineChange } from '#kit'

export default defineChange({
  title: 'A Content-Type with a syntax error is read all the same',
  why: '`application/json;`, `application/json;charset` and `text/html; charset` matched nothing in Express 4: `req.is()` was false and the parsers left the body alone. They match now, and the body is parsed.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/jshttp/type-is/blob/master/HISTORY.md',
  fixable: 'never',
  byHand:
    'Does anything refuse requests by `req.is()`, or rely on a body not being parsed, for a Content-Type such as `application/json;`? It is accepted now.',
})
