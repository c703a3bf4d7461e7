import { defineChange } from '#kit'
import { inPath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'A parameter behind a dot no longer ends at the next one',
  why: '`/feed.:format` matched no second dot: `/feed.a.b` was another route. Express 5 lets the value contain dots; only a regular expression can still exclude them.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inPath(/[.\\][^'"`\s]*:[A-Za-z_]/)],
  find: (file) => pathFindings(file, 'path-dot-format', 'a parameter behind a dot can hold further dots now'),
})
