import { defineChange } from '#kit'

export default defineChange({
  title: 'Forms are read by another parser with `express.urlencoded({ extended: false })`',
  why: 'Express 4 used `querystring`, Express 5 uses `qs` without nesting. All values that were tried are the same, but `req.body` is an ordinary object now, a field called `__proto__` is dropped, and bodies in ISO-8859-1 or compressed with brotli, which were answered with 415, are read.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#expressurlencoded',
  fixable: 'never',
  byHand:
    'Where forms are read with `extended: false`: does anything depend on `req.body` having no prototype, or on 415 for bodies in ISO-8859-1 or with brotli?',
})
