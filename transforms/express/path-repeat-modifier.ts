import { defineChange } from '#kit'
import { inPath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: '`*` and `+` behind a parameter are not understood',
  why: '`/:x*` and `/:x+` throw while the application starts. In Express 4 they did not repeat the parameter: `/:x*` is its first segment with a numbered rest, `/:x+` keeps the last segment, and a wildcard in their place gives other values.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inPath(/:\w+(?:\([^)]*\))?[*+]/)],
  find: (file) =>
    pathFindings(file, 'path-repeat-modifier', '`*` and `+` behind a parameter are not understood any more'),
})
