/**
 * What a stranger gets: packs the package, installs the tarball in an empty folder outside of the repository, and runs
 * it there on a small Express 4 project. `npm run test:pack`; needs the npm registry and a built `dist/`.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-pack-')))

const APP = `const express = require('express')
const app = express()
app.del('/items/:id', (req, res) => res.sendStatus(204))
module.exports = app
`

/** Each entry point that package.json exports, with something that it has to offer. */
const ENTRIES = { 'upgrade-kit': 'propose', 'upgrade-kit/kit': 'defineChange', 'upgrade-kit/testing': 'fixtureTests' }

try {
  const installed = install(packed())
  const shown = run('npx', ['upgrade-kit', '--help'], installed)
  assert.equal(shown.status, 0, shown.output)
  assert.match(shown.output, /Usage: upgrade-kit <recipe>/)

  checkDryRun(installed)
  checkEntries(installed)
  checkMaps(installed)
  console.log('The package installs and runs.')
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

function packed(): string {
  const { status, output } = run('npm', ['pack', '--pack-destination', folder], root)
  assert.equal(status, 0, output)
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  assert.ok(tarball, output)
  console.log(
    output
      .split('\n')
      .filter((line) => /size:|total files:/.test(line))
      .join('\n'),
  )
  return join(folder, tarball)
}

function install(tarball: string): string {
  const place = join(folder, 'somewhere else')
  mkdirSync(place)
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name: 'smoke', version: '1.0.0', private: true }))
  const { status, output } = run('npm', ['install', '--no-audit', '--no-fund', tarball], place)
  assert.equal(status, 0, output)
  return place
}

function checkDryRun(place: string): void {
  const manifest = { name: 'items', version: '1.0.0', dependencies: { express: '^4.18.2' } }
  mkdirSync(join(place, 'project'))
  writeFileSync(join(place, 'project/package.json'), JSON.stringify(manifest))
  writeFileSync(join(place, 'project/app.js'), APP)
  const { status, output } = run('npx', ['upgrade-kit', 'express5', '--dry-run', '--cwd', 'project'], place)
  assert.equal(status, 1, output)
  assert.match(output, /^\+app\.delete\('\/items\/:id'/m)
  assert.equal(readFileSync(join(place, 'project/app.js'), 'utf8'), APP)
}

function checkEntries(place: string): void {
  for (const [entry, name] of Object.entries(ENTRIES)) {
    const code = `import * as entry from '${entry}'; if (!('${name}' in entry)) throw new Error('${name} is missing')`
    const { status, output } = run('node', ['--input-type=module', '--eval', code], place)
    assert.equal(status, 0, `${entry}: ${output}`)
  }
}

/** Maps, their schema and what looks at them come with the package. */
function checkMaps(place: string): void {
  const { status, output } = run('npx', ['upgrade-kit', 'payment', 'map', 'lint', 'paypal'], place)
  assert.equal(status, 0, output)
  const text = readFileSync(join(place, 'node_modules/upgrade-kit/transforms/payment/maps/acme.yaml'), 'utf8')
  assert.match(text, /^upgradeKit: payment-map\/1$/m)
}

/** Runs a program as a shell finds it (on Windows, npm is a command file), in an environment without that of `npm run`. */
function run(program: string, args: readonly string[], cwd: string) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(package|lifecycle|command|config_local_prefix)|INIT_CWD)/i.test(name),
    ),
  )
  const line = [program, ...args].map((word) => (/^[\w@./:=-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')
  const { status, stdout, stderr } = spawnSync(line, { cwd, env, shell: true, encoding: 'utf8', stdio: 'pipe' })
  return { status, output: `${stdout}${stderr}` }
}
