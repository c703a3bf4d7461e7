import { fork } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** One HTTP request of a `requests.json`, sent to the program in file order. */
export interface BehaviourRequest {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** A string is sent as it is; anything else as JSON. */
  readonly body?: unknown
  /** Shorthand for the content type of `body`. Without it a string has none and anything else is `json`. */
  readonly type?: 'json' | 'form' | 'text'
  /** Which app, for a program that exports an array of them. 0 if absent. */
  readonly app?: number
  /** This request must show the break: the unchanged program has to answer differently on the new version. */
  readonly differsOn5?: boolean
}

/** What came back, or why nothing did. */
export type Answer =
  | {
      readonly status: number
      /** Without the names in `IGNORED_HEADERS`; content types in lower case, since a charset has no case. */
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
    }
  | { readonly failed: string }

/** What a program did. Plain JSON, so that two of them compare with deep equality. */
export interface Observation {
  /** The message of the error that loading the program threw. There are no answers then. */
  readonly startup?: string
  /** One per request, in order. */
  readonly answers: readonly Answer[]
  /** What the folder's `probe.js` returned or threw, if there is one. */
  readonly probe?: unknown
}

/** Which program to run, with which packages. */
export interface Subject {
  /**
   * Folder of the case. It is copied, so the program may write beside itself; it is also the working directory. What is in
   * its `packages/` can be required by name.
   */
  readonly folder: string
  /** File name inside the folder, CommonJS. */
  readonly program: string
  /** Name that the program requires → absolute folder of the installed package that it gets. */
  readonly packages: Readonly<Record<string, string>>
  readonly requests: readonly BehaviourRequest[]
}

/** Headers that tell two runs apart but not two behaviours. */
export const IGNORED_HEADERS: readonly string[] = ['date', 'connection', 'keep-alive']

const CONTENT_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded', text: 'text/plain' }
const ANSWER_TIMEOUT_MS = 5_000
const START_TIMEOUT_MS = 20_000

/** Runs inside the child: loads the program, serves what it exports on free ports, runs the probe, tells the parent. */
const HOST = `'use strict'
const http = require('node:http')
const { existsSync } = require('node:fs')
const path = require('node:path')
const [folder, name] = process.argv.slice(2)
process.on('disconnect', () => process.exit())
async function main () {
  let program
  try {
    program = require(path.join(folder, name))
  } catch (error) {
    return { startup: String(error && error.message).split('\\n')[0] }
  }
  const probe = path.join(folder, 'probe.js')
  if (existsSync(probe)) {
    try {
      return { ports: [], probe: await require(probe)(program) }
    } catch (error) {
      return { ports: [], probe: { threw: String(error && error.message) } }
    }
  }
  const listening = [].concat(program).map((app) => new Promise((resolve) => {
    const server = http.createServer(app).listen(0, '127.0.0.1', () => resolve(server.address().port))
  }))
  return { ports: await Promise.all(listening) }
}
main().then((message) => process.send(message))
`

interface Started {
  readonly startup?: string
  readonly ports?: readonly number[]
  readonly probe?: unknown
}

/**
 * Makes `folder/node_modules/<name>` lead to each package (a symbolic link; a junction on Windows), so that code in
 * `folder` gets these very versions without an installation.
 */
export async function linkPackages(folder: string, packages: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, target] of Object.entries(packages)) {
    const link = join(folder, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(target, link, 'junction')
  }
}

/**
 * Runs a program in a process of its own, in a temporary copy of its folder, and reports what it answers.
 * A program that does not start, crashes or keeps silent is an observation, not an error.
 */
export async function observe(subject: Subject): Promise<Observation> {
  const folder = await mkdtemp(join(tmpdir(), 'upgrade-kit-behaviour-'))
  try {
    await cp(subject.folder, folder, { recursive: true, preserveTimestamps: true })
    await linkPackages(folder, { ...subject.packages, ...(await standIns(folder)) })
    await writeFile(join(folder, 'host.cjs'), HOST)
    return await runHost(folder, subject)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The folders called `behaviour` two levels below `root` (`<change>/behaviour`), absolute, sorted. */
export async function behaviourFolders(root: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const change of (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory())) {
    const cases = await readdir(join(root, change.name))
    if (cases.includes('behaviour')) found.push(join(root, change.name, 'behaviour'))
  }
  return found.sort()
}

/** Reads `requests.json` of a case folder; a folder with only a `probe.js` has none. */
export async function readRequests(folder: string): Promise<readonly BehaviourRequest[]> {
  if (!(await readdir(folder)).includes('requests.json')) return []
  return JSON.parse(await readFile(join(folder, 'requests.json'), 'utf8')) as BehaviourRequest[]
}

/** The folders in `packages/` of a case: each stands in for a package that is not installed here. */
async function standIns(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).includes('packages') ? await readdir(join(folder, 'packages')) : []
  return Object.fromEntries(names.map((name) => [name, join(folder, 'packages', name)]))
}

async function runHost(folder: string, subject: Subject): Promise<Observation> {
  const child = fork(join(folder, 'host.cjs'), [folder, subject.program], {
    cwd: folder,
    execArgv: [],
    // `production` keeps stack traces, which name files of the package, out of the answers.
    env: { ...process.env, NODE_ENV: 'production', NO_DEPRECATION: '*', NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  try {
    const started = await new Promise<Started>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${subject.program} did not start in time`)), START_TIMEOUT_MS)
      child.once('message', (message) => resolve(message as Started)).once('exit', () => clearTimeout(timer))
      child.once('exit', (code) => resolve({ startup: `the process ended with ${code}` })).once('error', reject)
    })
    return await observation(started, subject.requests)
  } finally {
    child.kill()
    await ended
  }
}

async function observation(started: Started, requests: readonly BehaviourRequest[]): Promise<Observation> {
  if (started.startup !== undefined) return { startup: started.startup, answers: [] }
  const answers: Answer[] = []
  for (const request of requests) {
    const port = started.ports?.[request.app ?? 0]
    if (port === undefined) throw new Error(`${request.method} ${request.path}: the program exports no such app`)
    answers.push(await send(port, request))
  }
  return { answers, ...(started.probe === undefined ? {} : { probe: started.probe }) }
}

function send(port: number, request: BehaviourRequest): Promise<Answer> {
  const body = typeof request.body === 'string' ? request.body : JSON.stringify(request.body)
  const type = request.type ?? (typeof request.body === 'string' ? undefined : 'json')
  const headers: Record<string, string> = { connection: 'close' }
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body))
  if (body !== undefined && type !== undefined) headers['content-type'] = CONTENT_TYPES[type]
  Object.assign(headers, request.headers)

  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ failed: error.message })
    const sent = httpRequest(
      { host: '127.0.0.1', port, method: request.method, path: request.path, headers },
      (res) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', fail)
        res.on('end', () =>
          resolve({
            status: res.statusCode ?? 0,
            headers: comparable(res.headersDistinct),
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      },
    )
    sent.setTimeout(ANSWER_TIMEOUT_MS, () => sent.destroy(new Error('no answer in time'))).on('error', fail)
    sent.end(body)
  })
}

function comparable(headers: NodeJS.Dict<string[]>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !IGNORED_HEADERS.includes(name))
  const texts = kept.map(([name, values = []]): [string, string] => {
    const text = values.join(', ')
    return [name, name === 'content-type' ? text.toLowerCase() : text]
  })
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)))
}
