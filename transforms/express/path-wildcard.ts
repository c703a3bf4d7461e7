import { defineChange } from '#kit'
import { inPath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'A wildcard in a path needs a name',
  why: 'A bare `*` throws "Missing parameter name" while the application starts. The guide\'s `/*splat` does not match `/`, and the value is a list now, so handlers that read `req.params[0]` change too.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inPath(/\*/)],
  find: (file) => pathFindings(file, 'path-wildcard', 'a wildcard has a name now'),
})
