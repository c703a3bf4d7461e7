import { defineChange } from '#kit'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'An optional parameter is written with braces',
  why: '`/:id?` throws "Unexpected ?" while the application starts. What is optional stands in braces, the slash before it included: `{/:id}`.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/:\w+\?/],
  find: (file) => pathFindings(file, 'path-optional-param', 'an optional parameter is written with braces now'),
})
