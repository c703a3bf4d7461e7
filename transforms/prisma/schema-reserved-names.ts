import { defineChange, fix, indentationAt, replace } from '#kit'
import { blockAttributes } from './schema/facts.ts'
import { concerns, reaches, schemaOf, standsIn } from './schema/project.ts'

const RESERVED = /^(?:async|await|using)$/

export default defineChange({
  title: 'Models and enums must not be called `async`, `await` or `using`',
  why: 'The names became keywords for the generated client, and the schema is refused. Fields, values of enums and composite types may still have them.',
  since: '6.0.0',
  breakage: 'compile',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#new-keywords-that-cant-be-used-as-model-names-async-await-using',
  guideSays: 'It names models alone; enums of these names are refused as well.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'prisma',
  mentions: [/\b(?:model|enum)\s+(?:async|await|using)\b/],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '6.0.0')) return
    const schema = schemaOf(file, project)
    for (const block of file.blocksOf('model', 'enum').filter(({ name }) => RESERVED.test(name.text))) {
      const old = block.name.text
      const name = old[0]!.toUpperCase() + old.slice(1)
      const draft = {
        at: block.name,
        message: `\`${old}\` is a keyword and no name any more`,
        evidence: standsIn(file, `the ${block.keyword.text} ${old}`),
      }
      const isTaken = [...(schema?.models ?? []), ...(schema?.enums ?? [])].some((one) => one.name === name)
      const table = schema?.manyToMany.find(({ a, b, table: own }) => (a === old || b === old) && own === `_${a}To${b}`)
      if (!schema || isTaken || table) {
        const why = table
          ? `the table \`${table.table}\` is called after it: name the relation before you rename the model`
          : `there is a \`${name}\` already`
        yield { ...draft, notes: [why] }
        continue
      }
      const types = schema.models.flatMap((model) =>
        model.fields.filter(({ type }) => type === old).map(({ typeAt }) => replace(typeAt, name, model.file)),
      )
      const isMapped = blockAttributes(block, 'map').length > 0
      const last = block.entries.at(-1)
      const indentation = last ? indentationAt(file.text, last.start) : '  '
      const close = block.end - 1
      const isOnItsLine = /[\r\n][ \t]*$/.test(file.text.slice(block.body.start - 1, close))
      const lineStart = close - /[ \t]*$/.exec(file.text.slice(0, close))![0].length
      const map = isOnItsLine
        ? replace({ start: lineStart, end: lineStart }, `\n${indentation}@@map("${old}")\n`)
        : replace({ start: close, end: close }, `\n${indentation}@@map("${old}")\n`)
      yield {
        ...draft,
        fix: fix(
          'review',
          `Call it \`${name}\`, with the table as it is`,
          replace(block.name, name),
          ...types,
          ...(isMapped ? [] : [map]),
        ),
        notes: [
          block.keyword.text === 'model'
            ? `\`prisma.${old}\` stays as it is; types of the client are called after \`${name}\` from now on`
            : `the type of the client is called \`${name}\` from now on`,
        ],
      }
    }
  },
})
