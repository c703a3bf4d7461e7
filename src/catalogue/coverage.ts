import type { Coverage } from '../model/report.ts'
import type { Recipe } from './provider.ts'
import type { NamedChange } from './select.ts'

/** How much of a recipe's official guide these changes cover: one is about what its `source` points to. */
export function coverageOf({ guide, guideChanges = [] }: Recipe, changes: readonly NamedChange[]): Coverage {
  const entries = guideChanges.map(({ anchor, title, likewise }) => {
    const url = `${guide}#${anchor}`
    const about = changes.filter(({ change }) => change.source === url || change.source === `${guide}#${likewise}`)
    return { title, url, level: levelOf(about) }
  })
  const count = (level: Level) => entries.filter((entry) => entry.level === level).length
  return {
    guide,
    changes: entries.length,
    automatic: count('automatic'),
    sometimes: count('sometimes'),
    byHand: count('byHand'),
    notCovered: entries.filter(({ level }) => level === 'notCovered').map(({ title, url }) => ({ title, url })),
    undocumented: changes.filter(({ change }) => !change.source.startsWith(`${guide}#`)).length,
  }
}

type Level = 'automatic' | 'sometimes' | 'byHand' | 'notCovered'

function levelOf(about: readonly NamedChange[]): Level {
  if (about.length === 0) return 'notCovered'
  if (about.every(({ change }) => change.fixable === 'always')) return 'automatic'
  return about.every(({ change }) => change.fixable === 'never') ? 'byHand' : 'sometimes'
}
