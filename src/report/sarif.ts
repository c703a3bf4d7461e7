import type {
  ArtifactChange,
  ArtifactLocation,
  Fix,
  Invocation,
  Log,
  Notification,
  PhysicalLocation,
  Region,
  ReportingDescriptor,
  Result,
  Run,
  Location as SarifLocation,
} from 'sarif'
import type { Breakage } from '../model/change.ts'
import type { Edit } from '../model/finding.ts'
import type { Report, ReportedChange, ReportedFinding } from '../model/report.ts'
import type { Hop, Location } from '../model/trust.ts'
import { toJson } from './json.ts'
import { encodedPath, pathInRepository } from './permalink.ts'
import { allChanges } from './sites.ts'
import { LEFT_ALONE, outcomeLabel } from './wording.ts'

/** The published schema of the format. */
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'
/** The top of the repository; the name that GitHub resolves to the checkout. */
const ROOT = '%SRCROOT%'
/** Names our fingerprint; a new version of how it is made gets a new name. */
const FINGERPRINT = 'upgradeKit/v1'

/** The report as SARIF 2.1.0, for code scanning: one result per call site, one rule per breaking change. */
export function sarifReport(report: Report): string {
  return toJson(sarifLog(report))
}

/** The same as a value. */
export function sarifLog(report: Report): Log {
  return { $schema: SCHEMA, version: '2.1.0', runs: [run(report)] }
}

function run(report: Report): Run {
  const { tool, recipe, repository, findings } = report
  const changes = allChanges(report)
  const rules = new Map(changes.map((change, index) => [change.id, index]))
  return {
    tool: {
      driver: {
        name: tool.name,
        semanticVersion: tool.version,
        informationUri: recipe.guide,
        rules: changes.map(rule),
      },
    },
    // one category per recipe: the alerts of one recipe do not close those of another
    automationDetails: { id: `upgrade-kit/${recipe.id}/` },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { [ROOT]: { description: { text: 'The top of the repository' } } },
    ...(repository
      ? {
          versionControlProvenance: [
            { repositoryUri: repository.url, revisionId: repository.commit, mappedTo: { uriBaseId: ROOT } },
          ],
        }
      : {}),
    invocations: [invocation(report)],
    results: findings.filter((finding) => isResult(finding, report)).map((site) => result(site, report, rules)),
  }
}

/** What was written is no alert any more. */
function isResult({ outcome }: ReportedFinding, { mode }: Report): boolean {
  return mode !== 'apply' || outcome !== 'written'
}

const LEVELS: Readonly<Record<Breakage, 'error' | 'warning' | 'note'>> = {
  silent: 'error',
  throws: 'error',
  compile: 'warning',
  deprecated: 'note',
}

function rule(change: ReportedChange): ReportingDescriptor {
  const { id, title, why, since, breakage, source, fixable } = change
  const help = `${why} Since ${since}; ${LEFT_ALONE[breakage]}.`
  return {
    id,
    name: id.replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, first: string) => first.toUpperCase()),
    shortDescription: { text: withoutCode(title) },
    fullDescription: { text: withoutCode(why) },
    helpUri: source,
    help: { text: `${withoutCode(help)} ${source}`, markdown: `${help}\n\n[What the release notes say](${source})` },
    defaultConfiguration: { level: LEVELS[breakage] },
    properties: { tags: ['upgrade', id.slice(0, id.indexOf('/')), breakage, `fixable-${fixable}`], precision: 'high' },
  }
}

function result(site: ReportedFinding, report: Report, rules: ReadonlyMap<string, number>): Result {
  const { change, message, evidence, outcome, fix, fingerprint, accepted } = site
  const ruleIndex = rules.get(change)
  const breakage = report.changes.find(({ id }) => id === change)?.breakage ?? 'silent'
  const edits = fix?.applicability === 'manual' ? undefined : sarifFix(site, report)
  return {
    ruleId: change,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: evidence.certainty === 'guessed' ? 'note' : LEVELS[breakage],
    message: { text: sentence(message, site, report) },
    locations: [{ physicalLocation: placeOf(site, report) }],
    partialFingerprints: { [FINGERPRINT]: fingerprint },
    ...(report.baseline ? { baselineState: accepted ? ('unchanged' as const) : ('new' as const) } : {}),
    ...(outcome === 'ignored' ? { suppressions: [suppression(site)] } : {}),
    ...relatedLocations(evidence.steps, report),
    ...(edits ? { fixes: [edits] } : {}),
    properties: { certainty: evidence.certainty, outcome, ...(site.notes ? { notes: [...site.notes] } : {}) },
  }
}

function suppression({ ignoredBecause }: ReportedFinding) {
  const kind = 'inSource' as const
  return ignoredBecause ? { kind, status: 'accepted' as const, justification: ignoredBecause } : { kind }
}

function sentence(message: string, { outcome, evidence, fix }: ReportedFinding, { mode }: Report): string {
  const first = message.charAt(0).toUpperCase() + message.slice(1)
  const waiting = fix && outcome !== 'by-hand' ? ` Fix: ${fix.title} (${outcomeLabel(outcome, mode)}).` : ''
  return `${withoutCode(first)}. ${evidence.certainty.charAt(0).toUpperCase()}${evidence.certainty.slice(1)}.${withoutCode(waiting)}`
}

/** The chain of evidence, as places to click. */
function relatedLocations(steps: readonly Hop[], report: Report): { relatedLocations?: SarifLocation[] } {
  const placed = steps.flatMap(({ what, at }, id): SarifLocation[] =>
    at ? [{ id, message: { text: withoutCode(what) }, physicalLocation: pointAt(at, report) }] : [],
  )
  return placed.length === 0 ? {} : { relatedLocations: placed }
}

function placeOf(site: ReportedFinding, report: Report): PhysicalLocation {
  const { at, endLine, endColumn, excerpt, context } = site
  const region: Region = {
    startLine: at.line,
    startColumn: at.column,
    endLine,
    endColumn,
    snippet: { text: excerpt },
  }
  const around = context && {
    startLine: context.firstLine,
    endLine: context.firstLine + context.lines.length - 1,
    snippet: { text: context.lines.join('\n') },
  }
  const contains = around && around.startLine <= at.line && around.endLine >= endLine
  return { artifactLocation: artifact(at.file, report), region, ...(contains ? { contextRegion: around } : {}) }
}

function pointAt(at: Location, report: Report): PhysicalLocation {
  return { artifactLocation: artifact(at.file, report), region: { startLine: at.line, startColumn: at.column } }
}

function artifact(file: string, { repository }: Report): ArtifactLocation {
  return { uri: encodedPath(pathInRepository(repository, file)), uriBaseId: ROOT }
}

/** The edits of a fix by file. Offsets count UTF-16 units of the file without its byte order mark, as `columnKind` says. */
function sarifFix({ fix }: ReportedFinding, report: Report): Fix | undefined {
  if (!fix || fix.edits.length === 0) return undefined
  const files = new Map<string, Edit[]>()
  for (const edit of fix.edits) files.set(edit.file, [...(files.get(edit.file) ?? []), edit])
  return {
    description: { text: withoutCode(fix.title) },
    artifactChanges: [...files].map(
      ([file, edits]): ArtifactChange => ({
        artifactLocation: artifact(file, report),
        replacements: [...edits]
          .sort((a, b) => a.start - b.start)
          .map(({ start, end, text }) => ({
            deletedRegion: { charOffset: start, charLength: end - start },
            ...(text === '' ? {} : { insertedContent: { text } }),
          })),
      }),
    ),
  }
}

/** How the run went, with the files that nothing can be said about as notifications. */
function invocation(report: Report): Invocation {
  const notices = report.notLookedAt.map(
    (entry): Notification => ({
      level:
        entry.kind === 'ours' ? 'error' : entry.kind === 'minified' || entry.kind === 'generated' ? 'note' : 'warning',
      message: { text: `Not looked at (${entry.kind}): ${withoutCode(entry.reason)}` },
      locations: [{ physicalLocation: { artifactLocation: artifact(entry.file, report) } }],
      ...(entry.change ? { associatedRule: { id: entry.change } } : {}),
    }),
  )
  return {
    executionSuccessful: !report.notLookedAt.some(({ kind }) => kind === 'ours'),
    ...(notices.length === 0 ? {} : { toolExecutionNotifications: notices }),
  }
}

/** SARIF's plain text has no code, and would make a link of a bracket with a parenthesis behind it. */
function withoutCode(text: string): string {
  return text.replace(/`([^`]+)`/g, "'$1'").replaceAll('](', '] (')
}
