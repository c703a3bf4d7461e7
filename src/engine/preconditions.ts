import type { JudgedFinding, PreconditionFacts, Preconditions } from '../catalogue/provider.ts'
import { type SelectedRecipe, selectSettings } from '../catalogue/select.ts'
import type { Report } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { Discovery } from './discover.ts'
import type { Packages } from './packages.ts'
import { Sources } from './sources.ts'
import { Surveys } from './surveys.ts'

/** The whole project, whatever part of it a run is about. */
interface Whole {
  readonly discovery: Discovery
  readonly packages: Packages
}

/** What of the preconditions of a recipe is not met. `scan` runs another recipe over the whole project. */
export async function unmetPreconditions(
  preconditions: Preconditions,
  settings: PreconditionFacts['settings'],
  { discovery, packages }: Whole,
  scan: (recipe: string, settings: PreconditionFacts['settings']) => Promise<Report>,
): Promise<readonly string[]> {
  const surveys = new Surveys({ discovery, packages, sources: new Sources(discovery.root) })
  const project = { settings, survey: (survey: never) => surveys.answer('project', survey) } as PreconditionFacts
  const asked = preconditions.scan(project)
  const report = asked && (await scan(asked.recipe, asked.settings))
  return preconditions.unmet({ ...project, findings: report ? judged(report) : [], now: Date.now() })
}

function judged({ findings, recipe }: Report): JudgedFinding[] {
  return findings.map(({ change, at, message, evidence, outcome }) => ({
    change: change.slice(recipe.provider.length + 1),
    file: at.file,
    line: at.line,
    message,
    certainty: evidence.certainty,
    isIgnored: outcome === 'ignored',
  }))
}

/** Says that a run must not write yet, unless a person has typed that it may. */
export function mustBeMet(
  unmet: readonly string[],
  { id, provider, ...recipe }: SelectedRecipe,
  given: PreconditionFacts['settings'] | undefined,
): void {
  const { preconditions } = recipe
  if (!preconditions || unmet.length === 0) return
  const settings = selectSettings({ id, provider, ...recipe }, given)
  const phrase = preconditions.phrase(settings)
  if (settings[preconditions.setting] === phrase) return
  throw new UserError(
    `the recipe ${id} must not write yet:\n${unmet.map((one) => `  - ${one}`).join('\n')}`,
    `Put that right, or add --${preconditions.setting} '${phrase}'. --dry-run shows what would be done.`,
  )
}
