/**
 * The JavaScript of the package, `npm run build`: few files instead of some hundred modules, which to find, read and link
 * takes 0.1 s of every run. The compiler writes the declarations beside them.
 */
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
const dist = join(root, 'dist')

/** What is started or imported by its own path; all others are parts of these, or loaded by them when they are needed. */
const ENTRIES = [
  'src/cli/bin.ts',
  'src/cli/program.ts',
  'src/engine/codemod-worker.ts',
  'src/engine/read-ahead-worker.ts',
  'src/engine/session.ts',
  'src/index.ts',
  'src/kit.ts',
  'src/testing/index.ts',
]

/** What runs in the processes of a project, where it has to stand alone. */
const RUNNERS = 'src/engine/runners'

for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' }))
  if (/\.[cm]?js$/.test(file)) rmSync(join(dist, file))
await build({
  absWorkingDir: root,
  entryPoints: ENTRIES,
  outbase: root,
  outdir: dist,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['source'],
  packages: 'external',
  legalComments: 'none',
  logLevel: 'warning',
})
for (const file of readdirSync(join(root, RUNNERS)))
  if (/\.[cm]js$/.test(file)) cpSync(join(root, RUNNERS, file), join(dist, RUNNERS, file))
