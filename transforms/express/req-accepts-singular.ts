import { defineChange, fix, type Node, replace } from '#kit'
import { renamed } from './handlers/layout.ts'
import { Request } from './provider.ts'

const SINGULAR = ['acceptsCharset', 'acceptsEncoding', 'acceptsLanguage']

export default defineChange({
  title: '`req.acceptsCharset()`, `req.acceptsEncoding()` and `req.acceptsLanguage()` were renamed',
  why: 'The singular names were deprecated aliases and are gone: the call throws "is not a function" when a request reaches it.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#pluralized-method-names',
  fixable: 'always',

  format: 'javascript',
  mentions: SINGULAR,
  names: SINGULAR,
  *find(file) {
    for (const use of file.members([Request], ...SINGULAR)) {
      const plural = `${use.name}s`
      yield {
        at: use.property,
        message: `the method is \`${plural}\` now`,
        evidence: use,
        fix: fix('safe', `Rename to \`${plural}\``, replace(use.property, renamed(file, use.property, plural))),
      }
    }
    for (const use of file.destructured([Request], ...SINGULAR)) {
      const plural = `${use.name}s`
      const key = use.property.key as Node
      yield {
        at: use.property,
        message: `the method is \`${plural}\` now`,
        evidence: use,
        fix: fix(
          'safe',
          `Take out \`${plural}\``,
          replace(key, use.property.shorthand ? `${plural}: ${use.name}` : renamed(file, key, plural)),
        ),
      }
    }
  },
})
