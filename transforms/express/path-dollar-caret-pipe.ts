import { defineChange } from '#kit'
import { inLikelyPath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: '`$`, `^` and `|` in a path are plain characters',
  why: 'They were syntax of regular expressions: `/a|/b` was a choice, `/foo$` ended there. Express 5 takes them literally, so the route answers other URLs, and nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inLikelyPath(/\$(?!\{)|\^|\|/)],
  find: (file) =>
    pathFindings(file, 'path-dollar-caret-pipe', {
      message: '`$`, `^` and `|` are plain characters now',
      judge: ({ conversion }) => (conversion.proof.matching > 0 ? 'review' : { because: DEAD }),
    }),
})

const DEAD = 'it matched nothing in Express 4 and answers in Express 5, which may well be what was meant'
