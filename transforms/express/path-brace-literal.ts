import { defineChange } from '#kit'
import { inAbsolutePath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'Braces in a path are optional text',
  why: '`/u/{id}` matched the braces themselves. In Express 5 they make what they hold optional, so the route answers other URLs, and nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inAbsolutePath(/(?<!\$)\{/)],
  find: (file) => pathFindings(file, 'path-brace-literal', 'braces mean optional text now'),
})
