import { defineChange } from '#kit'
import { inPath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'Alternatives in a path are a list of paths',
  why: '`/(a|b)` throws "Unexpected (" while the application starts. Each alternative is a path of its own in a list.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inPath(/\([^)'"`\s]*\|/)],
  find: (file) => pathFindings(file, 'path-alternation', 'alternatives are a list of paths now'),
})
