import type { Progress } from '../engine/api.ts'
import { cleanLine } from '../report/clean.ts'
import { type World, widthOf } from './world.ts'

const PHASES: Readonly<Record<Progress['phase'], string>> = {
  preflight: 'Looking at the project',
  observe: 'Watching the tests on the old version',
  baseline: 'Running the tests as they are',
  discover: 'Listing files',
  scan: 'Scanning',
  plan: 'Planning',
  types: 'Checking types',
  write: 'Writing',
  install: 'Installing',
  verify: 'Running the tests again',
  blame: 'Looking for what broke the tests',
  commit: 'Committing',
}

/** Where a run reports how far it is. `stop` leaves the terminal as it was; it may be called twice. */
export interface ProgressLine {
  report(progress: Progress): void
  stop(): void
}

/** A spinner on standard error where that is a terminal, else one plain line per phase. */
export function startProgress(world: World): ProgressLine {
  return world.stderr.isTTY ? spinning(world) : plain(world)
}

function plain(world: World): ProgressLine {
  let last: Progress['phase'] | undefined
  return {
    report({ phase }) {
      if (phase === last) return
      last = phase
      world.stderr.write(`${PHASES[phase]}…\n`)
    },
    stop() {},
  }
}

const PATIENCE_MS = 300
const REDRAW_MS = 80

/** Nothing is drawn in the first moment, so that a short run shows its report and nothing else. */
function spinning(world: World): ProgressLine {
  const started = Date.now()
  let latest: Progress = { phase: 'preflight' }
  let phaseStarted = started
  let stopped = false
  let spinner: { text: string; stop(): unknown } | undefined
  let redraw: NodeJS.Timeout | undefined
  const line = () => progressText(latest, Date.now() - phaseStarted, widthOf(world.stderr) - 3)
  const appear = setTimeout(async () => {
    const { default: yoctoSpinner } = await import('yocto-spinner')
    if (stopped) return
    const stream = world.stderr as NodeJS.WriteStream
    spinner = yoctoSpinner({ text: line(), stream, handleSignals: false, color: 'cyan' }).start()
    redraw = setInterval(() => {
      if (spinner) spinner.text = line()
    }, REDRAW_MS)
  }, PATIENCE_MS)
  return {
    report(progress) {
      if (progress.phase !== latest.phase) phaseStarted = Date.now()
      latest = progress
    },
    stop() {
      stopped = true
      clearTimeout(appear)
      clearInterval(redraw)
      spinner?.stop()
      spinner = undefined
    },
  }
}

/** One line: the phase, how far, how long, and the last line of what is running, cut to `width`. */
export function progressText(progress: Progress, elapsedMs: number, width: number): string {
  const { phase, done, total, line } = progress
  const count = done === undefined ? '' : total === undefined ? ` ${done}` : ` ${done} of ${total}`
  const seconds = elapsedMs < 2000 ? '' : ` (${Math.round(elapsedMs / 1000)} s)`
  const text = `${PHASES[phase]}${count}${seconds}${line ? `  ${cleanLine(line).trim()}` : ''}`
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}
