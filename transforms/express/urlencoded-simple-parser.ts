import { defineChange } from '#kit'
import { literalsOf, statementText, textEvidence } from './text/literals.ts'

/** What a form can say of its characters and its compression that was answered with 415. */
const REFUSED = /x-www-form-urlencoded\s*;\s*charset=['"]?iso-8859-1|^(?:br|zstd)$/i

export default defineChange({
  title: 'Forms are read by another parser with `express.urlencoded({ extended: false })`',
  why: 'Express 4 used `querystring`, Express 5 uses `qs` without nesting. All values that were tried are the same, but `req.body` is an ordinary object now, a field called `__proto__` is dropped, and bodies in ISO-8859-1 or compressed with brotli, which were answered with 415, are read.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#expressurlencoded',
  fixable: 'never',
  byHand:
    'Where forms are read with `extended: false`: does anything depend on `req.body` having no prototype, or on 415 for bodies in ISO-8859-1 or with brotli?',

  format: 'javascript',
  restsOn: 'dependency',
  mentions: [/x-www-form-urlencoded\s*;\s*charset=['"]?iso-8859-1/i, /content-encoding/i],
  mentionsWithoutUses: [/x-www-form-urlencoded\s*;\s*charset=['"]?iso-8859-1/i],
  *find(file) {
    for (const literal of literalsOf(file)) {
      const match = REFUSED.exec(literal.text)?.[0]
      const isForm = match?.startsWith('x-') ?? false
      const statement = statementText(file, literal.node)
      if (
        match &&
        (isForm || (/content-encoding/i.test(statement) && /x-www-form-urlencoded|\bform\b/.test(statement)))
      )
        yield {
          at: literal.node,
          message: 'a form like this was answered with 415, and is read now',
          evidence: textEvidence(file, literal, 'is a form that Express 4 did not read'),
        }
    }
  },
})
