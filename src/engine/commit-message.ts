import type { ChangeId } from '../model/finding.ts'
import type { Report, ReportedChange, ReportedFinding } from '../model/report.ts'

const WIDTH = 72

/** The message of the commit of one change: how many places, what broke and why, and who says so. */
export function changeMessage(report: Report, change: ReportedChange, sites: readonly ReportedFinding[]): string {
  const left = report.findings.filter(({ change: id, outcome }) => id === change.id && outcome !== 'written').length
  const files = new Set(sites.map(({ file }) => file)).size
  const counts = `${places(sites.length)} rewritten in ${files === 1 ? '1 file' : `${files} files`}`
  return message([
    `Rewrite ${places(sites.length)} for ${change.id}`,
    `${change.title}, since ${report.recipe.provider} ${change.since}.`,
    change.why,
    left > 0 ? `${counts}; ${places(left)} not rewritten.` : `${counts}.`,
    `Source: ${change.source}`,
    footer(report),
  ])
}

/** The message of the last commit: manifests and lock files. */
export function manifestMessage(report: Report, sites: readonly ReportedFinding[]): string {
  const { provider, from, to, guide } = report.recipe
  const ids = [...new Set(sites.map(({ change }) => change))]
  const count = (id: ChangeId) => places(sites.filter(({ change }) => change === id).length)
  const isUpgrade = report.changes.some(({ id }) => ids.includes(id)) && provider !== 'codemod'
  return message([
    isUpgrade ? `Upgrade ${provider} from ${from} to ${to}` : 'Update manifests and lock files',
    ids.map((id) => `- ${id}: ${count(id)}`).join('\n'),
    ...(isUpgrade ? [`Source: ${guide}`] : []),
    footer(report),
  ])
}

function footer({ tool, recipe }: Report): string {
  return `Written by ${tool.name} ${tool.version}, recipe ${recipe.id}.`
}

function places(count: number): string {
  return count === 1 ? '1 place' : `${count} places`
}

function message(paragraphs: readonly string[]): string {
  return `${paragraphs
    .filter((text) => text !== '')
    .map(wrapped)
    .join('\n\n')}\n`
}

/** Lines of at most 72 characters, where words allow it. */
function wrapped(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const lines: string[] = []
      for (const word of line.split(' ')) {
        const last = lines.at(-1)
        if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`
        else lines.push(word)
      }
      return lines.join('\n')
    })
    .join('\n')
}
