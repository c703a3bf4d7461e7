import { defineChange } from '#kit'
import { isSent, literalsOf, textEvidence } from './text/literals.ts'

/** A text that may be an address with two slashes. */
const TWICE = /['"`]\/[^'"`\s]*\/\//
/** An address without a server, with two slashes in its path: `/api//users`. */
const ADDRESS = /^\/[^/\s?#][^\s?#:]*\/\//

export default defineChange({
  title: 'A second slash behind the path of a mounted router is no longer skipped',
  why: "With `app.use('/api', router)`, Express 4 let `GET /api//users` reach `router.get('/users')`; in Express 5 it answers 404. The other way round, `GET //` reaches `app.get('/')` only in Express 5.",
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/pillarjs/router/blob/master/lib/layer.js',
  fixable: 'never',

  byHand:
    "look for clients that join a base address and a path with a slash too many (`/api//users`): mend them, or let the first middleware do it: `app.use((req, res, next) => { req.url = req.url.replace(/^[^?]+/, (path) => path.replace(/\\/{2,}/g, '/')); next() })`",

  format: 'javascript',
  restsOn: 'dependency',
  mentions: [TWICE],
  mentionsWithoutUses: [TWICE],
  *find(file) {
    for (const literal of literalsOf(file))
      if (ADDRESS.test(literal.text) && isSent(literal.node))
        yield {
          at: literal.node,
          message: 'behind the path of a mounted router, a second slash is no longer skipped: ask with one',
          evidence: textEvidence(file, literal, 'is asked for'),
        }
  },
})
