/**
 * The main job on a copy of the bundled shop: `npm run demo`. The checkout stays as it is, and nothing is fetched: both
 * versions of Express are development dependencies of this repository, and the copy is linked to them.
 */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from '../cli/main.ts'
import type { Report } from '../model/report.ts'

const root = rootAbove(import.meta.url)
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const packages = join(root, 'node_modules')
const SHARED = ['cookie-parser', 'ejs', 'morgan', 'multer', 'supertest']

/** Stands for the installation, then runs the shop's tests: `express` becomes what package.json asks for. */
const LINK_AND_TEST = `import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, symlinkSync } from 'node:fs'

const major = /\\d+/.exec(JSON.parse(readFileSync('package.json', 'utf8')).dependencies.express)[0]
rmSync('node_modules/express', { recursive: true, force: true })
symlinkSync(${JSON.stringify(join(packages, 'express'))} + major, 'node_modules/express', 'junction')
process.exitCode = spawnSync('npm test', { shell: true, stdio: 'inherit' }).status ?? 1
`

const { shop, linkAndTest } = copyOfTheShop()
const isInGit = committed(shop)
console.log(`The shop was copied to ${shop}\n\n$ upgrade-kit express5 --no-install --test-command '${linkAndTest}'\n`)
const report = await upgraded(shop, linkAndTest)
const verdict = report?.verification?.verdict
if (verdict === 'still-green') {
  console.log(`\nTo look at what was written, and to take it back:

  cd ${shop}
  ${isInGit ? 'git diff' : `diff -ru ${join(root, 'fixtures/projects/express-4-shop/before')} .`}
  node ${join(root, 'dist/src/cli/bin.js')} undo`)
} else {
  console.error(`\nThe shop should be green before and after; the verdict is ${verdict ?? 'missing'}.`)
  process.exitCode = 1
}

/** The folder of package.json: this file runs as it is and compiled. */
function rootAbove(url: string): string {
  for (const up of ['../..', '../../..']) {
    const folder = fileURLToPath(new URL(up, url))
    if (existsSync(join(folder, 'package.json'))) return folder
  }
  throw new Error('package.json is not where it should be')
}

function copyOfTheShop() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-demo-')))
  const shop = join(folder, 'shop')
  cpSync(join(root, 'fixtures/projects/express-4-shop/before'), shop, { recursive: true })
  mkdirSync(join(shop, 'node_modules'))
  for (const name of SHARED) symlinkSync(join(packages, name), join(shop, 'node_modules', name), 'junction')
  symlinkSync(join(packages, 'express4'), join(shop, 'node_modules', 'express'), 'junction')
  writeFileSync(join(folder, 'link-and-test.mjs'), LINK_AND_TEST)
  return { shop, linkAndTest: 'node ../link-and-test.mjs' }
}

/** Commits the copy, so that `git diff` shows what the run wrote. False where git is not installed. */
function committed(folder: string): boolean {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' })
  try {
    git('init', '--quiet')
    writeFileSync(join(folder, '.git/info/exclude'), 'node_modules\n')
    git('add', '.')
    git(
      '-c',
      'user.name=demo',
      '-c',
      'user.email=demo@localhost',
      'commit',
      '--quiet',
      '--message=The shop on Express 4',
    )
    return true
  } catch {
    return false
  }
}

/** The command line itself, with an ear at the engine: the report says what the printed text says. */
async function upgraded(cwd: string, testCommand: string): Promise<Report | undefined> {
  let heard: Report | undefined
  await main(['express5', '--no-install', '--test-command', testCommand], {
    engine: async () => {
      const [{ createEngine }, { catalogue }] = await Promise.all([
        import('../engine/session.ts'),
        import('../../transforms/index.ts'),
      ])
      const engine = createEngine(catalogue, version)
      return {
        ...engine,
        run: async (request) => {
          heard = await engine.run(request)
          return heard
        },
      }
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd,
    version,
    signal: new AbortController().signal,
  })
  return heard
}
