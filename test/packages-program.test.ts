import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Observation, observe } from '../src/testing/behaviour.ts'

/*
 * What of the manifest breaks is decided by the package manager: these programs are run among the packages that it would
 * install for a manifest before and after the upgrade, each version of Express with its own dependencies beside it.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
type Folders = ReadonlyMap<string, string>

interface Manifest {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly overrides?: Readonly<Record<string, unknown>>
}
const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8').replace(/ \/\/ want.*$/gm, ''))

/** Where a dependency of a package is found, as Node looks for it. */
function folderOf(name: string, from: string): string {
  for (let at = from; at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'node_modules', name)
    if (existsSync(join(folder, 'package.json'))) return folder
  }
  throw new Error(`${name}, which ${from} needs, is not installed`)
}

/** Express with everything that it brings, by name. */
function broughtBy(major: 4 | 5): Folders {
  const found = new Map([['express', join(root, `node_modules/express${major}`)]])
  for (const folder of found.values())
    for (const name of Object.keys(manifestIn(folder).dependencies ?? {}))
      if (!found.has(name)) found.set(name, folderOf(name, folder))
  return found
}
const brought = { 4: broughtBy(4), 5: broughtBy(5) }

/** What is installed for a manifest: a package that it overrides, or asks for itself, is the one that Express 4 brings. */
function installedFor(major: 4 | 5, { dependencies = {}, overrides = {} }: Manifest): Folders {
  const installed = new Map(brought[major])
  const isWhole = (override: unknown) => typeof override === 'string' || '.' in (override as object)
  const overridden = Object.keys(overrides).filter((name) => isWhole(overrides[name]))
  for (const name of [...Object.keys(dependencies), ...overridden])
    if (name !== 'express' && brought[4].has(name)) installed.set(name, brought[4].get(name)!)
  // and what those need in their turn
  for (const folder of installed.values())
    for (const name of Object.keys(manifestIn(folder).dependencies ?? {}))
      if (!installed.has(name)) installed.set(name, brought[4].get(name)!)
  return installed
}

/** Makes a process find these packages, wherever they are asked for, and no others: as if they lay side by side. */
const beside = (packages: Folders): string => `const Module = require('node:module')
const folders = new Map(${JSON.stringify([...packages])})
const resolve = Module._resolveFilename
Module._resolveFilename = function (request, ...rest) {
  const [name] = /^(?:@[^/]+\\/)?[^./][^/]*/.exec(request) || []
  if (name === undefined || Module.isBuiltin(request)) return resolve.call(this, request, ...rest)
  if (!folders.has(name)) throw new Error("Cannot find module '" + request + "'")
  return resolve.call(this, folders.get(name) + request.slice(name.length), ...rest)
}
`

/** Runs a program that finds these packages. */
async function run(program: string, packages: Folders): Promise<Observation> {
  const folder = await mkdtemp(join(tmpdir(), 'upgrade-kit-packages-'))
  try {
    await writeFile(join(folder, 'before.js'), beside(packages) + program)
    return await observe({ folder, program: 'before.js', packages: {}, requests: [{ method: 'GET', path: '/a/1' }] })
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

describe('express/dep-overrides', () => {
  const program = `const express = require('express')
module.exports = express().get('/a/:id', (req, res) => res.json(req.params))`
  const manifest = (at: string) => manifestIn(join(root, 'fixtures/express/dep-overrides/npm', at))

  test('what is overridden for Express 4 keeps Express 5 from starting, until the overrides are gone', async () => {
    const old = await run(program, installedFor(4, manifest('before')))
    const unchanged = await run(program, installedFor(5, manifest('before')))
    const rewritten = await run(program, installedFor(5, manifest('after')))

    expect(old.answers).toEqual([expect.objectContaining({ status: 200, body: '{"id":"1"}' })])
    expect(unchanged.startup).toMatch(/is not a function/)
    expect(rewritten.startup).toBeUndefined()
    expect(rewritten.answers).toEqual(old.answers)
  })
})

describe('express/dep-phantom', () => {
  const program = `const methods = require('methods')
const disposition = require('content-disposition')
module.exports = (req, res) => res.end(methods.includes('get') + disposition('a.txt'))`
  const declared = { dependencies: { express: '^5.3.0', methods: '^1.1.2', 'content-disposition': '0.5.4' } }

  test('what came with Express 4 is gone, or is another version, until it is declared', async () => {
    const [old, unchanged, rewritten] = [
      await run(program, brought[4]),
      await run(program, brought[5]),
      await run(program, installedFor(5, declared)),
    ]
    expect(old.answers).toEqual([expect.objectContaining({ body: 'trueattachment; filename="a.txt"' })])
    expect(unchanged.startup).toMatch(/Cannot find module 'methods'/)
    expect(rewritten.answers).toEqual(old.answers)
  })

  test('all that it warns of is gone from what Express 5 brings, or has another major version', () => {
    const major = (folder: string | undefined) => folder && manifestIn(folder).version?.split('.')[0]
    for (const name of ['methods', 'array-flatten', 'utils-merge', 'safe-buffer', 'destroy'])
      expect([name, brought[4].has(name), brought[5].has(name)]).toEqual([name, true, false])
    for (const name of ['debug', 'mime-types', 'body-parser', 'send', 'serve-static', 'finalhandler', 'accepts'])
      expect([name, major(brought[5].get(name))]).not.toEqual([name, major(brought[4].get(name))])
  })
})
