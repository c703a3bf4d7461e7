import { defineChange, fix, replace, unwrap } from '#kit'
import { isObject, propertyOf, removeProperty } from './client/literals.ts'
import { madeOf } from './packages/imports.ts'

const PACKAGE = /^@prisma\/instrumentation$/
/** What the instrumentation brought up to 5, and does not from 6 on. */
const BROUGHT = /^@opentelemetry\/(?:api|instrumentation|sdk-trace-base)$/

export default defineChange({
  title: '`PrismaInstrumentation` has no option `middleware`, and brings fewer packages',
  why: 'The option went with `$use`, so that an object literal with it does not compile. From 6.0 on `@opentelemetry/api` is a peer dependency and `@opentelemetry/sdk-trace-base` no longer comes along: what a program imports of them, it has to declare.',
  since: '6.14.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/6.14.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'sometimes',
  stage: 'bump',

  format: 'javascript',
  restsOn: 'dependency',
  mentions: ['@prisma/instrumentation', '@opentelemetry/'],
  *find(file, project) {
    if (!project.inScope) return
    for (const { name, arguments: given, evidence } of madeOf(file, PACKAGE)) {
      const options = name === 'PrismaInstrumentation' && given[0] ? unwrap(given[0]) : undefined
      const property = isObject(options) ? propertyOf(options, 'middleware') : undefined
      if (!property || !isObject(options)) continue
      const isOnly = options.properties.length === 1 && given.length === 1
      const edit = isOnly ? replace(given[0]!, '') : removeProperty(file, options, property)
      yield {
        at: property,
        message: 'the option is gone, and nothing takes its place',
        evidence,
        ...(edit && { fix: fix('safe', 'Take the option out', edit) }),
      }
    }
    if (!project.depends('@prisma/instrumentation')) return
    for (const { specifier, node } of file.module.mentions)
      if (BROUGHT.test(specifier) && !project.provides(specifier))
        yield {
          at: node,
          message: `declare '${specifier}' as a dependency: \`@prisma/instrumentation\` no longer brings it`,
          evidence: {
            certainty: 'proven',
            steps: [{ what: `'${specifier}' is declared nowhere`, at: file.module.locate(node.start) }],
          },
        }
  },
})
