import { defineChange } from '#kit'
import { COMMAND_FORMATS, flags } from './commands/change.ts'
import { prismaCommands } from './commands/commands.ts'
import { concerns, reaches, SCHEMAS } from './schema/project.ts'

export default defineChange({
  title: '`prisma generate` no longer fails for a schema without models',
  why: 'Since 5.14 a client is generated where there is no model. A build that failed for an empty schema goes on; `--require-models` makes it fail again.',
  since: '5.14.0',
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/5.14.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'never',

  format: COMMAND_FORMATS,
  restsOn: 'dependency',
  mentions: ['generate'],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '5.14.0')) return
    const schemas = project.survey(SCHEMAS).filter(({ generators }) => generators.length > 0)
    if (schemas.length === 0 || schemas.some(({ models }) => models.length > 0)) return
    for (const command of prismaCommands(file)) {
      const [name] = command.subcommand
      if (name?.text !== 'generate' || flags(command, '--require-models', '--allow-no-models').length > 0) continue
      yield {
        at: name.range,
        message: 'the schema has no models: add `--require-models` where that has to be an error',
        evidence: {
          certainty: command.isRun ? 'proven' : 'inferred',
          steps: [
            { what: `\`generate\` in ${command.where} (${file.path})` },
            { what: 'no schema of the project has a model' },
          ],
        },
      }
    }
  },
})
