import { defineChange, fix, replace } from '#kit'
import { Request } from './provider.ts'

const SINGULAR = ['acceptsCharset', 'acceptsEncoding', 'acceptsLanguage']

export default defineChange({
  title: '`req.acceptsCharset()`, `req.acceptsEncoding()` and `req.acceptsLanguage()` were renamed',
  why: 'The singular names were deprecated aliases and are gone: the call throws "is not a function" when a request reaches it.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#plural-methods',
  fixable: 'always',

  format: 'javascript',
  mentions: SINGULAR,
  names: SINGULAR,
  *find(file) {
    for (const use of file.members([Request], ...SINGULAR)) {
      const plural = `${use.name}s`
      const raw = file.source(use.property)
      const text = use.property.type === 'Identifier' ? plural : raw[0] + plural + raw[0]
      yield {
        at: use.property,
        message: `the method is \`${plural}\` now`,
        evidence: use,
        fix: fix('safe', `Rename to \`${plural}\``, replace(use.property, text)),
      }
    }
    for (const use of file.destructured([Request], ...SINGULAR)) {
      const plural = `${use.name}s`
      const edit = use.property.shorthand
        ? replace({ start: use.property.start, end: use.property.start + use.name.length }, `${plural}: ${use.name}`)
        : replace(use.property.key as unknown as { start: number; end: number }, plural)
      yield {
        at: use.property,
        message: `the method is \`${plural}\` now`,
        evidence: use,
        fix: fix('safe', `Take out \`${plural}\``, edit),
      }
    }
  },
})
