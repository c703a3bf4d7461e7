import { defineChange } from '#kit'
import { inPath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'Two parameters of a path need text between them',
  why: '`/:a:b` throws "Missing text before "b" param" while the application starts. Only a regular expression can still split a segment that way.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inPath(/:\w+[^'"`\s/]*:\w/)],
  find: (file) => pathFindings(file, 'path-adjacent-params', 'two parameters need text between them now'),
})
