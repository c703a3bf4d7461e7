import { defineChange, fix, replace } from '#kit'
import { App } from './provider.ts'

export default defineChange({
  // What broke, as a statement and not as advice; no full stop.
  title: '`app.old()` was removed',
  // One to three sentences: the mechanism, and what goes wrong in code that is left alone.
  why: 'What the old code relied on is gone. The call throws "app.old is not a function".',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://example.com/the-paragraph-that-says-so',
  fixable: 'always',

  format: 'javascript',
  mentions: ['old'],
  names: ['old'],
  *find(file) {
    for (const use of file.members([App], 'old'))
      yield {
        at: use.property,
        message: '`old` is gone; the method is `new`',
        evidence: use,
        fix: fix('safe', 'Rename to `new`', replace(use.property, 'new')),
      }
  },
})
