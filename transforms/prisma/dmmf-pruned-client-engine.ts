import { defineChange } from '#kit'
import { SCHEMAS } from './schema/project.ts'
import { namesOfPrisma } from './types/namespace.ts'

export default defineChange({
  title: '`Prisma.dmmf` has less in it with `engineType = "client"`',
  why: 'A client without the Rust engine carries only names, kinds and types of fields. Code that reads `isRequired`, `isId`, `isList` or `documentation` gets undefined.',
  since: '6.16.0',
  breakage: 'silent',
  source: 'https://www.prisma.io/docs/orm/prisma-client/setup-and-configuration/no-rust-engine',
  fixable: 'never',

  format: 'javascript',
  mentions: ['dmmf'],
  *find(file, project) {
    const isPruned = project
      .survey(SCHEMAS)
      .some(({ generators }) => generators.some(({ engineType }) => engineType === 'client'))
    if (!isPruned) return
    for (const use of namesOfPrisma(file, project)) {
      if (use.name !== 'dmmf') continue
      const lost = ['isRequired', 'isId', 'isList', 'isUnique', 'documentation', 'relationName', 'default'].filter(
        (name) => file.module.membersNamed(name).length > 0,
      )
      yield {
        at: use.node,
        message: 'of a field only name, kind and type are left here',
        evidence: use.evidence,
        ...(lost.length > 0 && { notes: [`this file reads ${lost.map((name) => `\`${name}\``).join(', ')}`] }),
      }
    }
  },
})
