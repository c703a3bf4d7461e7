import { defineChange } from '#kit'
import { literalsOf, statementText, textEvidence } from './text/literals.ts'

/** A content type with something missing behind its semicolon. */
const BROKEN = /^[\w.+-]+\/[\w.+*-]+\s*;\s*(?:[\w-]+\s*)?$/

export default defineChange({
  title: 'A Content-Type with a syntax error is read all the same',
  why: '`application/json;`, `application/json;charset` and `text/html; charset` matched nothing in Express 4: `req.is()` was false and the parsers left the body alone. They match now, and the body is parsed.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/jshttp/type-is/blob/master/HISTORY.md',
  fixable: 'never',
  byHand:
    'Does anything refuse requests by `req.is()`, or rely on a body not being parsed, for a Content-Type such as `application/json;`? It is accepted now.',

  format: 'javascript',
  restsOn: 'dependency',
  mentions: [/\w\/[\w.+*-]+\s*;\s*(?:[\w-]+\s*)?['"`]/],
  mentionsWithoutUses: [/\w\/[\w.+*-]+\s*;\s*(?:[\w-]+\s*)?['"`]/],
  *find(file) {
    for (const literal of literalsOf(file))
      if (BROKEN.test(literal.text) && /content-?type|\.type\(/i.test(statementText(file, literal.node)))
        yield {
          at: literal.node,
          message: 'this content type was no match in Express 4, and the body was left alone; it is read now',
          evidence: textEvidence(file, literal, 'is a content type with something missing'),
        }
  },
})
