import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import type { CodemodResult, CodemodRun } from '../formats/javascript/jscodeshift.ts'
import { UserError } from '../model/user-error.ts'
import { FROM_SOURCE, ownFile } from './own-files.ts'

/** What a worker is given when it starts. */
export interface WorkerInput {
  readonly path: string
  readonly parser?: string
}

/** One file for the codemod. */
export interface ToWorker {
  readonly file: string
  readonly text: string
}

/** What a worker answers. */
export type FromWorker =
  | { readonly is: 'loaded' }
  | { readonly is: 'refused'; readonly message: string; readonly advice: string }
  | { readonly is: 'run'; readonly run: CodemodRun }

/** How long a codemod may take. */
export interface CodemodLimits {
  /** Seconds for one file, and as much again for every megabyte of it. */
  readonly secondsPerFile: number
  readonly signal?: AbortSignal | undefined
}

/** Seconds for one file. Reading and printing 1 MB with recast took 14 s of processor time where this was measured. */
export const SECONDS_PER_FILE = 30
const SECONDS_TO_LOAD = 60
/** A codemod that came back from none of so many files is not asked again. */
const MAX_TIMEOUTS = 3

/** A codemod in a thread of its own: whatever it does there, this process goes on. */
export interface IsolatedCodemod {
  /** Runs it on one text. Never throws; ends when the codemod does, at the time limit, or when the signal is aborted. */
  run(file: string, text: string): Promise<CodemodRun>
  close(): Promise<void>
}

/**
 * Starts a codemod. It is started anew after it ended its thread or was ended at its time limit.
 *
 * @throws UserError if it cannot be loaded
 */
export async function isolatedCodemod(input: WorkerInput, limits: CodemodLimits): Promise<IsolatedCodemod> {
  let worker: Worker | undefined = await started(input, limits.signal)
  let timeouts = 0
  return {
    async run(file, text) {
      if (timeouts >= MAX_TIMEOUTS)
        return failed(`not run: it had come back from none of ${MAX_TIMEOUTS} files in time`)
      worker ??= await started(input, limits.signal)
      const seconds = limits.secondsPerFile * (1 + Math.floor(text.length / 1_000_000))
      const answer = await answerOf(worker, seconds, limits.signal, () => worker!.postMessage({ file, text }))
      if (typeof answer !== 'string') return answer.is === 'run' ? answer.run : failed('the codemod was started twice')
      await worker.terminate()
      worker = undefined
      if (answer === 'timeout') timeouts++
      return failed(answer === 'timeout' ? `the codemod had not ended after ${seconds} s` : answer)
    },
    async close() {
      await worker?.terminate()
    },
  }
}

function failed(reason: string): CodemodRun {
  const result: CodemodResult = { is: 'failed', reason }
  return { result, said: [], counted: [], parsers: [] }
}

async function started({ path, parser }: WorkerInput, signal: AbortSignal | undefined): Promise<Worker> {
  const worker = newWorker({
    workerData: { path, ...(parser === undefined ? {} : { parser }) } satisfies WorkerInput,
    // what it prints past the console is not for our standard output
    stdout: true,
    stderr: true,
  })
  const answer = await answerOf(worker, SECONDS_TO_LOAD, signal, () => {})
  if (typeof answer !== 'string' && answer.is === 'loaded') return worker
  await worker.terminate()
  if (typeof answer !== 'string' && answer.is === 'refused') throw new UserError(answer.message, answer.advice)
  signal?.throwIfAborted()
  const reason = answer === 'timeout' ? `it had not ended after ${SECONDS_TO_LOAD} s` : String(answer)
  throw new UserError(`${path} cannot be loaded: ${reason}`, 'Give a module that only exports its transform.')
}

/** A thread that runs `codemod-worker`. In the source tree it has to be told first how to read TypeScript. */
function newWorker(options: WorkerOptions): Worker {
  if (!FROM_SOURCE) return new Worker(ownFile('codemod-worker.js'), options)
  const loader = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs')
  const [api, worker] = [loader, ownFile('codemod-worker.ts')].map((file) => pathToFileURL(file).href)
  const code = `import('${api}').then(({ register }) => { register(); return import('${worker}') })`
  return new Worker(code, { ...options, eval: true })
}

/** The next message of a worker; or why there is none, in words; or `timeout`. */
function answerOf(
  worker: Worker,
  seconds: number,
  signal: AbortSignal | undefined,
  ask: () => void,
): Promise<FromWorker | string> {
  return new Promise((resolve) => {
    const settle = (answer: FromWorker | string) => {
      clearTimeout(timer)
      worker.off('message', settle).off('error', onError).off('exit', onExit)
      signal?.removeEventListener('abort', onAbort)
      resolve(answer)
    }
    const onError = (error: unknown) => settle(`it ended with an error: ${firstLine(error)}`)
    const onExit = (code: number) => settle(`it ended the process, with exit code ${code}`)
    const onAbort = () => settle('stopped')
    const timer = setTimeout(() => settle('timeout'), seconds * 1000)
    worker.on('message', settle).on('error', onError).on('exit', onExit)
    signal?.addEventListener('abort', onAbort, { once: true })
    ask()
  })
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message || error.name : String(error)).split(/\r?\n/)[0]!.trim()
}
