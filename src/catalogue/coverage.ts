import type { Coverage } from '../model/report.ts'
import type { Recipe } from './provider.ts'
import { isWithin, type NamedChange } from './select.ts'

/** How much of a recipe's official guides these changes cover: one is about what its `source` points to. */
export function coverageOf(
  recipe: Pick<Recipe, 'from' | 'to' | 'guide' | 'guideChanges'>,
  changes: readonly NamedChange[],
): Coverage {
  const { guide, guideChanges = [] } = recipe
  const counted = guideChanges.filter(({ since }) => since === undefined || isWithin(since, recipe))
  const entries = counted.map((entry) => {
    const url = addressOf(entry.anchor, entry.guide ?? guide)
    const likewise = entry.likewise === undefined ? url : addressOf(entry.likewise, entry.guide ?? guide)
    const about = changes.filter(({ change }) => change.source === url || change.source === likewise)
    return { title: entry.title, url, level: levelOf(about) }
  })
  const guides = new Set([guide, ...guideChanges.flatMap((entry) => entry.guide ?? [])])
  const isDocumented = (source: string) => [...guides].some((one) => source.startsWith(`${one}#`))
  const count = (level: Level) => entries.filter((entry) => entry.level === level).length
  return {
    guide,
    changes: entries.length,
    automatic: count('automatic'),
    sometimes: count('sometimes'),
    byHand: count('byHand'),
    notCovered: entries.filter(({ level }) => level === 'notCovered').map(({ title, url }) => ({ title, url })),
    undocumented: changes.filter(({ change }) => !isDocumented(change.source)).length,
  }
}

function addressOf(anchor: string, guide: string): string {
  return anchor.includes('#') ? anchor : `${guide}#${anchor}`
}

type Level = 'automatic' | 'sometimes' | 'byHand' | 'notCovered'

function levelOf(about: readonly NamedChange[]): Level {
  if (about.length === 0) return 'notCovered'
  if (about.every(({ change }) => change.fixable === 'always')) return 'automatic'
  return about.every(({ change }) => change.fixable === 'never') ? 'byHand' : 'sometimes'
}
