import { defineChange } from '#kit'
import { inPath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'A parameter in a string path has no expression of its own',
  why: '`/:id(\\\\d+)` throws "Unexpected (" while the application starts. Without the expression `/:id` answers every other value too and hides the routes behind it, so the path becomes a regular expression with a named group.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inPath(/:\w+\(/)],
  find: (file) => pathFindings(file, 'path-constraint', 'a parameter cannot have an expression of its own any more'),
})
