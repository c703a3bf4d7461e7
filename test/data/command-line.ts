/** Runs the compiled command line, as a person would, on projects in temporary folders. Needs `npm run build`. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compiled, compiledFile } from './compiled.ts'

/** What the program that finds Express 4 here needs to find: one silent break, one that throws, and the manifest. */
export const MANIFEST = '{ "name": "shop", "dependencies": { "express": "^4.18.2" } }\n'
export const APP = `const express = require('express')
const app = express()
app.del('/items/:id', (req, res) => res.json({}))
module.exports = app
`
/** What becomes of it. */
export const APP_AFTER = `const express = require('express')
const app = express()
app.set('query parser', 'extended') // keep Express 4 query strings; see upgrade-kit explain express/query-parser-default
app.delete('/items/:id', (req, res) => res.json({}))
module.exports = app
`

/** What a run of the command line left. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** How the command line is run. With any of these it gets a process of its own. */
export interface RunOptions {
  /** True for a process that needs nothing but to be one. */
  readonly alone?: boolean
  readonly env?: Readonly<Record<string, string>>
  /** A module, as source text, that is loaded before the program: somebody else on the same machine. */
  readonly meanwhile?: string
  /** Called once, with the process. */
  readonly onStart?: (child: ChildProcess) => void
}

const folders: string[] = []

/** Removes what `project` made. For `afterEach`. */
export function removeProjects(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** A folder with these files: path with forward slashes → content. In git and committed, unless told otherwise. */
export function project(files: Readonly<Record<string, string | Uint8Array>>, options: { git?: boolean } = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-session-')))
  folders.push(root)
  const folder = join(root, 'project')
  mkdirSync(folder)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  if (options.git !== false) commit(folder)
  return folder
}

/** Commits everything, in a repository that is made if there is none. */
export function commit(folder: string): void {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'core.autocrlf=false']
  if (!existsSync(join(folder, '.git'))) git(folder, 'init', '--quiet')
  git(folder, ...who, 'add', '--all')
  git(folder, ...who, 'commit', '--quiet', '--message=before')
}

/** `git status --short`, one file a line, sorted as git sorts. Empty if nothing differs from the last commit. */
export function status(folder: string): string[] {
  return git(folder, '-c', 'core.quotePath=false', 'status', '--short', '--untracked-files=all')
    .split('\n')
    .filter(Boolean)
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Every file with its content, byte for byte (as latin1), but for those of git, the journal, and installed packages. */
export function bytes(folder: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')
    if (entry.isFile() && !/^(?:\.git|\.upgrade-kit|node_modules)\//.test(path)) {
      found[path] = readFileSync(join(folder, path), 'latin1')
    }
  }
  return found
}

/** The text of one file of a project. */
export function text(folder: string, path: string): string {
  return readFileSync(join(folder, path), 'utf8')
}

/**
 * Runs `upgrade-kit <args>` in a folder, without a terminal and without what the test runner put into the environment. It is
 * run in this process, which takes a quarter of the time, unless the options say otherwise: all that a process of its own
 * adds is `bin.ts`, and the tests that have one show what that does.
 */
export async function upgradeKit(folder: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { alone = false, env = {}, meanwhile, onStart } = options
  const isAlone = alone || Object.keys(env).length > 0 || meanwhile !== undefined || onStart !== undefined
  return isAlone ? runAlone(folder, args, options) : runHere(folder, args)
}

/** What the test runner put into the environment. */
const OURS = /^(?:VITEST|NODE_ENV$|NODE_OPTIONS$|NODE_TEST_CONTEXT$|TEST$|FORCE_COLOR$)/

async function runHere(folder: string, args: readonly string[]): Promise<Ran> {
  const { run } = await compiled<typeof import('../../src/cli/program.ts')>('cli/program')
  const ours = Object.entries(process.env).filter(([name]) => OURS.test(name))
  for (const [name] of ours) delete process.env[name]
  let out = ''
  let err = ''
  try {
    const code = await run(args, {
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      env: process.env,
      cwd: folder,
      signal: new AbortController().signal,
    })
    return { code, out, err }
  } finally {
    Object.assign(process.env, Object.fromEntries(ours))
  }
}

function runAlone(folder: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const node = options.meanwhile === undefined ? [] : ['--import', preload(folder, options.meanwhile)]
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)))
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, compiledFile('cli/bin'), ...args], {
      cwd: folder,
      env: { ...env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk
    })
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk
    })
    child.once('error', reject).once('close', (code) => resolve({ code, out, err }))
    options.onStart?.(child)
  })
}

/** The source as a module beside the project, as the URL that `--import` wants. */
function preload(folder: string, source: string): string {
  const file = join(folder, '..', 'meanwhile.mjs')
  writeFileSync(file, source)
  return pathToFileURL(file).href
}
