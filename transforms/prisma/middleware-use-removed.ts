import { defineChange, isBelow, type ProjectFacts } from '#kit'
import { Client } from './client/kinds.ts'
import { extensionFor } from './client/middleware.ts'

export default defineChange({
  title: '`prisma.$use()` was removed',
  why: 'Middleware gave way to the `query` component of `$extends`, which 4.16 and later have. The call throws "$use is not a function" while the program starts.',
  since: '6.14.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/6.14.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['$use'],
  names: ['$use'],
  *find(file, project) {
    for (const use of file.members([Client], '$use')) {
      const draft = {
        at: use.property,
        message:
          '`$use` is gone; write an extension: `$extends({ query: { $allOperations({ model, operation, args, query }) { … } } })`',
        evidence: use,
      }
      const extension = isTooOld(project)
        ? { why: 'install 4.16 first, which has `$extends`' }
        : extensionFor(file, use)
      if ('fix' in extension) yield { ...draft, ...extension }
      else
        yield {
          ...draft,
          notes: [
            extension.why,
            'the first one that was registered is the outermost, with `$use` and with `$extends`; `$extends` gives a new client back, which has no `$on` and is what has to be used from then on',
            'raw queries are called `$queryRaw`, `$queryRawUnsafe`, `$executeRaw` and `$executeRawUnsafe` there, and `params.action` cannot be changed: call the method of the model that is meant',
          ],
        }
    }
    for (const use of file.destructured([Client], '$use'))
      yield { at: use.property, message: '`$use` is gone; write an extension with `$extends`', evidence: use }
  },
})

/** Before 4.16, `$extends` is a preview feature. */
function isTooOld(project: ProjectFacts): boolean {
  const installed = project.installed('@prisma/client')?.version
  return project.settings.stage === 'before-bump' && installed !== undefined && isBelow(installed, '4.16.0')
}
