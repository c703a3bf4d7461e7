import { defineChange, fix, insertAfter } from '#kit'
import { folderOf } from './schema/facts.ts'
import { concerns, reaches, SCHEMAS } from './schema/project.ts'

export default defineChange({
  title: 'A schema in the folder `prisma/schema` is no longer found by itself',
  why: 'With the preview feature `prismaSchemaFolder` the folder was looked at by default. From 6.7 on, when schemas of several files became generally available, it has to be named, or no schema is found.',
  since: '6.7.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/6.7.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'sometimes',
  stage: 'bump',

  format: 'json',
  mentions: ['"'],
  *find(file, project) {
    if (!/(?:^|\/)package\.json$/.test(file.path) || !concerns(project) || !reaches(project, '6.7.0')) return
    const here = folderOf(file.path)
    const schema = project
      .survey(SCHEMAS)
      .find(
        ({ root, generators }) =>
          folderOf(root) === `${here}prisma/schema/` &&
          generators.some(({ previewFeatures }) => previewFeatures.includes('prismaSchemaFolder')),
      )
    if (!schema || file.at('prisma', 'schema')) return
    const settings = file.entries().find(({ key }) => key === 'prisma')
    const last = file.entries().at(-1)
    if (!last) return
    const draft = {
      at: settings?.keyRange ?? file.entries()[0]!.keyRange,
      message: 'say where the schema is: `"prisma": { "schema": "./prisma/schema" }`',
      evidence: {
        certainty: 'proven' as const,
        steps: [{ what: `\`prismaSchemaFolder\` in ${schema.root}, and no \`prisma.schema\` in ${file.path}` }],
      },
      notes: ['the migrations have to lie beside the file that has the datasource'],
    }
    if (settings) yield draft
    else {
      const separator = /[\r\n]+[ \t]*$/.exec(file.text.slice(0, last.keyRange.start))?.[0] ?? ' '
      const text = `,${separator}"prisma": { "schema": "./prisma/schema" }`
      yield { ...draft, fix: fix('review', 'Name the folder', insertAfter(last.value, text)) }
    }
  },
})
