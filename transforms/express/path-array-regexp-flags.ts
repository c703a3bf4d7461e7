import { defineChange } from '#kit'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'An expression in a list of paths has only its own flags',
  why: 'Express 4 made one case-insensitive expression of a list, so `[/^\\/about$/]` answered `/ABOUT`. Express 5 takes each one as it is written: such URLs get a 404 and nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/[[,]\s*\/[^*/\s]/, /[[,]\s*(?:new\s+)?RegExp\b/],
  find: (file) => pathFindings(file, 'path-array-regexp-flags', 'the expression needs the flag `i` of its own now'),
})
