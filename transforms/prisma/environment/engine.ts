import type { DataFile, JavaScriptFile, ProjectFacts, Survey } from '#kit'
import { ENVIRONMENT_FORMATS, occurrences } from './variables.ts'

/** Where a project says by a variable which engine its clients have; it counts more than what a schema says. Plain data. */
export interface SaidEngine {
  readonly file: string
  readonly engine: string
}

const SAYS = /\bPRISMA_CLIENT_ENGINE_TYPE['"]?\]?\s*[:=]\s*['"]?(\w+)/

const SURVEYS = ENVIRONMENT_FORMATS.map(
  (format): Survey<readonly SaidEngine[], typeof format> => ({
    format,
    of: 'project',
    mentions: ['PRISMA_CLIENT_ENGINE_TYPE'],
    look: (files: Iterable<DataFile | JavaScriptFile>) => [...files].flatMap(saidIn),
  }),
)

function saidIn(file: DataFile | JavaScriptFile): SaidEngine[] {
  return occurrences(file, SAYS).flatMap(({ text }) => {
    const engine = SAYS.exec(text)?.[1]
    return engine === undefined ? [] : [{ file: file.path, engine }]
  })
}

/** Every `PRISMA_CLIENT_ENGINE_TYPE=…` of a project: in files of variables, images, workflows, scripts and code. */
export function enginesSaid(project: ProjectFacts): readonly SaidEngine[] {
  return SURVEYS.flatMap((survey) => project.survey(survey as Survey<readonly SaidEngine[]>))
}
