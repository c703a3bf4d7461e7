import { isUtf8 } from 'node:buffer'
import { execFileSync } from 'node:child_process'
import { accessSync, constants, lstatSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { ProjectPath } from '../model/finding.ts'
import type { LeftOut, NotLookedAt } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { hasSource, mapReference } from './source-maps.ts'

// Loaded when asked for: most projects are git repositories and need neither.
const load = createRequire(import.meta.url)
const fastGlob = () => load('fast-glob') as typeof import('fast-glob')
const ignoreRules = () => (load('ignore') as typeof import('ignore'))({ ignorecase: process.platform !== 'linux' })

/** The kinds of file that a project is read from; the only list of names that discovery looks for. */
const GROUPS = {
  code: /\.(?:[cm]?[jt]s|[jt]sx)$/,
  manifest: /(?:^|\/)package\.json$/,
  schema: /\.prisma$|(?:^|\/)migrations\/(?:[^/]+\/)?[^/]+\.sql$/,
  workspace: /(?:^|\/)(?:pnpm-workspace\.yaml|\.yarnrc\.yml)$/,
  compiler: /(?:^|\/)[jt]sconfig[^/]*\.json$/,
  environment: anyOf(
    // the version of Node
    /\.(?:nvmrc|node-version|tool-versions)/,
    // containers
    /(?:.+\.)?(?:Dockerfile|Containerfile)(?:\.[^/]+)?/,
    /(?:.+\.)?(?:docker-)?compose(?:[.-][^/]*)?\.ya?ml/,
    /\.?devcontainer\.json/,
    // variables
    /(?:[^/]+)?\.env(?:\.[^/]+)?/,
    // scripts
    /[^/]+\.(?:sh|bash|zsh|ps1|cmd|bat|mk)|Procfile(?:\.[^/]+)?|(?:GNU)?[Mm]akefile|[Jj]ustfile/,
    // continuous integration
    /(?:\.gitlab-ci|\.travis|\.?appveyor|\.drone|\.woodpecker|azure-pipelines[^/]*|bitbucket-pipelines|buildspec[^/]*|cloudbuild[^/]*|codemagic)\.ya?ml/,
    /\.github\/(?:workflows\/[^/]+|actions\/(?:.+\/)?action)\.ya?ml|action\.ya?ml/,
    /(?:\.circleci|\.gitlab|\.azure-pipelines|\.azuredevops|\.buildkite|\.semaphore|\.woodpecker)\/(?:.+\/)?[^/]+\.ya?ml/,
    // hosting
    /(?:serverless[^/]*|template|sam|app|render|heroku|amplify)\.ya?ml|(?:vercel|now|app)\.json/,
    // how a developer starts the program
    /nodemon\.json|\.nodemonrc\.json|ecosystem(?:\.config)?\.json|\.vscode\/(?:launch|tasks)\.json|project\.json/,
    // how the change from one version of an API to the next is described, and how far it is
    /(?:[^/]+\.)?payment-map\.(?:ya?ml|json)|payment-migration\.lock\.json/,
    // where tests are, and what they and people ask of an API
    /\.mocharc\.(?:jsonc?|ya?ml)|jest\.config\.json/,
    /[^/]+\.postman_collection\.json|(?:__)?(?:cassettes|recordings)(?:__)?\/(?:.+\/)?[^/]+\.json/,
    // patches of packages
    /patches\/(?:.+\/)?[^/]+\.patch/,
  ),
} as const

/** A name at the root or in any folder that matches one of these. */
function anyOf(...names: readonly RegExp[]): RegExp {
  return new RegExp(`(?:^|/)(?:${names.map(({ source }) => source).join('|')})$`)
}

/**
 * `code`: JavaScript and TypeScript; `manifest`: package.json; `schema`: what a database looks like, and how it came to;
 * `workspace`: where catalogs are kept; `compiler`: tsconfig; `environment`: what the program is built, started, hosted and
 * tested with.
 */
export type FileGroup = keyof typeof GROUPS

/** Names that leave no doubt. A folder that is merely called `build` or `dist` is judged by content: {@link guardText}. */
const LEFT_OUT: readonly (readonly [reason: string, RegExp])[] = [
  ['installed packages (node_modules)', /(?:^|\/)node_modules\//],
  [
    'files of a package manager',
    /(?:^|\/)(?:\.yarn|\.pnpm-store|bower_components|jspm_packages)\/|(?:^|\/)\.pnp\.[cm]?js$/,
  ],
  [
    'output of a build tool',
    /(?:^|\/)\.(?:next|nuxt|output|svelte-kit|turbo|parcel-cache|nyc_output|docusaurus|angular|vercel)\//,
  ],
  ['the journal of upgrade-kit', /(?:^|\/)\.upgrade-kit\//],
  ['minified files', /[.-]min\.[cm]?js$/],
  ['type declarations', /\.d\.(?:[^./]+\.)?[cm]?ts$/],
]

const ANY_LEFT_OUT = new RegExp(LEFT_OUT.map(([, { source }]) => source).join('|'))

/** Why a file is left out by its name; most are not, which one look at all of the reasons tells. */
function reasonToLeaveOut(file: ProjectPath): string | undefined {
  return ANY_LEFT_OUT.test(file) ? LEFT_OUT.find(([, pattern]) => pattern.test(file))?.[0] : undefined
}

/** What the command line says about which files to look at. */
export interface DiscoverOptions {
  /**
   * Files or folders, relative to `cwd`; only these are looked at. A file named here is looked at even if git ignores
   * it or its name or content looks generated (type declarations excepted); a folder restricts, nothing more.
   */
  readonly paths?: readonly string[]
  /** Where `paths` start from; the root by default. */
  readonly cwd?: string
  /** Only files that match one of these, in the syntax of .gitignore plus `{a,b}`, relative to the root. */
  readonly include?: readonly string[]
  /** Not these; same syntax. They are counted in `leftOut`. */
  readonly exclude?: readonly string[]
  /** Where the files have been listed already. */
  readonly listing?: Listing | undefined
}

/** The files of a project. Lists are sorted and without duplicates. */
export interface Discovery {
  /** Absolute, symbolic links resolved. */
  readonly root: string
  /** What to look at. */
  readonly files: readonly ProjectPath[]
  readonly byGroup: Readonly<Record<FileGroup, readonly ProjectPath[]>>
  /** `files` and what `paths`, `include` and `exclude` took away: good for following imports, not for findings. */
  readonly context: readonly ProjectPath[]
  /** Files that the command line names one by one: the guards on size and origin do not hold for them. */
  readonly named: ReadonlySet<ProjectPath>
  readonly leftOut: readonly LeftOut[]
  readonly notLookedAt: readonly NotLookedAt[]
  /** True if git made the list. */
  readonly inGit: boolean
  /** Remarks about the list as a whole, for the report. */
  readonly remarks: readonly string[]
}

/** What a lister found below the root. A repository is a folder with its own git history: a submodule or a clone. */
export interface Listing {
  readonly files: string[]
  readonly links: string[]
  readonly repositories: string[]
  /** Files that git tracks and has not written here. */
  readonly notCheckedOut: ProjectPath[]
  readonly notLookedAt: NotLookedAt[]
  readonly remarks: string[]
  readonly inGit: boolean
}

const emptyListing = () => ({ files: [], links: [], repositories: [], notCheckedOut: [], notLookedAt: [] })

/**
 * Lists everything below a folder: with git where it can, else by walking with every .gitignore honoured. Reads no file but
 * .gitignore. `root` has its symbolic links resolved.
 */
export function list(root: string): Listing {
  return listWithGit(root) ?? listByWalking(root, [])
}

/**
 * The files of the project in `root`, as they are listed. Throws a UserError for a path that does not exist or lies outside
 * the project.
 */
export function discover(root: string, options: DiscoverOptions = {}): Discovery {
  const realRoot = realFolder(root)
  const restriction = restrict(realRoot, options)
  const listing = options.listing ?? list(realRoot)
  const leftOut = new Map<string, ProjectPath[]>()
  const leave = (reason: string, file: ProjectPath) => {
    const files = leftOut.get(reason)
    if (files) files.push(file)
    else leftOut.set(reason, [file])
  }

  const context = new Set<ProjectPath>()
  for (const file of listing.files) {
    if (groupOf(file) === undefined) continue
    const reason = reasonToLeaveOut(file)
    if (reason === undefined || (restriction.named.has(file) && reason !== 'type declarations')) context.add(file)
    else leave(reason, file)
  }
  for (const file of restriction.named) {
    if (groupOf(file) === undefined) leave('files of a kind that is not read', file)
    else if (!/\.d\.(?:[^./]+\.)?[cm]?ts$/.test(file)) context.add(file)
  }
  for (const file of listing.notCheckedOut)
    if (groupOf(file) !== undefined) leave('files that git has not checked out here (git sparse-checkout)', file)
  for (const folder of listing.repositories) leave('git repositories inside this one (run upgrade-kit there)', folder)
  const notLookedAt = [...listing.notLookedAt, ...judgeLinks(realRoot, listing.links, context, leave)]

  const all = [...context].sort()
  const files = all.filter((file) => restriction.allows(file, leave))
  return {
    root: realRoot,
    files,
    byGroup: group(files),
    context: all,
    named: restriction.named,
    leftOut: [...leftOut].map(([reason, names]) => ({ reason, files: names.length, examples: names.slice(0, 3) })),
    notLookedAt: notLookedAt.filter(({ file }) => restriction.covers(file)),
    inGit: listing.inGit,
    remarks: [...listing.remarks, ...restriction.remarks(files)],
  }
}

/** Which kind of file this is, by its name; nothing for a file that no part of the tool reads. */
export function groupOf(file: ProjectPath): FileGroup | undefined {
  if (GROUPS.code.test(file)) return 'code'
  if (GROUPS.manifest.test(file)) return 'manifest'
  if (GROUPS.compiler.test(file)) return 'compiler'
  if (GROUPS.workspace.test(file)) return 'workspace'
  if (GROUPS.schema.test(file)) return 'schema'
  return GROUPS.environment.test(file) ? 'environment' : undefined
}

/** True for a file of code that is looked at unless its content speaks against it. */
export function isCode(file: ProjectPath): boolean {
  return GROUPS.code.test(file) && !ANY_LEFT_OUT.test(file)
}

/** Sorts files into their groups; all must belong to one. */
export function group(files: readonly ProjectPath[]): Record<FileGroup, ProjectPath[]> {
  const byGroup: Record<FileGroup, ProjectPath[]> = {
    code: [],
    manifest: [],
    schema: [],
    workspace: [],
    compiler: [],
    environment: [],
  }
  for (const file of files) byGroup[groupOf(file)!].push(file)
  return byGroup
}

function realFolder(root: string): string {
  const stat = statSync(root, { throwIfNoEntry: false })
  if (!stat?.isDirectory()) throw new UserError(`${root} is not a folder`, 'Give the folder of a project with --cwd.')
  return realpathSync(root)
}

// ---- git ----------------------------------------------------------------------------------------------------------

/** The list of `git ls-files`, or nothing where git cannot say: then `remarks` of the walk tell why. */
function listWithGit(root: string): Listing | undefined {
  const listing: Listing = { ...emptyListing(), remarks: [], inGit: true }
  let output: string
  try {
    // -t -s: a letter and the mode, so that links, submodules and deleted files are known without asking the disk.
    output = git(root, ['ls-files', '-c', '-o', '-d', '-s', '-t', '-z', '--exclude-standard'])
    if (output === '' && isIgnored(root)) return undefined
  } catch (error) {
    return listByWalking(root, explainGitFailure(error))
  }
  const deleted = new Set<string>()
  for (const record of output.split('\0')) readRecord(root, record, listing, deleted)
  return deleted.size === 0 ? listing : { ...listing, files: listing.files.filter((file) => !deleted.has(file)) }
}

/** `? path` for an untracked entry, `H 100644 <hash> 0<tab>path` for a tracked one, R for deleted, S for not checked out. */
function readRecord(root: string, record: string, listing: Listing, deleted: Set<string>): void {
  if (record === '') return
  const tag = record[0]
  const name = tag === '?' ? record.slice(2) : record.slice(record.indexOf('\t') + 1)
  if (tag === '?') {
    if (name.endsWith('/')) listing.repositories.push(name.slice(0, -1))
    else if (lstatSync(path.join(root, name), { throwIfNoEntry: false })?.isSymbolicLink()) listing.links.push(name)
    else listing.files.push(name)
  } else if (tag === 'R') deleted.add(name)
  else if (tag === 'S' && !lstatSync(path.join(root, name), { throwIfNoEntry: false })) {
    deleted.add(name)
    listing.notCheckedOut.push(name)
  } else if (record.startsWith('120000', 2)) listing.links.push(name)
  else if (record.startsWith('160000', 2)) listing.repositories.push(name)
  else listing.files.push(name)
}

/** A project in a folder that an outer repository ignores (a sandbox, a build folder) is no part of that repository. */
function isIgnored(root: string): boolean {
  try {
    git(root, ['check-ignore', '-q', '.'])
    return true
  } catch {
    return false
  }
}

function git(root: string, args: readonly string[]): string {
  // Inside a git hook these point at the repository of the hook; and a repository may name a program as its monitor.
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_PREFIX, ...env } = process.env
  return execFileSync('git', ['-c', 'core.fsmonitor=false', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
}

function explainGitFailure(error: unknown): string[] {
  const { code, stderr } = error as { code?: string; stderr?: string }
  if (code === 'ENOENT') return ['git is not installed: the files were listed without it']
  const message = stderr?.trim() ?? ''
  if (/not a git repository|must be run in a work tree/.test(message)) return []
  if (/dubious ownership/.test(message)) {
    return [
      'git refuses this folder because somebody else owns it (see safe.directory): the files were listed without it',
    ]
  }
  const first = message.replace(/^(?:fatal|error): /, '').split('\n')[0]
  return [`git could not list the files (${first || code || 'no reason given'}): they were listed without it`]
}

// ---- without git --------------------------------------------------------------------------------------------------

/** Walks the tree, prunes what can only be left out, and honours every .gitignore. Links are not followed. */
function listByWalking(root: string, remarks: string[]): Listing {
  const listing: Listing = { ...emptyListing(), remarks, inGit: false }
  const entries = fastGlob().sync('**', {
    cwd: root,
    dot: true,
    followSymbolicLinks: false,
    ignore: ['**/node_modules', '**/.git', '**/bower_components', '**/.yarn', '**/.upgrade-kit'],
    objectMode: true,
    onlyFiles: false,
    suppressErrors: true,
  })
  const isIgnoredFile = readIgnoreFiles(
    root,
    entries.filter(({ name, dirent }) => name === '.gitignore' && dirent.isFile()).map((entry) => entry.path),
  )
  const parents = new Set(entries.map((entry) => parentOf(entry.path)))
  for (const { path: name, dirent } of entries) {
    if (dirent.isDirectory()) {
      const isClosed = !parents.has(name) && !isReadable(path.join(root, name))
      if (isClosed && !isIgnoredFile(name)) {
        listing.notLookedAt.push({ file: name, kind: 'unreadable', reason: 'this folder may not be read' })
      }
    } else if (!isIgnoredFile(name)) (dirent.isSymbolicLink() ? listing.links : listing.files).push(name)
  }
  return listing
}

function isReadable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * git's rules: the nearest .gitignore that has an opinion decides, and nothing below an ignored folder comes back.
 * Answers about folders are remembered, so the cost grows with files times depth and not with files times .gitignores.
 */
function readIgnoreFiles(root: string, ignoreFiles: readonly string[]): (file: string) => boolean {
  const rules = new Map(
    ignoreFiles.map((file) => [parentOf(file), ignoreRules().add(readFileSync(path.join(root, file), 'utf8'))]),
  )
  const folders = new Map<string, boolean>([['', false]])
  const decide = (name: string, ending: '' | '/'): boolean => {
    let folder = name
    while (folder !== '') {
      folder = parentOf(folder)
      const relative = folder === '' ? name : name.slice(folder.length + 1)
      const answer = rules.get(folder)?.test(relative + ending)
      if (answer?.ignored) return true
      if (answer?.unignored) return false
    }
    return false
  }
  const isIgnoredFolder = (folder: string): boolean => {
    const known = folders.get(folder)
    if (known !== undefined) return known
    const answer = isIgnoredFolder(parentOf(folder)) || decide(folder, '/')
    folders.set(folder, answer)
    return answer
  }
  return (file) => isIgnoredFolder(parentOf(file)) || decide(file, '')
}

/** `''` for an entry of the root. */
function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')))
}

// ---- symbolic links -----------------------------------------------------------------------------------------------

/** No link is followed. One that leads to a listed file or a folder of the project hides nothing and is not mentioned. */
function judgeLinks(
  root: string,
  links: readonly string[],
  listed: ReadonlySet<ProjectPath>,
  leave: (reason: string, file: ProjectPath) => void,
): NotLookedAt[] {
  const notLookedAt: NotLookedAt[] = []
  for (const file of links) {
    if (reasonToLeaveOut(file) !== undefined) continue
    const isCandidate = groupOf(file) !== undefined
    const target = resolveLink(path.join(root, file))
    if (target instanceof Error) {
      if (isCandidate) notLookedAt.push({ file, kind: 'symlink', reason: target.message })
      continue
    }
    const isFolder = statSync(target).isDirectory()
    const inside = projectPath(root, target)
    if (inside === undefined) {
      const reason = `a symbolic link that leads out of the project, to ${path.relative(root, target)}; run upgrade-kit there`
      if (isCandidate || isFolder) notLookedAt.push({ file, kind: 'symlink', reason })
    } else if (isCandidate && !isFolder && !listed.has(inside)) leave('symbolic links to files that are left out', file)
  }
  return notLookedAt
}

function resolveLink(link: string): string | Error {
  try {
    return realpathSync(link)
  } catch (error) {
    const isLoop = (error as NodeJS.ErrnoException).code === 'ELOOP'
    return new Error(isLoop ? 'a symbolic link that leads back to itself' : 'a symbolic link that leads nowhere')
  }
}

/** Relative to the root with forward slashes, `.` for the root itself; nothing if it lies outside. */
function projectPath(root: string, absolute: string): ProjectPath | undefined {
  const relative = path.relative(root, absolute)
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) return undefined
  return relative === '' ? '.' : relative.split(path.sep).join('/')
}

// ---- the command line ---------------------------------------------------------------------------------------------

interface Restriction {
  readonly named: ReadonlySet<ProjectPath>
  /** True if the given paths lead to this file, or if there are none. */
  covers(file: ProjectPath): boolean
  /** As `covers`, with --include and --exclude. */
  allows(file: ProjectPath, leave: (reason: string, file: ProjectPath) => void): boolean
  remarks(files: readonly ProjectPath[]): string[]
}

function restrict(root: string, options: DiscoverOptions): Restriction {
  const { paths = [], include = [], exclude = [], cwd = root } = options
  const named = new Set<ProjectPath>()
  const folders: ProjectPath[] = []
  for (const given of paths) {
    const { file, isFolder } = locate(root, path.resolve(cwd, given), given)
    if (isFolder) folders.push(file)
    else named.add(file)
  }
  const isUnder = (file: ProjectPath, folder: ProjectPath) => folder === '.' || file.startsWith(`${folder}/`)
  const covers = (file: ProjectPath) =>
    paths.length === 0 || named.has(file) || folders.some((folder) => file === folder || isUnder(file, folder))
  const included = include.length === 0 ? undefined : patterns(include)
  const excluded = exclude.length === 0 ? undefined : patterns(exclude)
  return {
    named,
    covers,
    allows(file, leave) {
      if (!covers(file) || (included && !included.ignores(file))) return false
      if (!excluded?.ignores(file)) return true
      leave('left out by --exclude', file)
      return false
    },
    remarks: (files) =>
      folders
        .filter((folder) => !files.some((file) => isUnder(file, folder)))
        .map((folder) => `no file to look at in ${folder}; if git ignores it, name the files one by one`),
  }
}

function locate(root: string, absolute: string, given: string): { file: ProjectPath; isFolder: boolean } {
  let target: string
  try {
    target = realpathSync(absolute)
  } catch {
    const advice = /[*?[{]/.test(given)
      ? `Paths are files and folders; give the pattern as --include '${given}'.`
      : 'Give files or folders of the project, relative to where you are.'
    throw new UserError(`${given} does not exist`, advice)
  }
  const file = projectPath(root, target)
  if (file === undefined) {
    throw new UserError(
      `${given} is outside the project in ${root}`,
      'Run upgrade-kit in the project that the file belongs to, or name that project with --cwd.',
    )
  }
  return { file, isFolder: statSync(target).isDirectory() }
}

/** The folders that the globs of a workspace name (`packages/*`, `!packages/old`), relative to `directory`. */
export function workspaceFolders(directory: string, globs: readonly string[]): ProjectPath[] {
  const wanted = globs.map((glob) => glob.replace(/^(!?)\.\//, '$1').replace(/\/+$/, ''))
  return fastGlob().sync(wanted, {
    cwd: directory,
    followSymbolicLinks: false,
    ignore: ['**/node_modules'],
    onlyDirectories: true,
    suppressErrors: true,
  })
}

function patterns(globs: readonly string[]) {
  const expanded = globs.some((glob) => glob.includes('{'))
    ? fastGlob()
        .generateTasks(globs as string[], { dot: true })
        .flatMap((task) => task.patterns)
    : globs
  return ignoreRules().add(expanded.map((glob) => glob.replace(/^(!?)\.\//, '$1/')))
}

// ---- what the content says ----------------------------------------------------------------------------------------

/** Larger files are not read: 1 MiB, in bytes. No hand-written source of the 34,000 that were measured is larger. */
export const MAX_BYTES = 1024 * 1024
const MAX_AVERAGE_LINE = 300
const MAX_LINE = 20_000
/** Below this a file with long lines is a small file, not a minified one. */
const MIN_MINIFIED = 2_000

/** Refuses a file by its size in bytes, so that it need not be read. Files that were named one by one are let through. */
export function guardSize(size: number, file: ProjectPath): NotLookedAt | undefined {
  if (size <= MAX_BYTES) return undefined
  const megabytes = (size / MAX_BYTES).toFixed(1)
  const reason = `${megabytes} MiB: too big to be written by hand; name the file on the command line to look at it`
  return { file, kind: 'too-big', reason }
}

/**
 * Refuses a file by its content: not text, minified, or made by a program. For a file that the command line names, only
 * what cannot be read as text is refused. Cheap: native searches over the bytes.
 */
export function guardText(
  bytes: Uint8Array,
  file: ProjectPath,
  project: Pick<Discovery, 'root' | 'named' | 'context'>,
): NotLookedAt | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const named = project.named.has(file)
  const tooBig = named ? undefined : guardSize(buffer.length, file)
  if (tooBig) return tooBig
  const unreadable = judgeEncoding(buffer)
  if (unreadable) return { file, ...unreadable }
  if (named) return undefined
  const map = mapReference(buffer)
  // a map in the text is one long line of a file whose other lines may be as they were written
  const minified = judgeLines(map ? buffer.subarray(0, map.start) : buffer)
  if (minified) return { file, kind: 'minified', reason: `${minified}; change what it is built from` }
  const onlyForm = map !== undefined && !hasSource(map, file, project.root, project.context)
  const generated = judgeOrigin(buffer, file, map !== undefined, onlyForm)
  return generated ? { file, kind: 'generated', reason: generated } : undefined
}

/** True where `guardText` refuses a file for no project, whatever other files there are. */
export function isPlain(buffer: Buffer, file: ProjectPath): boolean {
  return mapReference(buffer) === undefined && guardText(buffer, file, NO_PROJECT) === undefined
}

const NO_PROJECT = { root: '', named: new Set<ProjectPath>(), context: [] }

function judgeEncoding(buffer: Buffer): Pick<NotLookedAt, 'kind' | 'reason'> | undefined {
  const mark = buffer.length >= 2 ? buffer.readUInt16BE(0) : 0
  if (mark === 0xfffe || mark === 0xfeff) {
    return { kind: 'encoding', reason: 'UTF-16 text; save it as UTF-8 and run again' }
  }
  if (buffer.includes(0)) return { kind: 'binary', reason: 'contains NUL bytes: not a text file' }
  if (isUtf8(buffer)) return undefined
  return { kind: 'encoding', reason: 'not valid UTF-8; save it as UTF-8 and run again' }
}

function judgeLines(buffer: Buffer): string | undefined {
  if (buffer.length < MIN_MINIFIED) return undefined
  let lines = 1
  let longest = 0
  let start = 0
  for (let end = buffer.indexOf(10); end !== -1; end = buffer.indexOf(10, start)) {
    longest = Math.max(longest, end - start)
    start = end + 1
    if (start < buffer.length) lines += 1
  }
  longest = Math.max(longest, buffer.length - start)
  if (longest > MAX_LINE) return `minified: a line of ${longest} bytes`
  const average = Math.round(buffer.length / lines)
  return average > MAX_AVERAGE_LINE ? `minified: ${average} bytes per line on average` : undefined
}

const BUILD_FOLDER = /(?:^|\/)(?:dist|build|out|output|compiled|generated|__generated__|release|es|esm|cjs|umd)\//
const VENDOR_FOLDER = /(?:^|\/)(?:vendors?|vendored|third[-_]party)\//
const COVERAGE_REPORT = /(?:^|\/)(?:coverage|lcov-report)\/(?:.+\/)?(?:block-navigation|prettify|sorter)\.js$/
const LEADING_COMMENTS = /^\uFEFF?(?:#!.*\n)?(?:\s*(?:\/\/.*|\/\*[\s\S]*?\*\/))*/
const COMPILER_MARK = /Object\.defineProperty\(exports, ['"]__esModule['"]|\(this && this\.__|function _interopRequire/

/**
 * Why this text was not written by hand. A name counts only together with a mark in the content. What a compiler wrote is
 * left out for the sake of its source: where the project has no source (`onlyForm`), it is what a person has to change.
 */
function judgeOrigin(buffer: Buffer, file: ProjectPath, mapped: boolean, onlyForm: boolean): string | undefined {
  const head = buffer.toString('utf8', 0, 4096)
  const comments = LEADING_COMMENTS.exec(head)?.[0] ?? ''
  if (/@generated\b/.test(comments)) return 'marked @generated; change what it is generated from'
  if (
    /(?:auto-?|automatically |code |file )generated|generated (?:by|from|file|code)/i.test(comments) &&
    /do not (?:edit|modify|change)|don't (?:edit|modify|change)/i.test(comments)
  ) {
    return 'says that it is generated and must not be edited; change what it is generated from'
  }
  if (mapped && !onlyForm) {
    return 'compiled: it ends with a reference to its source map; change its source'
  }
  if (buffer.includes('function __webpack_require__(') && buffer.includes('/******/')) {
    return 'a webpack bundle; change its source'
  }
  if (
    /^.{0,20}\(function(?: e)?\((?:t,n,r|e,t,n)\)|function r\(e,n,t\)\{function o\(i,f\)/.test(
      head.slice(comments.length, 400 + comments.length),
    )
  ) {
    return 'a browserify bundle; change its source'
  }
  if (!onlyForm && BUILD_FOLDER.test(file) && COMPILER_MARK.test(head)) {
    return 'compiled: code of a compiler in a folder for build output; change its source'
  }
  if (COVERAGE_REPORT.test(file)) return 'part of a coverage report'
  if (VENDOR_FOLDER.test(file) && /\d+\.\d+\.\d+/.test(comments) && /licen[sc]e|copyright|\(c\)/i.test(comments)) {
    return "somebody else's library, copied in; take its new version instead"
  }
  return undefined
}
