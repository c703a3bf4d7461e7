import { defineChange } from '#kit'
import { prototypeUses } from './requests/prototype.ts'
import { valuesOf } from './requests/query-values.ts'

export default defineChange({
  title: '`req.query` has no prototype with the default parser',
  why: 'The parser `simple`, which is the default now, makes objects without a prototype: `req.query.hasOwnProperty("x")` throws "is not a function", as do `toString()` and a template literal. `assert.deepStrictEqual(req.query, {…})` and `toStrictEqual` of Jest fail for them, `deepEqual` and `toEqual` do not. With the parser `extended` the objects are ordinary ones.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqquery',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bquery\b/],
  find: (file) => prototypeUses(file, valuesOf(file, 'query'), '`req.query`'),
})
