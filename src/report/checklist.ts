import type { Report } from '../model/report.ts'

/** What one change asks a person to check. */
export interface ToCheck {
  readonly change: string
  readonly title: string
  /** Where it is documented; absent for a change that the report does not describe. */
  readonly source: string | undefined
  readonly items: readonly string[]
}

/** The checklist of a report by change, in its order: a title is said once, however much there is to check. */
export function checklistByChange({ checklist, changes }: Pick<Report, 'checklist' | 'changes'>): ToCheck[] {
  const ids = [...new Set(checklist.map(({ change }) => change))]
  return ids.map((change) => {
    const known = changes.find(({ id }) => id === change)
    return {
      change,
      title: known?.title ?? change,
      source: known?.source,
      items: checklist.flatMap((item) => (item.change === change ? [item.byHand] : [])),
    }
  })
}
