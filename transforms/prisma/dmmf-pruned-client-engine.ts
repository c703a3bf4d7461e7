import { defineChange } from '#kit'
import { Namespace } from './client/kinds.ts'
import { enginesSaid } from './environment/engine.ts'
import { SCHEMAS } from './schema/project.ts'
import { namesOfPrisma } from './types/namespace.ts'

export default defineChange({
  title: '`Prisma.dmmf` has less in it with `engineType = "client"`',
  why: 'A client without the Rust engine, by the schema or by `PRISMA_CLIENT_ENGINE_TYPE`, carries only names, kinds and types of fields. Code that reads `isRequired`, `isId`, `isList` or `documentation` gets undefined.',
  since: '6.16.0',
  breakage: 'silent',
  source: 'https://www.prisma.io/docs/orm/prisma-client/setup-and-configuration/no-rust-engine',
  guideSays: 'It says nothing of it.',
  fixable: 'never',

  format: 'javascript',
  mentions: ['dmmf'],
  *find(file, project) {
    const isPruned = project
      .survey(SCHEMAS)
      .some(({ generators }) => generators.some(({ engineType }) => engineType === 'client'))
    const said = enginesSaid(project).find(({ engine }) => engine === 'client')
    if (!isPruned && !said) return
    const read = LOST.filter(
      (name) => file.module.membersNamed(name).length > 0 || file.module.patternKeysNamed(name).length > 0,
    )
    const notes = [
      ...(isPruned || !said
        ? []
        : [`\`PRISMA_CLIENT_ENGINE_TYPE=client\` in ${said.file} takes it away when the client is generated`]),
      ...(read.length > 0 ? [`this file reads ${read.map((name) => `\`${name}\``).join(', ')}`] : []),
    ]
    const message = 'of a field only name, kind and type are left here, and of a model name, fields and its table'
    for (const use of namesOfPrisma(file, project))
      if (use.name === 'dmmf') yield { at: use.node, message, evidence: use.evidence, notes }
    for (const use of file.destructured([Namespace], 'dmmf')) yield { at: use.property, message, evidence: use, notes }
  },
})

/** What the description of a field or model has otherwise. */
const LOST = [
  ...['isRequired', 'isId', 'isList', 'isUnique', 'isReadOnly', 'isUpdatedAt', 'hasDefaultValue', 'default'],
  ...['documentation', 'relationName', 'relationFromFields', 'primaryKey', 'uniqueFields'],
]
