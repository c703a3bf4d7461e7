import { defineChange } from '#kit'
import { omittedFindings } from './routes/omitted.ts'

export default defineChange({
  title: 'A parameter that the URL leaves out is no longer a key of `req.params`',
  why: 'Express 4 gave every parameter of the path a key, with `undefined` where the URL had none. Express 5 leaves the key out: `in`, `Object.keys()`, `hasOwnProperty()` and a spread over defaults give another result, and nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\bparams\b/],
  find: omittedFindings,
})
