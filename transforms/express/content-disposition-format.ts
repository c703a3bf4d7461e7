import { defineChange } from '#kit'
import { isCompared, literalsOf, statementText, textEvidence } from './text/literals.ts'
import { isButFor } from './text/symptoms.ts'

/** A name that is a token, which is all that the new version writes without quotes. */
const QUOTED_TOKEN = /(filename=)\\?"([\w!#$&'*+.^`|~-]+)\\?"/g
const QUOTED_NAME = /filename=\\?"(?![?*])/

export default defineChange({
  title: 'The file name in `Content-Disposition` is quoted only where it has to be',
  why: 'Since 5.3.0 `res.attachment()` and `res.download()` write `attachment; filename=user.html`, where Express 4 and earlier versions of 5 wrote `filename="user.html"`; names outside ASCII have another fallback. Both mean the same, but tests that compare the header and clients that look for the quotes do not see it.',
  since: '5.3.0',
  breakage: 'silent',
  source: 'https://github.com/jshttp/content-disposition/blob/master/HISTORY.md',
  fixable: 'never',
  symptom: (difference) =>
    difference.actual.search(QUOTED_TOKEN) < 0 && isButFor(difference, (text) => text.replace(QUOTED_TOKEN, '$1$2')),

  format: 'javascript',
  restsOn: 'dependency',
  mentions: [/filename=/],
  *find(file) {
    for (const literal of literalsOf(file))
      if (
        QUOTED_NAME.test(literal.text) &&
        isCompared(literal.node) &&
        /disposition/i.test(statementText(file, literal.node) + literal.text)
      )
        yield {
          at: literal.node,
          message: 'the name has quotes only where it needs them: compare what it means, or look for `filename="?…"?`',
          evidence: textEvidence(file, literal),
        }
  },
})
