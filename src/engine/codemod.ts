import { statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { changedParts, withoutChurn } from '../formats/javascript/churn.ts'
import { type CodemodRun, nameOfCodemod } from '../formats/javascript/jscodeshift.ts'
import { parseJavaScript } from '../formats/javascript/parse.ts'
import type { ChangeId, Finding, ProjectPath } from '../model/finding.ts'
import type { Ledger, NotLookedAt, Report, ReportedChange } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { CodemodRequest } from './api.ts'
import { fingerprinted } from './fingerprint.ts'
import { type IsolatedCodemod, isolatedCodemod, SECONDS_PER_FILE } from './isolation.ts'
import { type Chosen, plan } from './plan.ts'
import type { Prepared } from './session.ts'
import { fileSystemReason, Sources, syntaxReason } from './sources.ts'
import { describeFinding, type Proposal, withRefused } from './upgrade.ts'

/** A codemod says nothing about versions; every version is after this one. */
const NO_VERSION = '0.0.0'
const ABOUT = 'https://github.com/facebook/jscodeshift#readme'

/**
 * Runs somebody's jscodeshift transform over the code files of a project and proposes what it changed: one `review` fix
 * per file, because its parts need each other, without the lines that it only reformatted. They are proposed for writing
 * whatever the level of the request, because the person asked for this very codemod. Writes nothing.
 *
 * @throws UserError if the transform cannot be loaded
 */
export async function proposeCodemod(
  request: CodemodRequest,
  prepared: Prepared,
  toolVersion: string,
): Promise<Proposal> {
  const { discovery } = prepared
  const path = transformPath(request)
  const sources = new Sources(discovery.root)
  const codemod = await isolatedCodemod(
    { path, ...(request.parser === undefined ? {} : { parser: request.parser }) },
    { secondsPerFile: request.transformTimeoutSeconds ?? SECONDS_PER_FILE, signal: request.signal },
  )
  try {
    const shown = projectPath(discovery.root, path)
    const run = new CodemodPass(codemod, shown, request, prepared, sources)
    await run.all(discovery.byGroup.code.filter((file) => file !== shown))
    return proposed(run, shown, request, prepared, toolVersion)
  } finally {
    await codemod.close()
  }
}

function transformPath({ root, transform }: CodemodRequest): string {
  const path = resolve(root, transform)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile()) return path
  throw new UserError(
    `${transform} ${found ? 'is a folder' : 'does not exist'}.`,
    'Give the file that exports the transform, relative to where you are.',
  )
}

/** Relative to the root where a path is inside of it, with forward slashes. */
function projectPath(root: string, path: string): ProjectPath {
  const inside = relative(root, path)
  const shown = inside.startsWith(`..${sep}`) || isAbsolute(inside) ? path : inside
  return shown.split(sep).join('/')
}

/** What one pass of a codemod over the files found. */
class CodemodPass {
  readonly id: ChangeId
  readonly findings: Finding[] = []
  readonly notLookedAt: NotLookedAt[] = []
  readonly remarks: CodemodRemarks
  readonly sources: Sources
  searched = 0
  readonly #codemod: IsolatedCodemod
  readonly #shown: string
  readonly #request: CodemodRequest
  readonly #prepared: Prepared

  constructor(codemod: IsolatedCodemod, shown: string, request: CodemodRequest, prepared: Prepared, sources: Sources) {
    this.id = `codemod/${nameOfCodemod(shown)}`
    this.remarks = new CodemodRemarks((path) => projectPath(prepared.discovery.root, path))
    this.sources = sources
    this.#codemod = codemod
    this.#shown = shown
    this.#request = request
    this.#prepared = prepared
  }

  async all(files: readonly ProjectPath[]): Promise<void> {
    const { onProgress, signal } = this.#request
    onProgress?.({ phase: 'scan', done: 0, total: files.length })
    let pause = performance.now() + 50
    for (const [done, file] of files.entries()) {
      if (performance.now() > pause) {
        onProgress?.({ phase: 'scan', done, total: files.length })
        await setImmediate()
        pause = performance.now() + 50
      }
      signal?.throwIfAborted()
      await this.#one(file)
    }
    onProgress?.({ phase: 'scan', done: files.length, total: files.length })
  }

  async #one(file: ProjectPath): Promise<void> {
    const text = this.#read(file)
    if (text === undefined) return
    this.searched++
    const run = await this.#codemod.run(join(this.#prepared.discovery.root, file), text)
    this.#request.signal?.throwIfAborted()
    this.remarks.add(file, run)
    const { result } = run
    if (result.is === 'unchanged') return
    const problem = syntaxProblem(text, file)
    if (problem !== undefined) return this.#leave(file, problem)
    if (result.is === 'failed') return this.#leave(file, result.reason)
    const broken = syntaxProblem(result.text, file)
    if (broken !== undefined) return this.#leave(file, `what the codemod made of it does not parse: ${broken}`)
    const after = withoutChurn(text, result.text, file)
    if (after !== text) this.findings.push(this.#finding(file, text, after))
  }

  /** The text of a file that a person wrote; nothing, with a word why, for all others. */
  #read(file: ProjectPath): string | undefined {
    try {
      const refused = this.sources.refused(file, this.#prepared.discovery)
      if (!refused) return this.sources.text(file)
      this.notLookedAt.push(refused)
    } catch (error) {
      this.notLookedAt.push({ file, kind: 'unreadable', reason: fileSystemReason(error) })
    }
    return undefined
  }

  #leave(file: ProjectPath, reason: string): void {
    this.notLookedAt.push({ file, change: this.id, kind: 'unparsable', reason })
  }

  #finding(file: ProjectPath, before: string, after: string): Finding {
    const parts = changedParts(before, after)
    const first = parts[0]!
    const places = parts.length === 1 ? 'in one place' : `in ${parts.length} places`
    return {
      change: this.id,
      file,
      range: { start: first.start, end: first.end },
      message: `the codemod rewrites this file ${places}; read the diff`,
      evidence: { certainty: 'proven', steps: [{ what: `the codemod ${this.#shown} rewrote it` }] },
      fix: {
        title: `Take what the codemod made of this file`,
        applicability: 'review',
        edits: parts.map((part) => ({ file, ...part })),
      },
    }
  }
}

const MAX_REMARKS = 20
const MAX_EXAMPLES = 3

/** What a codemod said, counted and was read with, over all files, in the order of the first mention. */
class CodemodRemarks {
  readonly #lines = new Set<string>()
  readonly #counts = new Map<string, number>()
  readonly #parsers = new Map<string, ProjectPath[]>()
  readonly #shown: (path: string) => string

  constructor(shown: (path: string) => string) {
    this.#shown = shown
  }

  add(file: ProjectPath, { result, said, counted, parsers }: CodemodRun): void {
    for (const { message, path } of said)
      this.#lines.add(path === undefined ? message : `${this.#shown(path)}: ${message}`)
    for (const [name, quantity] of counted) this.#counts.set(name, (this.#counts.get(name) ?? 0) + quantity)
    const parser = result.is === 'failed' ? undefined : parsers.at(-1)
    if (parser !== undefined) this.#parsers.set(parser, [...(this.#parsers.get(parser) ?? []), file])
  }

  all(): readonly string[] {
    const lines = [...this.#lines]
    const more = lines.length - MAX_REMARKS
    const counts = [...this.#counts].map(([name, quantity]) => `${name} ${quantity}`)
    return [
      ...this.#parsersText(),
      ...lines.slice(0, MAX_REMARKS).map((line) => `the codemod said: ${line}`),
      ...(more > 0 ? [`the codemod said ${more} other things`] : []),
      ...(counts.length > 0 ? [`the codemod counted: ${counts.join(', ')}`] : []),
    ]
  }

  /** The trees of two parsers differ, so the one that was used may be why a codemod found nothing. */
  #parsersText(): readonly string[] {
    const parts = [...this.#parsers].map(([parser, files]) => {
      const examples = files.slice(0, MAX_EXAMPLES).join(', ')
      const some = files.length > MAX_EXAMPLES ? `${examples} and ${files.length - MAX_EXAMPLES} more` : examples
      return `\`${parser}\` (${some})`
    })
    return parts.length > 0 ? [`parsed with jscodeshift's parser ${parts.join(', ')}`] : []
  }
}

/** Why a text cannot be read as code without repair. */
function syntaxProblem(text: string, file: ProjectPath): string | undefined {
  const parsed = parseJavaScript(text, file)
  const problem = parsed.is === 'failed' ? parsed.problem : parsed.recovered[0]
  return problem && syntaxReason(problem, text)
}

function proposed(
  run: CodemodPass,
  shown: string,
  request: CodemodRequest,
  prepared: Prepared,
  toolVersion: string,
  chosen?: Chosen,
): Proposal {
  const { discovery, packages } = prepared
  const { outcomes, files } = plan(run.findings, 'review', run.sources, discovery.byGroup.code, chosen)
  const patches = [...files].map(([file, { before = '', after, changes }]) => ({ file, before, after, changes }))
  const report: Report = {
    schema: 1,
    tool: { name: 'upgrade-kit', version: toolVersion },
    mode: request.mode,
    recipe: { id: `run-codemod ${shown}`, provider: 'codemod', from: NO_VERSION, to: NO_VERSION, guide: ABOUT },
    packages: packages.folders.map(({ folder, manifest }) => ({
      folder,
      ...(manifest.name === undefined ? {} : { name: manifest.name }),
      inScope: true,
      reason: 'a codemod looks at every package',
    })),
    changes: [reportedChange(run.id, shown)],
    findings: fingerprinted(
      run.findings.map((finding) => {
        const fix = chosen?.(finding) ?? finding.fix
        return describeFinding(fix ? { ...finding, fix } : finding, outcomes.get(finding)!, run.sources)
      }),
    ),
    checklist: [],
    notLookedAt: [...discovery.notLookedAt, ...packages.notLookedAt, ...run.notLookedAt],
    leftOut: discovery.leftOut,
    ignores: [],
    ledger: NO_LEDGER,
    coverage: { guide: ABOUT, changes: 0, automatic: 0, sometimes: 0, byHand: 0, notCovered: [], undocumented: 0 },
    patches: request.mode === 'scan' ? [] : patches,
    counts: {
      filesListed: discovery.files.length,
      filesSearched: run.searched,
      filesParsed: run.searched,
      rounds: 1,
    },
    remarks: [...discovery.remarks, ...run.remarks.all()],
  }
  return {
    report,
    files,
    without: (refused) => withRefused(report, refused),
    selecting: async ({ holdBack, only, edits }) => {
      const names = new Map(report.findings.map(({ fingerprint }, index) => [run.findings[index]!, fingerprint]))
      return proposed(run, shown, request, prepared, toolVersion, (finding) => {
        const name = names.get(finding)!
        const fix = chosen ? chosen(finding) : finding.fix
        if (holdBack?.has(name) || only?.has(finding.change) === false) return undefined
        return fix && edits?.has(name) ? { ...fix, edits: edits.get(name)! } : fix
      })
    },
    isEarly: () => true,
    order: [run.id],
    importsOf: () => [],
    symptoms: () => [],
  }
}

function reportedChange(id: ChangeId, shown: string): ReportedChange {
  return {
    id,
    title: `What the codemod ${shown} rewrites`,
    why: 'A codemod says what it changes, not why. Its output was taken without what it only reformatted; read it before you merge.',
    since: NO_VERSION,
    breakage: 'deprecated',
    source: ABOUT,
    fixable: 'sometimes',
  }
}

/** A codemod names no words, so there is nothing to account for. */
const NO_LEDGER: Ledger = {
  words: [],
  hits: 0,
  counts: {
    rewritten: 0,
    review: 0,
    'by-hand': 0,
    'not-written': 0,
    unaffected: 0,
    'not-ours': 0,
    guessed: 0,
    'comment-or-string': 0,
    generated: 0,
    unparsable: 0,
    ignored: 0,
  },
  entries: [],
}
