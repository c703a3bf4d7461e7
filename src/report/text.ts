import type { PackageStanding, Report } from '../model/report.ts'
import { unifiedDiff } from '../text/patch.ts'
import { cleanLine } from './clean.ts'
import { checklistText, decisionsText, ignoresText, notLookedAtText } from './decisions.ts'
import { findingsText } from './sites.ts'
import { type Lines, type Look, labelled, plural, prose, rule, type Style, spaced, styleFor } from './style.ts'
import { summaryText } from './summary.ts'
import { typeCheckText } from './type-check.ts'
import { isOfCodemod } from './wording.ts'

/**
 * The report for a person to read, from top to bottom: what ran, the call sites by breaking change, what to decide, what
 * no file shows, what was not looked at, in a dry run the diff, and last, where a terminal stops, the summary.
 * Ends in a line ending. Foreign text in it is safe to print.
 */
export function textReport(report: Report, look: Look = {}): string {
  const style = styleFor(look)
  return joined(
    headerText(report, style),
    findingsText(report, style),
    decisionsText(report, style),
    checklistText(report, style),
    typeCheckText(report, style),
    ignoresText(report, style),
    notLookedAtText(report, style),
    diffText(report, style),
    summaryText(report, style),
  )
}

/** The header and the summary of the report. */
export function textSummary(report: Report, look: Look = {}): string {
  const style = styleFor(look)
  return joined(headerText(report, style), summaryText(report, style))
}

function joined(...blocks: readonly Lines[]): string {
  return `${spaced(...blocks).join('\n')}\n`
}

function headerText(report: Report, style: Style): Lines {
  const { tool, recipe, mode, packages } = report
  const { colour } = style
  const doing = { apply: '', 'dry-run': ' · dry run, nothing is written', scan: ' · scan, nothing is written' }[mode]
  const versions = isOfCodemod(report) ? '' : ` · ${recipe.provider} ${recipe.from} → ${recipe.to}`
  const subject = `${tool.name} ${tool.version} · ${recipe.id}${versions}${doing}`
  const inScope = packages.filter((standing) => standing.inScope)
  const others = packages.filter((standing) => !standing.inScope)
  return [
    ...prose(subject, '', style).map((line) => colour.bold(line)),
    ...prose(`guide: ${recipe.guide}`, '', style).map((line) => colour.dim(line)),
    ...inScope.flatMap((standing) => standingText('in scope', standing, style, colour.green)),
    ...othersText(others, style),
  ]
}

function standingText(label: string, standing: PackageStanding, style: Style, paint?: (text: string) => string): Lines {
  const name = standing.name === undefined ? '' : `${standing.name} `
  const folder = standing.folder === '.' ? '' : `in \`${standing.folder}\` `
  const subject = `${name}${folder}`.trim() || 'this project'
  return labelled(label, `${subject}: ${standing.reason}`, '', style, paint, 12)
}

const FEW = 6

/** Packages that are left alone; many with the same reason in one line. */
function othersText(others: readonly PackageStanding[], style: Style): Lines {
  if (others.length <= FEW || style.verbose) {
    return others.flatMap((standing) => standingText('left alone', standing, style))
  }
  const reasons = new Map<string, PackageStanding[]>()
  for (const standing of others) reasons.set(standing.reason, [...(reasons.get(standing.reason) ?? []), standing])
  return [...reasons].flatMap(([reason, same]) => {
    const folders = same.map(({ folder }) => `\`${folder}\``).join(', ')
    return labelled('left alone', `${plural(same.length, 'package')}, ${reason}: ${folders}`, '', style, undefined, 12)
  })
}

function diffText(report: Report, style: Style): Lines {
  if (report.mode !== 'dry-run' || report.patches.length === 0) return []
  const lines = unifiedDiff(report.patches).split(/\r?\n/)
  while (lines.at(-1) === '') lines.pop()
  return [
    rule(`Diff (${plural(report.patches.length, 'file')})`, style),
    '',
    ...lines.map((line) => diffLine(line, style)),
  ]
}

function diffLine(line: string, { colour }: Style): string {
  const shown = cleanLine(line)
  if (/^(diff |index |--- |\+\+\+ |new file )/.test(line)) return colour.bold(shown)
  if (line.startsWith('@@')) return colour.cyan(shown)
  if (line.startsWith('+')) return colour.green(shown)
  return line.startsWith('-') ? colour.red(shown) : shown
}
