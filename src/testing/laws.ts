import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { type Change, isOfDeclarations, isTransform, restsOn } from '../catalogue/change.ts'
import { type Catalogue, isOfRecipe, recipesOf, type SelectedRecipe } from '../catalogue/select.ts'
import { type Discovery, group, groupOf } from '../engine/discover.ts'
import { readPackages } from '../engine/packages.ts'
import { openProject, type ProposalInput, propose } from '../engine/upgrade.ts'
import { typeOracle } from '../formats/javascript/types.ts'
import type { ChangeId, Finding, ProjectPath } from '../model/finding.ts'
import type { NotLookedAt, Outcome } from '../model/report.ts'
import type { Location } from '../model/trust.ts'
import { normaliseNewlines } from '../text/edits.ts'
import { joinBom, lineIndex, splitBom } from '../text/lines.ts'
import { unifiedDiff } from '../text/patch.ts'
import { beforePath, type Case, type Strength, sortStrengths } from './cases.ts'
import { linkPackage } from './installed.ts'
import { inAnotherPackage, withoutShapes } from './other-package.ts'

/** What each law promises, by its number. */
export const LAWS = {
  1: 'findings appear exactly on the marked lines, with exactly the marked strength',
  2: '`after` is exactly what is written',
  3: 'one round is enough, and a second run writes nothing',
  4: 'line endings and a byte order mark stay',
  5: 'the same code on another package is left alone',
  6: '`mentions` hides nothing',
  7: '`fixable` is true, and some case stays untouched',
} as const
export type Law = keyof typeof LAWS

/**
 * What became of a case, in ast-grep's words. `Reported`: the wanted findings are there; `Validated`: none is wanted and
 * none is there; `Missing`: a wanted one is not found; `Noisy`: one is found that nobody wants; `Wrong`: it is found, but
 * what is said of it or written for it is not what is wanted.
 */
export type Verdict = 'Reported' | 'Validated' | 'Missing' | 'Noisy' | 'Wrong'

/** One way in which a case, or the cases of a change together, break a law. */
export interface Problem {
  readonly law: Law
  readonly verdict: Exclude<Verdict, 'Reported' | 'Validated'>
  /** For a person: the file and line, the line itself, what was wanted and what there is. */
  readonly detail: string
}

/** The judgement of one case. */
export interface CaseResult {
  readonly verdict: Verdict
  readonly problems: readonly Problem[]
  /** What the change under test finds. */
  readonly findings: readonly Finding[]
  /** The new texts of the files that are written, with their byte order mark. */
  readonly written: ReadonlyMap<ProjectPath, string>
}

/** Runs one case and holds it against laws 1 to 6. Uses a temporary folder, which is gone afterwards. */
export async function checkCase(one: Case, catalogue: Catalogue): Promise<CaseResult> {
  const change = catalogue.changes[one.change]
  if (!change) throw new Error(`${one.folder}: there is no change ${one.change}`)
  const recipe = recipeFor(one.change, catalogue)
  const files = withManifest(one, recipe)
  return inFolder(one, recipe, async (put) => {
    const project = put(files)
    const base = await project.run(catalogue)
    // the compiler says where a change of declarations has to look, whatever the text mentions
    const everything = isOfDeclarations(change)
      ? base.findings
      : await project.scan(withoutPrefilter(one.change, change, catalogue), true)
    const check: Check = { one, change, catalogue, recipe, files, base, put }
    const problems = [
      ...everythingRead(check),
      ...foundAsMarked(check),
      ...writtenAsExpected(check),
      ...(await stable(check)),
      ...(await sameInOtherBytes(check)),
      ...(await silentOnAnotherPackage(check)),
      ...sameFindings(6, 'when every file is looked at, whatever `mentions` says', base.findings, everything),
    ]
    const verdict = problems[0]?.verdict ?? (one.marks.length > 0 ? 'Reported' : 'Validated')
    return { verdict, problems, findings: base.findings, written: base.written }
  })
}

/**
 * Runs every change of the case's recipe over one case, and not only the one that it shows: no two of them fight for a
 * place, what is written parses, and a second run writes nothing. Packages that are past the recipe are looked at as well,
 * because they are past it the second time.
 */
export async function checkRecipe(one: Case, catalogue: Catalogue): Promise<readonly Problem[]> {
  const recipe = recipeFor(one.change, catalogue)
  const files = withManifest(one, recipe)
  return inFolder(
    one,
    recipe,
    async (put) => {
      const base = await put(files).run(catalogue, true)
      const result = new Map([...files, ...base.written])
      const again = base.written.size > 0 ? await put(result).run(catalogue, true) : undefined
      return [
        ...everythingRead({ base }),
        ...collisions(base),
        ...(again ? everythingRead({ base: again }) : []),
        ...writtenAgain(again?.findings ?? [], result),
      ]
    },
    'all',
  )
}

/** The recipe of the change's provider whose interval holds the change. Throws an Error if there is none. */
function recipeFor(id: ChangeId, catalogue: Catalogue): SelectedRecipe {
  const found = recipesOf(catalogue).find(
    (recipe) => id.startsWith(`${recipe.provider.id}/`) && isOfRecipe(catalogue.changes[id]!, recipe),
  )
  if (!found) throw new Error(`${id} belongs to no recipe: its \`since\` lies outside of every recipe of its provider`)
  return found
}

/** A case that does not bring a package.json is a project that depends on the provider's package. */
function withManifest({ before, options }: Case, recipe: SelectedRecipe): Map<ProjectPath, string> {
  const dependencies = { [recipe.provider.packages[0]!]: `^${recipe.from}` }
  const manifest = before.get('package.json') ?? `${JSON.stringify({ name: 'case', dependencies }, undefined, 2)}\n`
  const config =
    before.get('tsconfig.json') ?? (options.installed ? `${JSON.stringify(STRICT, undefined, 2)}\n` : undefined)
  return new Map([
    ...before,
    ['package.json', manifest],
    ...(config === undefined ? [] : [['tsconfig.json', config] as const]),
  ])
}

const STRICT = {
  compilerOptions: {
    strict: true,
    target: 'es2022',
    lib: ['es2022'],
    module: 'commonjs',
    moduleResolution: 'bundler',
    types: [],
  },
}

// ---- running ------------------------------------------------------------------------------------

type Files = ReadonlyMap<ProjectPath, string>

/** A finding and where it starts. */
type Found = Finding & { readonly at: Location }

/** What one whole run on one project gives. */
interface Run {
  readonly findings: readonly (Found & { readonly outcome: Outcome })[]
  /** With the byte order mark that the file had. */
  readonly written: Files
  readonly rounds: number
  readonly notLookedAt: readonly NotLookedAt[]
}

/** Puts a variant of the case on disk, in the place of the one before it. */
type Put = (files: Files) => Project

/** A project on disk, for the change under test. */
interface Project {
  /** Finds and plans, round after round; where asked, also in packages that are past the recipe. */
  run(catalogue: Catalogue, despiteLater?: boolean): Promise<Run>
  /** Finds, and nothing else: a third of the time. */
  scan(catalogue: Catalogue, everyFile?: boolean): Promise<readonly Found[]>
}

/** One case while it is judged. */
interface Check {
  readonly one: Case
  readonly change: Change
  readonly catalogue: Catalogue
  readonly recipe: SelectedRecipe
  /** The project before. */
  readonly files: Files
  /** The run on it. */
  readonly base: Run
  readonly put: Put
}

/**
 * One temporary folder for all variants of a case, in which a file is written over the one before it: to make and remove
 * them each takes as long as everything that is asked of them. Not so where a case brings packages, of which a run knows
 * that they do not change.
 */
async function inFolder<T>(
  one: Case,
  recipe: SelectedRecipe,
  use: (put: Put) => Promise<T>,
  which: Which = 'own',
): Promise<T> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-case-')))
  const bringsPackages = [...one.before.keys()].some((file) => file.includes('node_modules/'))
  const present = new Set<ProjectPath>()
  let variants = 0
  try {
    return await use((files) => {
      const folder = bringsPackages ? join(top, `${++variants}`) : top
      for (const file of present)
        if (!bringsPackages && !files.has(file)) {
          rmSync(join(folder, file))
          present.delete(file)
        }
      for (const [file, text] of files) {
        if (file.includes('/') || bringsPackages) mkdirSync(dirname(join(folder, file)), { recursive: true })
        writeFileSync(join(folder, file), text)
        present.add(file)
      }
      for (const name of one.options.installed ?? []) linkPackage(name, join(process.cwd(), 'package.json'), folder)
      return opened(folder, files, one, recipe, which)
    })
  } finally {
    rmSync(top, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The change under test alone, or all of its recipe. */
type Which = 'own' | 'all'

function opened(root: string, files: Files, { change, options }: Case, recipe: SelectedRecipe, which: Which): Project {
  const discovery = listing(root, files)
  const packages = readPackages(root, discovery)
  const input = (catalogue: Catalogue): ProposalInput => ({
    catalogue,
    recipe,
    discovery,
    packages,
    ...(which === 'own' ? { only: [change] } : {}),
    ...(options.modern === undefined ? {} : { modern: options.modern }),
    ...(options.settings === undefined ? {} : { settings: options.settings }),
    ...(options.installed ? { typeCheck: { runsProject: false } } : {}),
    ...(options.types ? { types: ({ root: at }, models) => typeOracle(at, models, false) } : {}),
    level: 'review',
    mode: 'dry-run',
    toolVersion: '0.0.0',
  })
  return {
    async run(catalogue, despiteLater = false) {
      const { report, files: planned } = await propose({ ...input(catalogue), despiteLater })
      const isLeftOut = (file: ProjectPath) => !files.has(file) && recipe.provider.isGenerated?.(file) === true
      const kept = [...planned].filter(([file]) => !isLeftOut(file))
      const written = kept.map(([file, { after }]): [ProjectPath, string] => [
        file,
        joinBom({ bom: splitBom(files.get(file) ?? '').bom, text: after }),
      ])
      const { findings, counts, notLookedAt } = report
      return { findings, written: new Map(written), rounds: counts.rounds, notLookedAt }
    },
    async scan(catalogue, everyFile = false) {
      // what the compiler says is found when everything else is planned
      if (isOfDeclarations(catalogue.changes[change]!)) return (await this.run(catalogue)).findings
      const { findings } = await openProject({ ...input(catalogue), everyFile }).scan.run()
      return findings.map((finding) => {
        const lines = lineIndex(splitBom(files.get(finding.file) ?? '').text)
        return { ...finding, at: { file: finding.file, ...lines.positionAt(finding.range.start) } }
      })
    },
  }
}

/** The files of a case as discovery would list them. Made by hand: asking git takes longer than all laws together. */
function listing(root: string, files: Files): Discovery {
  const listed = [...files.keys()].filter((file) => groupOf(file) !== undefined && !/\.d\.[cm]?ts$/.test(file)).sort()
  return {
    root,
    files: listed,
    byGroup: group(listed),
    context: listed,
    named: new Set(),
    leftOut: [],
    notLookedAt: [],
    inGit: false,
    remarks: [],
  }
}

/** What a finding promises, in the words of the marks. */
export function strengthOf({ evidence, fix }: Finding): Strength {
  if (evidence.certainty === 'guessed') return 'guessed'
  return fix === undefined || fix.applicability === 'manual' ? 'by hand' : fix.applicability
}

// ---- law 1 --------------------------------------------------------------------------------------

/** A file that nobody could read proves nothing. */
function everythingRead({ base }: Pick<Check, 'base'>): Problem[] {
  const withdrawn = base.findings.filter(({ outcome }) => outcome === 'withdrawn')
  return [
    ...base.notLookedAt.map(
      ({ file, reason }): Problem => ({ law: 1, verdict: 'Wrong', detail: `${file}: ${reason}` }),
    ),
    ...withdrawn.map(
      ({ at, message }): Problem => ({
        law: 2,
        verdict: 'Wrong',
        detail: `${at.file}:${at.line}: the file does not parse after this fix (${message})`,
      }),
    ),
  ]
}

function foundAsMarked({ one, files, base }: Check): Problem[] {
  const place = (file: ProjectPath, line: number) => `${file}:${line}`
  const wanted = new Map(one.marks.map((mark) => [place(mark.file, mark.line), mark]))
  const found = new Map<string, Found[]>()
  for (const finding of base.findings) {
    const key = place(finding.file, finding.at.line)
    found.set(key, [...(found.get(key) ?? []), finding])
  }
  return [...new Set([...wanted.keys(), ...found.keys()])].flatMap((key): Problem[] => {
    const mark = wanted.get(key)
    const findings = found.get(key) ?? []
    const strengths = sortStrengths(findings.map(strengthOf))
    const want = mark?.strengths ?? []
    if (strengths.join() === want.join()) return []
    const file = mark?.file ?? findings[0]!.file
    const line = mark?.line ?? findings[0]!.at.line
    return [
      {
        law: 1,
        verdict: findings.length === 0 ? 'Missing' : mark ? 'Wrong' : 'Noisy',
        detail: [
          `${placeOf(one, file)}:${line}`,
          `    ${lineOf(files.get(file) ?? '', line)}`,
          `  wanted: ${want.join(', ') || 'nothing'}`,
          `  found:  ${strengths.join(', ') || 'nothing'}`,
          ...findings.map(because),
        ].join('\n'),
      },
    ]
  })
}

/** Where a file of a case is kept, seen from where the tests run. */
function placeOf(one: Case, file: ProjectPath): string {
  return relative(process.cwd(), beforePath(one, file)).split(sep).join('/')
}

function because({ message, evidence }: Found): string {
  const steps = evidence.steps.map(({ what, at }) => (at ? `${what} (${at.file}:${at.line})` : what))
  return `          ${message}, because (${evidence.certainty}) ${steps.join(' ← ')}`
}

function lineOf(text: string, line: number): string {
  const range = lineIndex(text).lineRange(line)
  return range ? text.slice(range.start, range.end).trim() : ''
}

// ---- law 2 --------------------------------------------------------------------------------------

function writtenAsExpected({ one, files, base, recipe }: Check): Problem[] {
  const result = new Map([...files, ...base.written])
  const created = [...one.after.keys()].filter((file) => !files.has(file))
  const isTestedElsewhere = (file: ProjectPath) => recipe.provider.isGenerated?.(file) === true
  return [...result.keys(), ...created].sort().flatMap((file): Problem[] => {
    if (isTestedElsewhere(file)) return []
    const is = result.get(file) ?? ''
    const expected = one.after.get(file) ?? files.get(file) ?? ''
    if (is === expected) return []
    const missing = files.has(file) ? 'it has to stay' : 'it must not be made'
    const hint = one.after.has(file) ? '' : ` (\`after\` has no such file, so ${missing})`
    return [
      {
        law: 2,
        verdict: 'Wrong',
        detail: `${file}: - is what is expected${hint}, + what is written\n${difference(file, expected, is)}`,
      },
    ]
  })
}

function difference(file: ProjectPath, expected: string, is: string): string {
  const visible = (text: string) => text.replace(/^\uFEFF/, '<BOM>').replace(/\r/g, '<CR>')
  return unifiedDiff([{ file, before: visible(expected), after: visible(is) }])
    .split('\n')
    .slice(3)
    .map((line) => `    ${line}`)
    .join('\n')
    .trimEnd()
}

// ---- law 3 --------------------------------------------------------------------------------------

async function stable({ catalogue, files, base, put }: Check): Promise<Problem[]> {
  const problems = collisions(base)
  if (base.written.size === 0) return problems
  const result = new Map([...files, ...base.written])
  return [...problems, ...writtenAgain(await put(result).scan(catalogue), result)]
}

function collisions(base: Run): Problem[] {
  const problems: Problem[] = []
  if (base.rounds !== 1)
    problems.push({ law: 3, verdict: 'Wrong', detail: `the first run needed ${base.rounds} rounds instead of one` })
  for (const { at, message } of base.findings.filter(({ outcome }) => outcome === 'conflict'))
    problems.push({ law: 3, verdict: 'Wrong', detail: `${at.file}:${at.line}: collides with another fix (${message})` })
  return problems
}

function writtenAgain(again: readonly Found[], result: Files): Problem[] {
  return again
    .filter((one) => ['safe', 'review'].includes(strengthOf(one)))
    .map((finding): Problem => {
      const detail = [
        `${finding.at.file}:${finding.at.line}, as it was written, would be rewritten again`,
        `    ${lineOf(result.get(finding.file) ?? '', finding.at.line)}`,
        because(finding),
      ]
      return { law: 3, verdict: 'Wrong', detail: detail.join('\n') }
    })
}

// ---- law 4 --------------------------------------------------------------------------------------

const otherBytes = (text: string) => joinBom({ bom: '\uFEFF', text: normaliseNewlines(splitBom(text).text, '\r\n') })

async function sameInOtherBytes({ catalogue, files, base, put }: Check): Promise<Problem[]> {
  const variant = new Map([...files].map(([file, text]) => [file, otherBytes(text)]))
  const run = await put(variant).run(catalogue)
  const where = 'with CRLF and a byte order mark'
  const problems = sameFindings(4, where, base.findings, run.findings)
  for (const file of new Set([...base.written.keys(), ...run.written.keys()])) {
    // a new file has no byte order mark to keep
    const expected = files.has(file)
      ? otherBytes(base.written.get(file) ?? files.get(file)!)
      : normaliseNewlines(base.written.get(file) ?? '', '\r\n')
    const is = run.written.get(file) ?? variant.get(file) ?? ''
    if (is !== expected)
      problems.push({
        law: 4,
        verdict: 'Wrong',
        detail: `${file} ${where}: - is what is expected, + what is written\n${difference(file, expected, is)}`,
      })
  }
  return problems
}

/** Two runs on what is the same project must find the same. */
function sameFindings(law: Law, where: string, base: readonly Found[], other: readonly Found[]): Problem[] {
  const text = (finding: Found) =>
    `${finding.at.file}:${finding.at.line}:${finding.at.column} ${strengthOf(finding)}: ${finding.message}`
  const expected = base.map(text)
  const is = other.map(text)
  return [
    ...expected
      .filter((one) => !is.includes(one))
      .map((one): Problem => ({ law, verdict: 'Missing', detail: `not found ${where}: ${one}` })),
    ...is
      .filter((one) => !expected.includes(one))
      .map((one): Problem => ({ law, verdict: 'Noisy', detail: `found only ${where}: ${one}` })),
  ]
}

// ---- law 5 --------------------------------------------------------------------------------------

/**
 * Runs the change on the same code, which gets everything from a package that nobody has heard of, in a project that
 * still depends on the provider. Whatever rests on the package must be gone. What rests on a shape alone (a function
 * `(req, res)` of which nothing else is known) fits that code as well and always will; therefore shapes are turned off
 * for the strict half, in which nothing but guesses may be left, and turned on for the other half, in which nothing may
 * be proven.
 */
async function silentOnAnotherPackage({ change, recipe, catalogue, files, base, put }: Check): Promise<Problem[]> {
  if (!base.findings.some(({ evidence }) => evidence.certainty !== 'guessed')) return []
  const variant = inAnotherPackage(files, recipe.provider, restsOn(change) === 'uses')
  const project = put(variant)
  const strict = await project.scan(withoutShapes(catalogue))
  const loose = isOfDeclarations(change) ? strict : await project.scan(catalogue)
  const left = [
    ...strict.filter(({ evidence }) => evidence.certainty !== 'guessed'),
    ...loose.filter(({ evidence }) => evidence.certainty === 'proven'),
  ]
  const place = ({ at }: Found) => `${at.file}:${at.line}:${at.column}`
  return [...new Map(left.map((finding) => [place(finding), finding])).values()].map((finding) => ({
    law: 5,
    verdict: 'Noisy',
    detail: [
      `${finding.at.file}:${finding.at.line}, with the package renamed`,
      `    ${lineOf(variant.get(finding.file) ?? '', finding.at.line)}`,
      '  wanted: nothing',
      `  found:  ${strengthOf(finding)}`,
      because(finding),
    ].join('\n'),
  }))
}

// ---- law 6 --------------------------------------------------------------------------------------

function withoutPrefilter(id: ChangeId, change: Change, catalogue: Catalogue): Catalogue {
  const open: Change = isTransform(change) ? ({ ...change, mentions: [''] } as Change) : change
  return { ...catalogue, changes: { ...catalogue.changes, [id]: open } }
}

// ---- law 7 --------------------------------------------------------------------------------------

/**
 * Holds all cases of one change together against law 7. `always`: every finding that is no guess is rewritten; `never`:
 * none is; `sometimes`: there is at least one of each. Every change has a case with a mark and one without any.
 */
export function checkChange(id: ChangeId, change: Change, cases: readonly Case[]): Problem[] {
  if (!isTransform(change)) return []
  const own = cases.filter((one) => one.change === id)
  const marked = (strengths: readonly Strength[]) =>
    own.flatMap((one) =>
      one.marks
        .filter((mark) => mark.strengths.some((strength) => strengths.includes(strength)))
        .map((mark) => `${placeOf(one, mark.file)}:${mark.line}`),
    )
  const rewritten = marked(['safe', 'review'])
  const byHand = marked(['by hand'])
  const says = `\`fixable\` is '${change.fixable}'`
  const broken = (verdict: Problem['verdict'], detail: string): Problem => ({ law: 7, verdict, detail })
  return [
    ...(change.fixable !== 'never' && rewritten.length === 0
      ? [broken('Missing', `${says}, but no case shows a rewrite`)]
      : []),
    ...(change.fixable === 'never'
      ? rewritten.map((at) => broken('Wrong', `${says}, but here is a rewrite: ${at}`))
      : []),
    ...(change.fixable !== 'always' && byHand.length === 0
      ? [broken('Missing', `${says}, but no case shows a finding that is left to a person`)]
      : []),
    ...(change.fixable === 'always'
      ? byHand.map((at) => broken('Wrong', `${says}, but here a person has to decide: ${at}`))
      : []),
    ...(own.some((one) => one.marks.length === 0)
      ? []
      : [broken('Missing', 'no case stays untouched; add one without marks, of code that looks alike')]),
  ]
}
