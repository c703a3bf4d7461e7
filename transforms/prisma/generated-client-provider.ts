import { defineChange } from '#kit'
import { settingOf, stringOf } from './schema/facts.ts'
import { clientGenerators, concerns, reaches, standsIn } from './schema/project.ts'

export default defineChange({
  title: 'A client must not be generated into the package `@prisma/client`',
  why: 'An `output` that leads to `node_modules/@prisma/client` is refused ("not allowed"). Without `output`, `prisma-client-js` is generated into `node_modules/.prisma/client` as before, and stays the right generator for 6: `prisma-client` is another one, which wants an `output` and loads no `.env`.',
  since: '6.0.0',
  breakage: 'throws',
  source: 'https://www.prisma.io/docs/orm/prisma-schema/overview/generators',
  fixable: 'never',

  format: 'prisma',
  mentions: ['@prisma/client'],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '6.0.0')) return
    for (const generator of clientGenerators(file)) {
      const output = settingOf(generator, 'output')
      if (!output || !/node_modules\/@prisma\/client\/?$/.test(stringOf(output.value) ?? '')) continue
      yield {
        at: output,
        message:
          'the client must not be generated into the package itself: take `output` out, or give it a folder of its own',
        evidence: standsIn(file, `the generator ${generator.name.text}`),
      }
    }
  },
})
