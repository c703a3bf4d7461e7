import { defineChange, type JsonFile, type ProjectFacts, type Survey } from '#kit'
import { flags } from './commands/change.ts'
import { prismaCommands } from './commands/commands.ts'
import { concerns, reaches, SCHEMAS } from './schema/project.ts'

/** The folders of the project whose package.json names workspaces, and whether they may be Yarn's. */
const WORKSPACES: Survey<readonly string[], 'json'> = {
  format: 'json',
  of: 'project',
  mentions: ['"workspaces"'],
  look: (files) =>
    [...files]
      .filter((file) => /(?:^|\/)package\.json$/.test(file.path) && file.at('workspaces') !== undefined)
      .filter((file) => !/^(?:npm|pnpm|bun)@/.test(String(file.at('packageManager')?.value ?? 'yarn@')))
      .map(({ path }) => folderOf(path)),
}

/** Commands that need a schema. */
const NEEDS_SCHEMA = /^(?:generate|format|validate|studio|introspect|db|migrate)$/

export default defineChange({
  title: 'A schema is no longer looked for in other packages of a Yarn workspace',
  why: 'Up to 5, a command that was run by Yarn and found no schema where it was run looked into package.json of the workspace and of its packages. From 6 on it says "Could not find Prisma Schema".',
  since: '6.0.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/6.0.0',
  guideSays: 'It says nothing of it.',
  fixable: 'never',

  format: 'json',
  mentions: ['prisma'],
  *find(file, project) {
    if (!/(?:^|\/)package\.json$/.test(file.path) || !concerns(project) || !reaches(project, '6.0.0')) return
    const folder = folderOf(file.path)
    const isInWorkspace = project.survey(WORKSPACES).some((root) => folder.startsWith(root))
    if (!isInWorkspace || hasSchema(file, folder, project)) return
    for (const command of prismaCommands(file)) {
      const [name] = command.subcommand
      if (!name || !NEEDS_SCHEMA.test(name.text) || flags(command, '--schema').length > 0) continue
      yield {
        at: name.range,
        message: 'say where the schema is: `--schema`, or `prisma.schema` in this package.json',
        evidence: {
          certainty: 'inferred',
          steps: [
            { what: `no schema stands where ${command.where} of ${file.path} looks for one` },
            { what: 'other packages of the workspace have one' },
          ],
        },
      }
    }
  },
})

/** True where a command that is run in a folder finds a schema there, and where the project has none at all. */
function hasSchema(file: JsonFile, folder: string, project: ProjectFacts): boolean {
  if (file.at('prisma', 'schema') !== undefined) return true
  const files = project.survey(SCHEMAS).flatMap((schema) => schema.files)
  return (
    files.length === 0 ||
    ['schema.prisma', 'prisma/schema.prisma', 'prisma/schema/schema.prisma'].some((path) =>
      files.includes(`${folder}${path}`),
    )
  )
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}
