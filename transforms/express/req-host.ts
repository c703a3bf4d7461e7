import { defineChange, fix, type Node, parentOf, replace } from '#kit'
import { renamed } from './handlers/layout.ts'
import { Request } from './provider.ts'
import { isTarget } from './requests/writes.ts'

export default defineChange({
  title: '`req.host` has the port in it',
  why: 'In Express 4 `req.host` was a deprecated name of `req.hostname`, without the port. Now it is the host as the client (or a trusted proxy) sent it, `example.com:8080`: comparisons with a domain, lookups of a tenant and cookies for it fail. Nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqhost',
  fixable: 'always',

  format: 'javascript',
  mentions: [/\bhost\b/],
  names: ['host'],
  *find(file) {
    const message = 'the port is part of `host` now; the name without it is `hostname`'
    for (const use of file.members([Request], 'host')) {
      if (isTarget(use.node, parentOf(use.node)!)) continue
      yield {
        at: use.property,
        message,
        evidence: use,
        fix: fix('safe', 'Read `hostname`', replace(use.property, renamed(file, use.property, 'hostname'))),
      }
    }
    for (const use of file.destructured([Request], 'host')) {
      const key = use.property.key as Node
      // `{ host }` and `{ host = 'x' }` keep the name that the code goes on with
      const text = use.property.shorthand ? 'hostname: host' : renamed(file, key, 'hostname')
      yield {
        at: use.property,
        message,
        evidence: use,
        fix: fix('safe', 'Take out `hostname`', replace(key, text)),
      }
    }
  },
})
