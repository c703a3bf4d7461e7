import { defineChange } from '#kit'
import { inAbsolutePath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'The name of a parameter must be an identifier',
  why: '`/:2fa` and `/:1` throw "Missing parameter name" while the application starts, and a name goes on over letters such as `é` and `$`, which were text behind it. Other names stand in quotes.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inAbsolutePath(/:(?:\d|\w*(?:\$(?!\{)|[\x80-\uffff]|"))/)],
  find: (file) =>
    pathFindings(file, 'path-bad-name', 'the name of a parameter must be an identifier, or stand in quotes'),
})
