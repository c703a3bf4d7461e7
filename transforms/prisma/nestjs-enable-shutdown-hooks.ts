import { defineChange } from '#kit'
import { Client } from './client/kinds.ts'

export default defineChange({
  title: '`enableShutdownHooks()` of a Prisma service has nothing to wait for',
  why: 'The method that Nest projects gave their service registered `beforeExit`, which the usual engine no longer has. Since 5, the application ends the connections by its own hooks: `app.enableShutdownHooks()` and `onModuleDestroy`.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-the-beforeexit-hook-from-the-library-engine',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['enableShutdownHooks'],
  names: ['enableShutdownHooks'],
  *find(file) {
    for (const use of file.calls([Client], 'enableShutdownHooks'))
      yield {
        at: use.call,
        message:
          'the service needs no hook of its own any more; call `app.enableShutdownHooks()`, and take the method out',
        evidence: use,
      }
  },
})
