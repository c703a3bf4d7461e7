import { defineChange } from '#kit'
import { inLikelyPath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'Optional text in a path is written with braces',
  why: '`/colou?r` and `/user(s)?` throw "Unexpected ?" or "Unexpected (" while the application starts. What may be missing stands in braces now: `/colo{u}r`.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inLikelyPath(/\?|\([^|'"`]*\)/)],
  find: (file) => pathFindings(file, 'path-optional-text', 'optional text is written with braces now'),
})
