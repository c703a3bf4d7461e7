import { defineChange } from '#kit'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'A URL as a path is no longer accepted',
  why: '`app.get("https://example.com/x", …)` never matched, as Express compares the path of a request only. Express 5 throws "Missing parameter name" while the application starts.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'never',

  format: 'javascript',
  mentions: [/[([]\s*['"`][A-Za-z][\w+.-]*:\/\//],
  find: (file) => pathFindings(file, 'path-url-as-path', 'a path starts with a slash; this route never matched'),
})
