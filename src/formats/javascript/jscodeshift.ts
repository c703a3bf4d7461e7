import { createRequire } from 'node:module'
import { basename, dirname, extname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { JSCodeshift, Parser } from 'jscodeshift'
import { UserError } from '../../model/user-error.ts'

const load = createRequire(import.meta.url)

/** A jscodeshift transform that is loaded and can be run. */
export interface Codemod {
  /** Runs it on one text without byte order mark. Never throws, but ends only when the transform does. */
  run(path: string, text: string): Promise<CodemodRun>
  /** Takes back what loading it changed in this process. */
  close(): void
}

/** One run of a transform on one file, as plain data. */
export interface CodemodRun {
  readonly result: CodemodResult
  /** What it said with `api.report` (with the path of the file) or the console. */
  readonly said: readonly { readonly message: string; readonly path?: string }[]
  /** What it counted with `api.stats`. */
  readonly counted: readonly (readonly [name: string, quantity: number])[]
  /** The parsers that read the file, in the order in which they were tried: the last one could. */
  readonly parsers: readonly string[]
}

/** What a transform made of one file. */
export type CodemodResult =
  | { readonly is: 'unchanged' }
  | { readonly is: 'changed'; readonly text: string }
  /** The transform threw, or returned something that is no text. One sentence for a person, without full stop. */
  | { readonly is: 'failed'; readonly reason: string }

/** How to load and run a transform. */
export interface CodemodOptions {
  /** jscodeshift's name of a parser, for every file; else the transform's own one, else the one that fits the file. */
  readonly parser?: string
}

type Transform = (
  file: { readonly path: string; readonly source: string },
  api: {
    readonly j: JSCodeshift
    readonly jscodeshift: JSCodeshift
    readonly stats: (name: string, quantity?: number) => void
    readonly report: (message: string) => void
  },
  options: Readonly<Record<string, unknown>>,
) => unknown

const PARSERS: readonly string[] = ['babel', 'babylon', 'flow', 'ts', 'tsx']

/**
 * Loads a transform: `.mjs`, and `.js` of a package with `"type": "module"`, as Node does; all else as jscodeshift does,
 * through Babel, so that `import`, TypeScript and Flow are read in files that Node would refuse.
 *
 * @param path absolute path of the module
 * @throws UserError if it cannot be loaded or exports no function
 */
export async function loadCodemod(path: string, options: CodemodOptions = {}): Promise<Codemod> {
  if (options.parser !== undefined && !PARSERS.includes(options.parser))
    throw new UserError(`jscodeshift has no parser \`${options.parser}\`.`, `Use one of ${PARSERS.join(', ')}.`)
  const { exported, close } = await loadModule(path)
  const transform = transformOf(exported)
  if (!transform) {
    close()
    throw new UserError(
      `${path} exports no transform.`,
      'Export a function `(file, api, options) => text`, as `module.exports` or as the default export.',
    )
  }
  const chosen = options.parser ?? parserOf(exported)
  const run = async (file: string, text: string): Promise<CodemodRun> => {
    const journal = new Journal()
    const parser = chosen === undefined ? new FirstParserThatCan(parsersFor(file)) : undefined
    const restore = journal.listen()
    const done = (result: CodemodResult): CodemodRun => ({
      result,
      said: journal.said,
      counted: [...journal.counted],
      parsers: parser?.tried ?? (typeof chosen === 'string' ? [chosen] : []),
    })
    try {
      const j = (load('jscodeshift') as JSCodeshift).withParser(chosen ?? parser!)
      const report = (message: string) => journal.say(message, file)
      const stats = (name: string, quantity = 1) => journal.count(name, quantity)
      const settings = { dry: true, ...(options.parser === undefined ? {} : { parser: options.parser }) }
      const output = await transform({ path: file, source: text }, { j, jscodeshift: j, stats, report }, settings)
      return done(judge(output, text))
    } catch (error) {
      return done({ is: 'failed', reason: `the codemod failed on it: ${firstLine(error)}` })
    } finally {
      restore()
    }
  }
  return { run, close }
}

function judge(output: unknown, text: string): CodemodResult {
  // jscodeshift takes everything that is not true for "nothing to do"
  if (!output || output === text) return { is: 'unchanged' }
  if (typeof output === 'string') return { is: 'changed', text: output }
  return { is: 'failed', reason: `the codemod returned ${describeType(output)} and no text` }
}

function describeType(value: unknown): string {
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error)
  return message.split(/\r?\n/)[0]!.trim()
}

// ---- loading --------------------------------------------------------------------------------------------------------

interface Loaded {
  readonly exported: unknown
  readonly close: () => void
}

async function loadModule(path: string): Promise<Loaded> {
  const extension = extname(path)
  if (!/^\.(?:[cm]?js|jsx|c?ts|tsx)$/.test(extension))
    throw new UserError(
      `${path} cannot be loaded as a jscodeshift transform: ${extension ? `\`${extension}\`` : 'a file without extension'} is none of .js, .cjs, .mjs, .jsx, .ts, .cts, .tsx.`,
      'Give the file that exports the transform.',
    )
  let close = () => {}
  try {
    if (extension === '.mjs' || (/^\.jsx?$/.test(extension) && packageType(path) === 'module'))
      return { exported: await import(pathToFileURL(path).href), close }
    close = registerBabel(path)
    return { exported: load(path), close }
  } catch (error) {
    close()
    throw new UserError(`${path} cannot be loaded: ${reasonOf(error)}`, adviceFor(error))
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  const line = firstLine(error)
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND' ? `${line.replace(/\.$/, '')}.` : line
}

function adviceFor(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND'
    ? 'Check the path, and install what the codemod needs where it lies.'
    : 'It has to load in Node; run it with jscodeshift to see the whole error.'
}

/**
 * Lets `require` read modern syntax in the files of the transform's own package, with the presets that jscodeshift's
 * runner uses; returns how to take that back. Other files, ours too, are loaded as before, and nothing is cached on disk.
 */
function registerBabel(path: string): () => void {
  const jscodeshift = createRequire(load.resolve('jscodeshift/package.json'))
  const register = jscodeshift('@babel/register') as ((options: object) => void) & { revert(): void }
  const presetEnv = optional(() => jscodeshift('@babel/preset-env'))
  const home = packageFolder(path)
  const typed = /\.[cm]?tsx?$/.test(path)
  register({
    configFile: false,
    babelrc: false,
    cache: false,
    presets: [
      ...(presetEnv ? [[presetEnv.default, { targets: { node: true } }]] : []),
      jscodeshift(typed ? '@babel/preset-typescript' : '@babel/preset-flow').default,
    ],
    plugins: [
      '@babel/plugin-transform-class-properties',
      '@babel/plugin-transform-nullish-coalescing-operator',
      '@babel/plugin-transform-optional-chaining',
      '@babel/plugin-transform-modules-commonjs',
      '@babel/plugin-transform-private-methods',
    ].map((name) => jscodeshift(name).default),
    extensions: ['.js', '.cjs', '.jsx', '.ts', '.cts', '.tsx'],
    only: [(file: string) => isOwn(relative(home, file))],
    ignore: [],
  })
  return () => register.revert()
}

function isOwn(file: string): boolean {
  const parts = file.split(sep)
  return parts[0] !== '..' && !parts.includes('node_modules')
}

function optional<T>(get: () => T): T | undefined {
  try {
    return get()
  } catch {
    return undefined
  }
}

/** The folder of the nearest package.json above a file; the file's own folder if there is none. */
function packageFolder(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (optional(() => load.resolve(join(folder, 'package.json')))) return folder
    if (folder === dirname(folder)) return dirname(path)
  }
}

function packageType(path: string): string | undefined {
  return optional(() => (load(join(packageFolder(path), 'package.json')) as { type?: string }).type)
}

interface Exports {
  readonly default?: unknown
  readonly parser?: unknown
}

/** The function, wherever a module system and a compiler put it between them. */
function transformOf(exported: unknown): Transform | undefined {
  for (let value = exported; ; value = (value as Exports).default) {
    if (typeof value === 'function') return value as Transform
    if (typeof value !== 'object' || value === null) return undefined
  }
}

function parserOf(exported: unknown): string | Parser | undefined {
  const { parser, default: inner } = exported as Exports
  const found = parser ?? (inner as Exports | undefined)?.parser
  return typeof found === 'string' || (typeof found === 'object' && found !== null)
    ? (found as string | Parser)
    : undefined
}

/** What a codemod is called: its file, or its folder where the file has no name of its own (`index`, `transform`). */
export function nameOfCodemod(path: string): string {
  const file = basename(path, extname(path))
  const name = /^(?:index|transform|codemod)$/.test(file) ? basename(dirname(path)) : file
  return name.replace(/[^\w.-]+/g, '-') || 'codemod'
}

// ---- running --------------------------------------------------------------------------------------------------------

/**
 * The parsers for a file, best first. jscodeshift's own default for JavaScript, `babel`, reads no `import { type X }` and
 * no Flow of today. `.ts` is not read as `.tsx`: `<T>value` and `<T>(x) => x` are TypeScript there, and no JSX.
 */
function parsersFor(path: string): readonly string[] {
  if (path.endsWith('.tsx')) return ['tsx']
  return /\.[cm]?ts$/.test(path) ? ['ts'] : ['babel', 'babylon', 'flow', 'tsx']
}

/** Parses with the first of some parsers that does not refuse; where all do, throws what the first one threw. */
class FirstParserThatCan implements Parser {
  readonly #names: readonly string[]
  /** The parsers that the first text, which is that of the file, was given to. */
  readonly tried: string[] = []

  constructor(names: readonly string[]) {
    this.#names = names
  }

  parse(source: string): ReturnType<Parser['parse']> {
    const note = this.tried.length === 0
    let first: unknown
    for (const name of this.#names) {
      if (note) this.tried.push(name)
      try {
        return (load('jscodeshift/src/getParser') as (parser: string) => Parser)(name).parse(source)
      } catch (error) {
        first ??= error
      }
    }
    throw first
  }
}

const CONSOLE = ['log', 'info', 'debug', 'warn', 'error'] as const

/** What a codemod says on one file. Its console is kept off ours, where a report may be printed as JSON. */
class Journal {
  readonly said: { message: string; path?: string }[] = []
  readonly counted = new Map<string, number>()

  say(message: string, path?: string): void {
    this.said.push({ message: String(message), ...(path === undefined ? {} : { path }) })
  }

  count(name: string, quantity: number): void {
    this.counted.set(name, (this.counted.get(name) ?? 0) + quantity)
  }

  /** From now on the console speaks to this journal; returns how to end that. */
  listen(): () => void {
    const { format } = load('node:util') as typeof import('node:util')
    const originals = CONSOLE.map((name) => console[name])
    for (const name of CONSOLE) console[name] = (...values: unknown[]) => this.say(format(...values))
    return () => {
      for (const [i, name] of CONSOLE.entries()) console[name] = originals[i]!
    }
  }
}
