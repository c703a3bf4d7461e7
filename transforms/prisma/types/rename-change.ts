import { type Draft, type DraftFix, fix, type JavaScriptFile, type ProjectFacts, replace } from '#kit'
import type { SchemaFacts } from '../schema/facts.ts'
import { reaches, SCHEMAS } from '../schema/project.ts'
import { namesOfPrisma } from './namespace.ts'
import type { Renamed } from './renames.ts'

/** Findings for every name of the namespace `Prisma` that a rule renames. */
export function* renamedNames(
  file: JavaScriptFile,
  project: ProjectFacts,
  since: string,
  rule: (name: string, schemas: readonly SchemaFacts[]) => Renamed | undefined,
): Generator<Draft> {
  if (!reaches(project, since)) return
  const schemas = project.survey(SCHEMAS)
  for (const use of namesOfPrisma(file, project)) {
    const renamed = rule(use.name, schemas)
    if (renamed === undefined) continue
    const draft = { at: use.node, evidence: use.evidence }
    if ('to' in renamed)
      yield {
        ...draft,
        message: `\`${use.name}\` is called \`${renamed.to}\` now`,
        fix: rename(use.node, renamed.to),
      }
    else
      yield {
        ...draft,
        message: `\`${use.name}\` has another name now`,
        notes: [renamed.why],
      }
  }
}

function rename(node: { readonly start: number; readonly end: number }, to: string): DraftFix {
  return fix('safe', `Rename to \`${to}\``, replace(node, to))
}
