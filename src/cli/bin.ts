#!/usr/bin/env node
import { createRequire } from 'node:module'
import { recipes } from '../../transforms/recipes.ts'
import { settings } from '../../transforms/settings.ts'
import { main } from './main.ts'
import type { Output } from './world.ts'

const manifest: { version: string; bugs?: { url?: string } } = createRequire(import.meta.url)(
  'upgrade-kit/package.json',
)

// `upgrade-kit … | head` closes the pipe early: that is no error, and the run itself goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

// The first ctrl-C asks the run to stop in order; with the listener gone, the second ends the process.
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

process.exitCode = await main(process.argv.slice(2), {
  engine: async (recipe = '') => {
    const [{ createEngine }, catalogue] = await Promise.all([
      import('../engine/session.ts'),
      recipes.get(recipe)?.() ?? import('../../transforms/index.ts').then((all) => all.catalogue),
    ])
    return createEngine(catalogue, manifest.version)
  },
  settings,
  paymentMaps: () => import('../../transforms/payment/map/tools.ts'),
  stdout: process.stdout satisfies Output,
  stderr: process.stderr satisfies Output,
  env: process.env,
  cwd: process.cwd(),
  version: manifest.version,
  bugs: manifest.bugs?.url,
  signal: stop.signal,
})
