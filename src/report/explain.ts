import type { ChangeSummary, RecipeSummary, RunSummary, UndoResult } from '../engine/api.ts'
import { BREAKAGES } from '../model/change.ts'
import type { LineExplanation } from '../model/report.ts'
import { cleanLine, cleanLines } from './clean.ts'
import { groupedBy } from './grouped.ts'
import { hopText } from './sites.ts'
import {
  columns,
  cutToWidth,
  type Lines,
  type Look,
  labelled,
  number,
  padded,
  plural,
  prose,
  type Style,
  spaced,
  styleFor,
} from './style.ts'
import { breakagePaint, LEFT_ALONE, type Paint } from './wording.ts'

type Verdict = LineExplanation['looks'][number]['verdict']

const VERDICTS: Readonly<Record<Verdict, string>> = {
  finding: 'affected',
  unknown: 'cannot tell',
  unaffected: 'not affected',
  'not-ours': 'not ours',
}

/** `explain <file:line>`: every change that looked at the line, its verdict, and why. */
export function lineText(explanation: LineExplanation, look: Look): string {
  const style = styleFor(look)
  const { at, excerpt, looks } = explanation
  const order = Object.keys(VERDICTS)
  const sorted = [...looks].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict))
  const head = [style.colour.bold(`${cleanLine(at.file)}:${at.line}`), ...codeLines(excerpt, style)]
  const isEmpty = excerpt.trim() === ''
  const none = prose(
    isEmpty
      ? 'This line is empty.'
      : 'No change looked at this line: none of the names that any change is about stands here.',
    '',
    style,
  )
  if (sorted.length === 0) return text(isEmpty ? head.slice(0, 1) : head, none)
  const alike = groupedBy(sorted, ({ verdict, message, steps }) => JSON.stringify([verdict, message, steps]))
  return text(head, ...[...alike.values()].map((same) => verdictText(same, at.file, style)))
}

/** Changes that say the same, for the same reason, say it together. */
function verdictText(same: LineExplanation['looks'], file: string, style: Style): Lines {
  const one = same[0]!
  const ids = [...new Set(same.map(({ change }) => change))]
  const steps = one.steps.map((hop, index) => {
    const broke = one.verdict === 'unknown' && index === one.steps.length - 1
    const sign = broke ? '✖' : index === 0 ? ' ' : '←'
    const ending = broke ? '; here the chain breaks' : ''
    return labelled(sign, hopText(hop, file) + ending, '  ', style, broke ? style.colour.red : style.colour.dim, 2)
  })
  return [
    ...ids.slice(0, -1).map((id) => style.colour.bold(id)),
    `${style.colour.bold(ids.at(-1)!)}  ${verdictPaint(one.verdict, style)(VERDICTS[one.verdict])}`,
    ...prose(one.message, '  ', style),
    ...steps.flat(),
  ]
}

function verdictPaint(verdict: Verdict, { colour }: Style): Paint {
  return { finding: colour.red, unknown: colour.yellow, unaffected: colour.green, 'not-ours': colour.green }[verdict]
}

const FIXABLE: Readonly<Record<ChangeSummary['fixable'], string>> = {
  always: 'rewritten automatically wherever the code is proven to be concerned',
  sometimes: 'rewritten where that is proven right, else reported with what is missing',
  never: 'reported, never rewritten: only a person can decide',
}

/** `explain <change-id>`: the facts, what can be done, and an example. */
export function changeText(change: ChangeSummary, look: Look): string {
  return text(changeLines(change, styleFor(look)))
}

function changeLines(change: ChangeSummary, style: Style): Lines {
  const { example, checklist } = change
  const fixable =
    checklist === undefined ? FIXABLE[change.fixable] : 'no file can show it; on the checklist of every report'
  return spaced(
    [style.colour.bold(change.id), ...prose(change.title, '', style)],
    prose(change.why, '', style),
    [
      ...labelled('since', change.since, '', style),
      ...labelled(
        'breakage',
        `${change.breakage}: ${LEFT_ALONE[change.breakage]}`,
        '',
        style,
        breakagePaint(change.breakage, style),
      ),
      ...labelled('fix', fixable, '', style),
      ...(checklist === undefined ? [] : labelled('check', checklist, '', style)),
      ...labelled('source', change.source, '', style),
      ...(change.guideSays === undefined ? [] : labelled('guide', change.guideSays, '', style)),
    ],
    example ? exampleText(example, style) : [],
  )
}

function exampleText({ before, after }: NonNullable<ChangeSummary['example']>, style: Style): Lines {
  const part = (title: string, code: string, paint: Paint) => [
    style.colour.bold(title),
    ...codeLines(code.trimEnd(), style).map(paint),
  ]
  if (after === undefined) return part('For example', before, style.colour.yellow)
  return [...part('Before', before, style.colour.red), '', ...part('After', after, style.colour.green)]
}

function codeLines(code: string, style: Style): string[] {
  return cleanLines(code).flatMap((line) => cutToWidth(line, style.width - 4).map((piece) => `    ${piece}`.trimEnd()))
}

/** `list`: all recipes. */
export function recipesText(recipes: readonly RecipeSummary[], look: Look): string {
  const style = styleFor(look)
  const blocks = recipes.map((recipe) => [
    `${style.colour.bold(recipe.id)}  ${recipe.provider} ${recipe.from} → ${recipe.to}, ${plural(recipe.changes.length, 'change')}`,
    `  ${style.colour.dim(recipe.guide)}`,
  ])
  return text(...blocks, ['`upgrade-kit list <recipe>` shows the changes of one.'])
}

/** `list <recipe>`: its changes, silent ones first; with all that is known of each on request. */
export function recipeText(recipe: RecipeSummary, look: Look): string {
  const style = styleFor(look)
  const count = (fixable: string) => recipe.changes.filter((change) => change.fixable === fixable).length
  const rows = BREAKAGES.flatMap((breakage) => {
    const changes = recipe.changes.filter((change) => change.breakage === breakage)
    if (changes.length === 0) return []
    const title = breakagePaint(breakage, style)(breakage.toUpperCase())
    return [
      [
        `${title}  ${style.colour.dim(LEFT_ALONE[breakage])}`,
        ...(style.verbose ? [] : changes.flatMap((c) => rowText(recipe, c, style))),
      ],
      ...(style.verbose ? changes.map((change) => changeLines(change, style)) : []),
    ]
  })
  const facts = `${number(recipe.changes.length)} changes: ${count('always')} automatic, ${count('sometimes')} sometimes, ${count('never')} by hand`
  return text(
    [
      style.colour.bold(`${recipe.id}: ${recipe.provider} ${recipe.from} → ${recipe.to}`),
      facts,
      style.colour.dim(recipe.guide),
      ...(recipe.settings ?? []).flatMap((setting) => settingLines(setting, style)),
    ],
    ...rows,
    style.verbose
      ? []
      : prose('`upgrade-kit explain <change>` shows one in full, with an example; `--verbose` all of them.', '', style),
  )
}

function settingLines(setting: NonNullable<RecipeSummary['settings']>[number], style: Style): Lines {
  const { name, placeholder, values, description } = setting
  const usual = setting.default === undefined ? '' : ` (default: ${setting.default})`
  return prose(`--${name} <${values?.join('|') ?? placeholder}>: ${description}${usual}`, '', style)
}

const MARKS: Readonly<Record<ChangeSummary['fixable'], string>> = {
  always: 'automatic',
  sometimes: 'sometimes',
  never: 'by hand',
}

function rowText(recipe: RecipeSummary, change: ChangeSummary, style: Style): Lines {
  const widest = Math.max(...recipe.changes.map((c) => columns(shortId(recipe, c.id))))
  const id = shortId(recipe, change.id)
  const mark = change.checklist === undefined ? MARKS[change.fixable] : 'checklist'
  if (style.width < widest + 50) return [`  ${id}  ${style.colour.dim(mark)}`, ...prose(change.title, '      ', style)]
  const lead = padded(id, widest + 2)
  const paint = () => style.colour.cyan(lead) + style.colour.dim(mark)
  return labelled(lead + mark, change.title, '  ', style, paint, widest + 13)
}

function shortId(recipe: RecipeSummary, id: string): string {
  return id.startsWith(`${recipe.provider}/`) ? id.slice(recipe.provider.length + 1) : id
}

/** `runs`: what was written in this project. */
export function runsText(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'Nothing was written in this project yet.\n'
  const rows = runs.map(({ run, recipe, startedAt, files, state }) => [
    run,
    startedAt,
    recipe,
    plural(files, 'file'),
    state,
  ])
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => columns(row[column] ?? ''))))
  const lines = rows.map((row) => row.map((cell, column) => padded(cleanLine(cell), widths[column] ?? 0)).join('  '))
  return `${lines.join('\n')}\n`
}

/** `undo`: what is as before, what was kept, and what to do then. */
export function undoText(result: UndoResult): string {
  const { run, restored, removed, kept } = result
  const done = restored.length + removed.length
  const head =
    kept.length > 0 && done === 0
      ? `Nothing was taken back: run ${run} wrote ${plural(kept.length, 'file')} that ${kept.length === 1 ? 'is' : 'are'} no longer as it left ${kept.length === 1 ? 'it' : 'them'}.`
      : `Run ${run}: ${plural(done, 'file')} as before.`
  const lines = [
    ...restored.map((file) => `  restored  ${file}`),
    ...removed.map((file) => `  removed   ${file}`),
    ...kept.map(({ file, reason }) => `  kept      ${file}: ${reason}`),
    head,
    ...(kept.length > 0 ? [keptAdvice(result)] : []),
    ...installAdvice([...restored, ...removed]),
  ]
  return `${lines.map(cleanLine).join('\n')}\n`
}

function keptAdvice({ run, restored, removed }: UndoResult): string {
  if (restored.length + removed.length > 0)
    return 'What was kept is no file any more: move it out of the way, then run `upgrade-kit undo` again.'
  return `\`upgrade-kit undo ${run} --force\` restores all of them; what they are now stays in .upgrade-kit/runs/${run}/originals/.`
}

const LOCK_FILES: readonly (readonly [file: RegExp, command: string])[] = [
  [/^(?:package-lock|npm-shrinkwrap)\.json$/, '`npm install`'],
  [/^pnpm-(?:lock|workspace)\.yaml$/, '`pnpm install`'],
  [/^(?:yarn\.lock|\.pnp\..+)$/, '`yarn install`'],
  [/^bun\.lockb?$/, '`bun install`'],
]

/** Packages that a run installed are no files of the project, so they stay until somebody installs again. */
function installAdvice(files: readonly string[]): Lines {
  const names = files.map((file) => file.slice(file.lastIndexOf('/') + 1))
  const known = LOCK_FILES.find(([file]) => names.some((name) => file.test(name)))
  if (!known && !names.includes('package.json')) return []
  const command = known?.[1] ?? "your package manager's install"
  return [`\`node_modules\` is not part of a run: run ${command} again, so that it fits the restored package.json.`]
}

function text(...blocks: readonly Lines[]): string {
  return `${spaced(...blocks).join('\n')}\n`
}
