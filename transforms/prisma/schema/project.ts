import { type Evidence, isBelow, type PrismaFile, type ProjectFacts, type Range, type Survey } from '#kit'
import { type SchemaFacts, schemasOf } from './facts.ts'

/** All schemas of the project. */
export const SCHEMAS: Survey<readonly SchemaFacts[], 'prisma'> = {
  format: 'prisma',
  of: 'project',
  mentions: [''],
  look: (files) => schemasOf([...files]),
}

/** True if an upgrade to the version that the run is to reach comes to this version, or over it. */
export function reaches({ to }: Pick<ProjectFacts, 'to'>, version: string): boolean {
  return !isBelow(to, version)
}

/** False for a file of a package that says which Prisma it uses, and is not in scope; true for what any other may use. */
export function concerns(project: ProjectFacts): boolean {
  if (project.inScope) return true
  return project.anyInScope && !project.depends('prisma') && !project.depends('@prisma/client')
}

/** The schema that a file belongs to. */
export function schemaOf(file: PrismaFile, project: ProjectFacts): SchemaFacts | undefined {
  return project.survey(SCHEMAS).find(({ files }) => files.includes(file.path))
}

/** The generators of a file that make a client, by the word that Prisma knows them by. */
export function clientGenerators(file: PrismaFile): PrismaFile['blocks'] {
  return file
    .blocksOf('generator')
    .filter(({ entries }) =>
      entries.some(
        (entry) =>
          entry.is === 'setting' &&
          entry.key.text === 'provider' &&
          entry.value.is === 'string' &&
          /^prisma-client(?:-js)?$/.test(entry.value.value),
      ),
    )
}

/** That something stands in a schema. */
export function standsIn(file: { readonly path: string }, what: string): Evidence {
  return { certainty: 'proven', steps: [{ what: `${what} (${file.path})` }] }
}

/** Several places as one, from the first to the last. */
export function span(...ranges: readonly Range[]): Range {
  return { start: Math.min(...ranges.map((one) => one.start)), end: Math.max(...ranges.map((one) => one.end)) }
}
