import { defineChange } from '#kit'
import { settingOf, stringOf } from './schema/facts.ts'
import { concerns, reaches, schemaOf, standsIn } from './schema/project.ts'

/** Generators that write `Buffer` into what they generate, up to a version of their own. */
const GENERATORS =
  /\b(?:zod-prisma(?:-types)?|prisma-zod-generator|typegraphql-prisma|prisma-nestjs-graphql|prisma-generator-typescript-interfaces|prisma-class-generator|prisma-nestjs-dto-generator|prisma-dto-generator|nexus-prisma|prisma-json-schema-generator|prisma-trpc-generator|prisma-kysely)\b/

export default defineChange({
  title: 'Generators that write Buffer for Bytes fields have to know Prisma 6',
  why: 'What Zod, GraphQL and class generators made of a Bytes field for Prisma 4 and 5 is a Buffer, in types or in checks at run time (`z.instanceof(Buffer)`), and refuses what the client of 6 gives.',
  since: '6.0.0',
  breakage: 'throws',
  source: 'https://github.com/chrishoermann/zod-prisma-types/issues/343',
  guideSays: 'It says nothing of generators.',
  fixable: 'never',

  format: 'prisma',
  mentions: [GENERATORS],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '6.0.0')) return
    const schema = schemaOf(file, project)
    if (!schema?.models.some(({ fields }) => fields.some(({ type }) => type === 'Bytes'))) return
    for (const generator of file.blocksOf('generator')) {
      const provider = settingOf(generator, 'provider')
      if (!provider || !GENERATORS.test(stringOf(provider.value) ?? '')) continue
      yield {
        at: provider,
        message: 'take a version of this generator that knows Prisma 6, and look at what it makes of Bytes fields',
        evidence: standsIn(file, `the generator ${generator.name.text}`),
      }
    }
  },
})
