import { defineChange } from '#kit'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: '`/` in a list of mount paths no longer means every path',
  why: "`app.use(['/', '/admin'], fn)` ran for every URL. Express 5 runs it for `/` itself and below `/admin`: middleware, such as a check of permissions, is skipped for all others and nothing is thrown. The empty path means every URL.",
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\[[^\]]*['"`]\/['"`]/],
  find: (file) => pathFindings(file, 'path-array-slash', 'every path is written as an empty text in a list now'),
})
