import { defineChange } from '#kit'
import { isCompared, literalsOf, statementText, textEvidence } from './text/literals.ts'

const QUOTED_NAME = /filename=\\?"(?![?*])/

export default defineChange({
  title: 'The file name in `Content-Disposition` is quoted only where it has to be',
  why: 'Since 5.3.0 `res.attachment()` and `res.download()` write `attachment; filename=user.html`, where Express 4 and earlier versions of 5 wrote `filename="user.html"`; names outside ASCII have another fallback. Both mean the same, but tests that compare the header and clients that look for the quotes do not see it.',
  since: '5.3.0',
  breakage: 'silent',
  source: 'https://github.com/jshttp/content-disposition/blob/master/HISTORY.md',
  fixable: 'never',

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
