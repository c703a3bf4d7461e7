import { defineChange } from '#kit'
import { dynamicFindings } from './routes/dynamic.ts'

export default defineChange({
  title: 'A path that is computed must be written for the new syntax',
  why: 'Where a path comes from a configuration, a variable of the environment or a table, its text is not in the code. Any of `* ? + ( ) [ ] ! : { }` in it throws while the application starts, or means something else.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'never',

  format: 'javascript',
  // a path that is no literal, or a method that is none, in a file that speaks of Express at all
  mentions: [
    /^(?=[\s\S]*(?:express|[rR]outer|\bapp\b))[\s\S]*(?:\.\s*(?:use|all|route|get|post|put|patch|delete|head|options)|\])\s*\(\s*(?:[A-Za-z_$([]|['"][^'"\n]*['"]\s*\+|`[^`]*\$\{)/,
    /^(?=[\s\S]*(?:express|[rR]outer|\bapp\b))[\s\S]*\]\s*\(\s*['"`]/,
  ],
  find: dynamicFindings,
})
