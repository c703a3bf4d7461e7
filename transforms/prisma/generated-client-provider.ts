import { defineChange, fix, type Range, replace } from '#kit'
import { settingOf, stringOf } from './schema/facts.ts'
import { clientGenerators, concerns, reaches, standsIn } from './schema/project.ts'

export default defineChange({
  title: 'A client must not be generated into the package `@prisma/client`',
  why: 'An `output` that leads to `node_modules/@prisma/client` is refused ("not allowed"). Without `output`, `prisma-client-js` is generated into `node_modules/.prisma/client` as before, and stays the right generator for 6: `prisma-client` is another one, which wants an `output` and loads no `.env`.',
  since: '6.0.0',
  breakage: 'throws',
  source: 'https://www.prisma.io/docs/orm/prisma-schema/overview/generators',
  guideSays: 'Its newer examples have the generator `prisma-client`, which an upgrade from 4 does not need.',
  fixable: 'sometimes',

  format: 'prisma',
  mentions: ['@prisma/client', 'prisma-client'],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '6.0.0')) return
    for (const generator of clientGenerators(file)) {
      const output = settingOf(generator, 'output')
      const provider = settingOf(generator, 'provider')
      const evidence = standsIn(file, `the generator ${generator.name.text}`)
      if (provider && stringOf(provider.value) === 'prisma-client')
        yield {
          at: provider,
          message: output
            ? 'check what this generator leaves out in 6.19: it loads no `.env`, its `Prisma` has no `validator`, and what it writes is TypeScript'
            : 'this generator wants an `output` and ends with an error without one; it loads no `.env`, its `Prisma` has no `validator`, and what it writes is TypeScript',
          evidence,
          notes: ['`prisma-client-js` is supported in all of 6, and is what an upgrade from 4 goes on with'],
        }
      if (!output || !/node_modules\/@prisma\/client\/?$/.test(stringOf(output.value) ?? '')) continue
      const line = lineOf(file.text, output)
      yield {
        at: output,
        message:
          'the client must not be generated into the package itself: take `output` out, or give it a folder of its own',
        evidence,
        // without it, the client goes where the package looks for it, so that nothing is imported from elsewhere
        ...(line && { fix: fix('review', 'Take `output` out', replace(line, '')) }),
      }
    }
  },
})

/** The line of a setting that stands alone on it, with its line ending; undefined where a comment would go with it. */
function lineOf(text: string, { start, end }: Range): Range | undefined {
  const before = /(?:^|[\r\n])([ \t]*)$/.exec(text.slice(0, start))
  const after = /^[ \t]*(?:\r\n|\r|\n)/.exec(text.slice(end))
  return before && after ? { start: start - before[1]!.length, end: end + after[0].length } : undefined
}
