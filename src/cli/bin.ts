#!/usr/bin/env node
import { projectOf } from './ahead.ts'

const argv = process.argv.slice(2)
// before anything else is loaded, which takes longer than reading a project
const project = projectOf(argv, process.cwd())
const ahead = project === undefined ? undefined : (await import('../engine/read-ahead.ts')).ReadAhead.of(project)
const { run } = await import('./program.ts')

// `upgrade-kit … | head` closes the pipe early: that is no error, and the run itself goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

// The first ctrl-C asks the run to stop in order; with the listener gone, the second ends the process.
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

process.exitCode = await run(argv, {
  ahead,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
})
// what nobody waits for any more
ahead?.stop()
