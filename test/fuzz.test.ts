import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createEngine } from '../src/engine/session.ts'
import { parseJavaScript } from '../src/formats/javascript/parse.ts'
import { catalogue } from '../transforms/index.ts'

const top = fileURLToPath(new URL('..', import.meta.url))
/** As many mutated files; UPGRADE_KIT_FUZZ=20000 for the figure of the README. */
const FILES = Number(process.env.UPGRADE_KIT_FUZZ ?? 300)
const SEED = Number(process.env.UPGRADE_KIT_SEED ?? 5)
const BATCH = 250
const MAX_SECONDS = 5
const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/

/** Numbers from 0 to below 1 that are the same for a seed everywhere (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Real code: the cases, and what is installed here and speaks of Express or of requests. */
function realFiles(): string[] {
  const under = (folder: string): string[] =>
    readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && CODE.test(entry.name) && !entry.name.endsWith('.d.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => statSync(file).size < 40_000)
      .sort()
  const packages = [
    'express4',
    'express5',
    'express-session',
    'morgan',
    'multer',
    'router',
    'send',
    'finalhandler',
    'commander',
    'semver',
    'yaml',
  ]
  const installed = packages.filter((name) => readdirSync(join(top, 'node_modules')).includes(name))
  return [...under('fixtures'), ...installed.flatMap((name) => under(`node_modules/${name}`))]
}

const TOKEN = /\s+|[\w$]+|"[^"\n]*"|'[^'\n]*'|=>|\.\.\.|[^\w\s]/g

/** One to eight changes of tokens or of bytes. */
function mutated(text: string, random: () => number, others: readonly string[]): Buffer {
  const below = (limit: number) => Math.floor(random() * limit)
  const parts: string[] = text.match(TOKEN) ?? []
  if (random() < 0.7) {
    for (let left = 1 + below(8); left > 0; left--) {
      const at = below(parts.length)
      const one = parts[at] ?? ''
      const kinds: (() => unknown)[] = [
        () => parts.splice(at, 1),
        () => parts.splice(at, 0, one),
        () => parts.splice(at, 1, parts[below(parts.length)] ?? ''),
        () => parts.splice(at, 0, others[below(others.length)] ?? ''),
        () => parts.splice(at, 1 + below(20)),
        () => parts.splice(at, 0, ...parts.slice(below(parts.length)).slice(0, below(40))),
      ]
      kinds[below(kinds.length)]!()
    }
    return Buffer.from(parts.join(''))
  }
  let bytes = Buffer.from(text)
  for (let left = 1 + below(8); left > 0; left--) {
    const at = below(bytes.length)
    const odd = ['\u2028', '\uFEFF', '\r\n', '\0', '/*', '`', '${', '\\u{', '#', '@', '<', '((', ']]']
    const put = Buffer.from(odd[below(odd.length)]!)
    const kinds: (() => Buffer)[] = [
      () => Buffer.concat([bytes.subarray(0, at), Buffer.from([below(256)]), bytes.subarray(at + 1)]),
      () => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at)]),
      () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(30))]),
      () => (random() < 0.2 ? bytes.subarray(0, at) : bytes),
      () => Buffer.from(bytes.toString('utf8').replaceAll('\n', '\r\n')),
    ]
    bytes = Buffer.from(kinds[below(kinds.length)]!())
  }
  return bytes
}

/** Of the processor: what else the machine does is no fault of a file. */
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

const parses = (file: string, text: string) => {
  const parsed = parseJavaScript(text.replace(/^\uFEFF/, ''), file)
  return parsed.is === 'parsed' && parsed.recovered.length === 0
}

test(`${FILES} mutated files: no crash, none that takes long, and what parsed parses`, {
  timeout: 60_000 + FILES * 500,
}, async () => {
  const random = randomOf(SEED)
  const real = realFiles()
  expect(real.length).toBeGreaterThan(500)
  const words =
    'app router req res next del param send json redirect sendfile get use function async await => ( ) { } [ ] , ; . ? : * + = !'.split(
      ' ',
    )
  const seen = { files: 0, parsed: 0, written: 0, findings: 0, slowest: 0 }
  while (seen.files < FILES) {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-fuzz-')))
    try {
      writeFileSync(join(root, 'package.json'), '{ "name": "fuzz", "dependencies": { "express": "^4.18.2" } }\n')
      mkdirSync(join(root, 'src'))
      const count = Math.min(BATCH, FILES - seen.files)
      for (let i = 0; i < count; i++) {
        const file = real[Math.floor(random() * real.length)]!
        writeFileSync(join(root, `src/f${i}${extname(file)}`), mutated(readFileSync(file, 'utf8'), random, words))
      }
      let last = cpuSeconds()
      const report = await createEngine(catalogue, '0').run({
        root,
        recipe: 'express5',
        level: 'review',
        types: 'off',
        mode: 'dry-run',
        install: false,
        verify: false,
        onProgress: () => {
          const now = cpuSeconds()
          seen.slowest = Math.max(seen.slowest, now - last)
          last = now
        },
      })
      const where = `seed ${SEED}, files ${seen.files} to ${seen.files + count}`
      const ours = report.notLookedAt.filter(({ kind }) => kind === 'ours')
      expect(ours, where).toEqual([])
      for (const { file, before = '', after } of report.patches) {
        if (!CODE.test(file)) continue
        expect(parses(file, before), `${where}: ${file} is written although it does not parse`).toBe(true)
        expect(parses(file, after), `${where}: ${file}\n${before}`).toBe(true)
        seen.written++
      }
      seen.files += count
      seen.parsed += report.counts.filesParsed
      seen.findings += report.findings.length
    } finally {
      rmSync(root, { recursive: true, force: true, maxRetries: 5 })
    }
  }
  if (process.env.UPGRADE_KIT_FUZZ) console.log(JSON.stringify(seen))
  expect(seen.slowest).toBeLessThan(MAX_SECONDS)
  expect(seen.written).toBeGreaterThan(FILES / 50)
})

// found by 20,000 mutated files: each change put the brackets there, and the application was called as a function
test('two changes that want the brackets of `new express` give it one pair', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-fuzz-')))
  try {
    writeFileSync(join(root, 'package.json'), '{ "name": "both", "dependencies": { "express": "^4.18.2" } }\n')
    const made = "const express = require('express')\nmodule.exports = [new express]\n"
    const writes = `const { Router } = require('express')\nmodule.exports = Router().use((req, res, next) => {\n  Object.assign(req, { query: {} })\n  next()\n})\n`
    writeFileSync(join(root, 'app.js'), made)
    writeFileSync(join(root, 'routes.js'), writes)
    const report = await createEngine(catalogue, '0').run({
      root,
      recipe: 'express5',
      level: 'review',
      types: 'off',
      mode: 'dry-run',
      install: false,
      verify: false,
    })
    const { after } = report.patches.find(({ file }) => file === 'app.js')!
    expect(after).toMatch(/new express\(\)\.\w+\(/)
    expect(after.match(/'query parser'/g)).toHaveLength(1)
    expect(after.match(/defineProperty/g)).toHaveLength(1)
    expect(after).not.toMatch(/\)\s*\(\)/)
    expect(report.findings.map(({ outcome }) => outcome)).not.toContain('conflict')
    expect(report.notLookedAt).toEqual([])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
