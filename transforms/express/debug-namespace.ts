import { defineChange, fix, replace } from '#kit'
import { debugValues, rewriteDebug } from './environment/debug.ts'

export default defineChange({
  title: '`DEBUG=express:*` no longer shows routing',
  why: 'The router is a package of its own and logs as `router`, `router:layer` and `router:route` instead of `express:router` and below. With the old names nothing of routing is logged, and nothing says so.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#expressrouter-debug-logs',
  fixable: 'sometimes',

  format: ['json', 'yaml', 'dockerfile', 'environment', 'shell', 'javascript'],
  mentions: [/\bDEBUG\b/, /\bdebug\b.*\benable\b/, /\.enable\s*\(\s*['"`][^'"`\n]*express/],
  *find(file, project) {
    if (project.packagesInScope.length === 0) return
    for (const { value, range, where } of debugValues(file)) {
      const rewritten = rewriteDebug(value)
      if (rewritten.is === 'same') continue
      const draft = {
        at: range,
        message: 'routing is logged as `router`, `router:layer` and `router:route`',
        evidence: { certainty: 'proven' as const, steps: [{ what: `${where} of ${file.path}` }] },
      }
      if (rewritten.is === 'unclear') yield { ...draft, notes: ['parts of this value are not known here'] }
      else yield { ...draft, fix: fix('safe', `Write \`${rewritten.value}\``, replace(range, rewritten.value)) }
    }
  },
})
