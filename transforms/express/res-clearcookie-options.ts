import { defineChange, keyName, type Node, unwrap } from '#kit'
import { Response } from './provider.ts'

export default defineChange({
  title: '`maxAge` and `expires` are ignored by `res.clearCookie()`',
  why: 'Express 4 took them over: `clearCookie("n", { maxAge: 1000 })` kept the cookie for a second, and with `expires` in the future it was not cleared at all. Now it always expires at once. Where options are shared with `res.cookie()`, that is what was meant.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#resclearcookie',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\bclearCookie\b/],
  names: ['clearCookie'],
  *find(file) {
    for (const use of file.calls([Response], 'clearCookie')) {
      const options = use.arguments[1] && unwrap(use.arguments[1])
      if (options?.type !== 'ObjectExpression') continue
      for (const property of options.properties) {
        const name = property.type === 'SpreadElement' ? undefined : keyName(property)
        if (name === 'maxAge' || name === 'expires')
          yield {
            at: property as Node,
            message: `\`${name}\` is ignored now: the cookie is cleared at once; remove it, or use \`cookie()\` to keep it for a time`,
            evidence: use,
          }
      }
    }
  },
})
