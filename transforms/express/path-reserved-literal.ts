import { defineChange } from '#kit'
import { inAbsolutePath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: '`!`, `:` and `]` in a path need a backslash',
  why: 'They were plain characters, and throw "Unexpected !" or "Missing parameter name" while the application starts.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inAbsolutePath(/:(?!\w)|[!\]]|\/\/['"`]/)],
  find: (file) =>
    pathFindings(
      file,
      'path-reserved-literal',
      'a plain character of the path has a meaning now and needs a backslash',
    ),
})
