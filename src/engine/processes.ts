import { spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import type { Options } from 'execa'

/** How a command is run. */
export interface RunOptions {
  /** Absolute. */
  readonly cwd: string
  /** Ends the command and all its children. */
  readonly signal?: AbortSignal | undefined
  /** Time limit; none by default. */
  readonly timeoutSeconds?: number | undefined
  /** Every line as it comes, from standard output and standard error, without colours. */
  readonly onLine?: ((line: string) => void) | undefined
  /** Standard output alone, as it comes. */
  readonly onOutput?: ((text: string) => void) | undefined
  /** How long a command may take to end after it was asked to, before it is killed; 5 by default. */
  readonly graceSeconds?: number | undefined
  /** Added to the environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** What became of a command. */
export interface Run {
  readonly command: readonly string[]
  /** The exit code (128 + n if signal n ended it), or why there is none. */
  readonly exit: number | 'timeout' | 'interrupted' | 'not-started'
  readonly seconds: number
  /** The last {@link TAIL_LINES} lines; if the command did not end by itself, the last one says what happened. */
  readonly tail: readonly string[]
}

/** How many lines of a command's output are kept. */
export const TAIL_LINES = 200
/** Longer lines are cut, in UTF-16 units: a test that prints a bundle must not fill the report. */
const MAX_LINE = 2_000
/** How long to wait for output after everybody has ended; who still holds the pipe then has left the process group. */
const DRAIN_SECONDS = 2

/**
 * Runs a command until it and its children are gone. `command` is a program with its arguments, or one string for the
 * shell. Never throws. Standard input is closed and `CI` is set, so that test runners neither ask nor watch. Children
 * that the command leaves behind are ended too: a server that keeps its port would fail the next run.
 */
export async function run(command: readonly string[] | string, options: RunOptions): Promise<Run> {
  const started = performance.now()
  const shown = typeof command === 'string' ? [command] : command
  const tail = tailOf(options.onLine)
  const finish = (exit: Run['exit'], sentence?: string): Run => {
    if (sentence) tail.say(sentence)
    return { command: shown, exit, seconds: Math.round(performance.now() - started) / 1000, tail: tail.lines }
  }
  if (options.signal?.aborted) return finish('interrupted', 'interrupted before it started')

  const { execa } = await import('execa')
  const child = start(execa, command, options)
  const family = familyOf(child.pid, options.graceSeconds ?? 5)
  const stopped = stopOn(options, family)
  const closed = Promise.all([tail.read(child.stdout), tail.read(child.stderr)])
  if (options.onOutput) child.stdout?.on('data', options.onOutput)
  const exit = await exitOf(child)
  stopped.forget()
  await family.end()
  await Promise.race([closed, sleep(DRAIN_SECONDS * 1000, undefined, { ref: false })])
  child.stdout?.destroy()
  child.stderr?.destroy()

  const why = stopped.why()
  if (why === 'interrupted') return finish(why, 'interrupted: ended together with its children')
  if (why === 'timeout') {
    return finish(why, `not done after ${options.timeoutSeconds} seconds: ended together with its children`)
  }
  return typeof exit === 'number' ? finish(exit) : finish('not-started', `could not start ${shown[0]}: ${exit}`)
}

type Execa = typeof import('execa').execa

/** Not async: what execa returns is a promise as well, and would be waited for. */
function start(execa: Execa, command: readonly string[] | string, options: RunOptions) {
  const settings = {
    buffer: false,
    cwd: options.cwd,
    // A process group of its own, so that the whole family can be ended; on Windows taskkill knows the tree.
    detached: process.platform !== 'win32',
    env: environment(options.env),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    windowsHide: true,
    shell: typeof command === 'string',
  } satisfies Options
  const [file, ...args] = typeof command === 'string' ? [command] : command
  return execa(file!, args, settings)
}

/** What `npx` tells the program that it runs is not meant for the package manager and the scripts that we run. */
const FROM_NPX =
  /^(?:INIT_CWD|npm_(?:command|execpath|lifecycle_|package_|config_(?:call|global|local_prefix|package|prefix|user_agent|yes)$))/

function environment(added: RunOptions['env']): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !FROM_NPX.test(name))
  return { ...Object.fromEntries(own), CI: process.env.CI ?? 'true', NO_COLOR: '1', FORCE_COLOR: undefined, ...added }
}

/** The exit code, or in words why there is none. */
async function exitOf(child: ReturnType<typeof start>): Promise<number | string> {
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal!]))
  })
  // execa itself waits until the output is closed too, which a child left behind can put off for ever.
  const failed = child.then(({ exitCode, signal, code, originalMessage }) => {
    if (exitCode !== undefined) return exitCode
    if (signal !== undefined) return 128 + constants.signals[signal as NodeJS.Signals]
    return code === 'ENOENT'
      ? 'it is not installed, or not on the PATH'
      : (originalMessage ?? code ?? 'no reason given')
  })
  return Promise.race([exited, failed])
}

// ---- ending -------------------------------------------------------------------------------------------------------

/** A command with all its children. */
interface Family {
  /** Asks everybody to end, kills who does not within the grace time; resolves when they are gone. Safe to call twice. */
  end(): Promise<void>
}

function familyOf(pid: number | undefined, graceSeconds: number): Family {
  if (pid === undefined) return { end: async () => {} }
  const killAtExit = () => signalFamily(pid, 'SIGKILL')
  process.once('exit', killAtExit)
  let ended: Promise<void> | undefined
  const end = async () => {
    signalFamily(pid, 'SIGTERM')
    if (!(await isGoneWithin(pid, graceSeconds))) {
      signalFamily(pid, 'SIGKILL')
      await isGoneWithin(pid, 1)
    }
    process.off('exit', killAtExit)
  }
  return {
    end() {
      ended ??= end()
      return ended
    },
  }
}

/** Windows has no gentle way that reaches console programs, so there both signals mean the same. */
function signalFamily(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') {
    if (isAlive(pid)) spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true })
    return
  }
  try {
    process.kill(-pid, signal)
  } catch {
    // Nobody is left.
  }
}

async function isGoneWithin(pid: number, seconds: number): Promise<boolean> {
  for (let waited = 0; waited <= seconds * 1000; waited += 25) {
    if (!isAlive(pid)) return true
    await sleep(25)
  }
  return false
}

function isAlive(pid: number): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 0)
    return true
  } catch {
    return false
  }
}

/** Ends the family when the time is up or the signal is given, and remembers which came first. */
function stopOn({ signal, timeoutSeconds }: RunOptions, family: Family) {
  let why: 'timeout' | 'interrupted' | undefined
  const stop = (reason: NonNullable<typeof why>) => {
    why ??= reason
    void family.end()
  }
  const interrupt = () => stop('interrupted')
  const timer = timeoutSeconds === undefined ? undefined : setTimeout(() => stop('timeout'), timeoutSeconds * 1000)
  signal?.addEventListener('abort', interrupt, { once: true })
  return {
    why: () => why,
    forget() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', interrupt)
    },
  }
}

// ---- output -------------------------------------------------------------------------------------------------------

/** The last lines of several streams, in the order in which they came. */
function tailOf(onLine: ((line: string) => void) | undefined) {
  const lines: string[] = []
  const say = (line: string) => {
    lines.push(line)
    if (lines.length > TAIL_LINES) lines.shift()
    onLine?.(line)
  }
  const sayRaw = (raw: string) => {
    // What a carriage return overwrites is not seen on a terminal either.
    const visible = stripVTControlCharacters(raw).replace(/\r+$/, '').replace(/^.*\r/, '')
    say(visible.length > MAX_LINE ? `${visible.slice(0, MAX_LINE)}…` : visible)
  }
  const read = async (stream: NodeJS.ReadableStream | null) => {
    if (!stream) return
    let rest = ''
    const finished = new Promise<void>((resolve) => {
      for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve())
    })
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop()!.slice(-10 * MAX_LINE)
      for (const part of parts) sayRaw(part)
    })
    await finished
    if (rest !== '') sayRaw(rest)
  }
  return { lines, say, read }
}
