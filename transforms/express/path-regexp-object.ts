import { defineChange } from '#kit'
import { regExpFindings } from './routes/regexps.ts'

export default defineChange({
  title: 'Some expressions given as a path are matched in another way',
  why: 'Under `use`, Express 4 let a match end before a dot, and Express 5 only before a slash or at the end. A `\\(` in front of a named group makes Express 5 count the groups wrongly, so the parameter gets another name.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\.\s*(?:use|all|route|get|post|put|patch|delete|head|options)\s*\(\s*(?:\/[^*/\s]|(?:new\s+)?RegExp\b)/],
  find: regExpFindings,
})
