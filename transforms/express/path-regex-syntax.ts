import { defineChange } from '#kit'
import { inLikelyPath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'Expression syntax in a string path is not understood',
  why: '`[`, `+`, `\\d` and the like went to the RegExp engine as they stood. Now they throw while the application starts, or are plain characters.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inLikelyPath(/[[+]|\\\\\w|\(\?|\/\.:|\?\?|\([^)'"`\s]*['"`]/)],
  find: (file) => pathFindings(file, 'path-regex-syntax', 'a string path holds no regular expression any more'),
})
