import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { EXIT } from '../src/model/report.ts'
import { bytes, MANIFEST, project, removeProjects, status, text, upgradeKit } from './data/command-line.ts'

vi.setConfig({ testTimeout: 240_000 })
afterEach(removeProjects)

const cli = fileURLToPath(new URL('../dist/src/cli/bin.js', import.meta.url))
const APP = `const express = require('express')
const app = express()
app.set('query parser', 'simple')
app.del('/a', (req, res) => res.json({}))
app.get('/b', (req, res) => res.json({ a: 1 }, 201))
app.del('/c', (req, res) => res.json({}))
app.listen(1)
`
const shop = () => project({ 'package.json': MANIFEST, 'app.js': APP })

/** A terminal made by Python, which is on every Linux and macOS that runs these tests; there is none on Windows. */
const PTY = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
import select
while True:
    ready, _, _ = select.select([fd, 0], [], [])
    if 0 in ready:
        data = os.read(0, 1024)
        if data: os.write(fd, data)
    if fd in ready:
        try: out = os.read(fd, 65536)
        except OSError: out = b''
        if not out: break
        os.write(1, out)
_, status = os.waitpid(pid, 0)
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 99)
`
const hasPty = process.platform !== 'win32' && spawnSync('python3', ['-c', 'import pty; pty.openpty()']).status === 0

/** Runs the main job in a terminal; each time it asks, it gets the next key. */
function answered(folder: string, keys: readonly string[], env: Record<string, string> = {}) {
  const args = ['express5', '--interactive', '--no-install', '--no-verify', '--no-color']
  const own = { ...process.env, NODE_OPTIONS: '', CI: '', TERM: 'xterm', ...env }
  const child = spawn('python3', ['-c', PTY, process.execPath, cli, ...args], { cwd: folder, env: own })
  return new Promise<{ code: number | null; out: string; asked: number }>((resolve, reject) => {
    let out = ''
    let asked = 0
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk
      // an answered prompt is drawn once more, with a tick; only then may the next one be answered
      const done = [...out.matchAll(/[✔√][^\n]{0,12}Write this\?/g)]
      const open = out.slice((done.at(-1)?.index ?? -1) + 1)
      if (done.length < asked || !/Write this\?[^\n]*\([a-z]+H\)/.test(open)) return
      const key = keys[asked++] ?? 'q'
      setTimeout(() => child.stdin.write(key === '\x03' ? key : `${key}\r`), 150)
    })
    child.once('error', reject).once('close', (code) => resolve({ code, out, asked }))
  })
}

describe.skipIf(!hasPty)('--interactive, in a terminal (needs python3 for one)', () => {
  test('accept, skip, explain: only what was accepted is written', async () => {
    const folder = shop()
    const { out, code } = await answered(folder, ['x', 'y', 'n', 'y', 'y', 'y', 'y'])
    expect(out).toContain('app.js:')
    expect(out).toMatch(/← /)
    expect(code, out).toBe(EXIT.findingsLeft)
    const after = text(folder, 'app.js')
    const accepted = APP.replace('res.json({ a: 1 }, 201)', 'res.status(201).json({ a: 1 })')
    expect(after).toBe(accepted.replace("app.del('/c'", "app.delete('/c'"))
    expect(existsSync(join(folder, '.upgrade-kit/answers.json'))).toBe(false)
  })

  test('quit keeps the answers, and the next run goes on from there', async () => {
    const folder = shop()
    const first = await answered(folder, ['n', 'q'])
    expect([first.code, text(folder, 'app.js'), status(folder)]).toEqual([EXIT.interrupted, APP, []])
    expect(first.out).toContain('Your answers are kept')
    const kept = JSON.parse(text(folder, '.upgrade-kit/answers.json'))
    expect(Object.values(kept.answers)).toEqual(['skip'])
    const all = await answered(shop(), Array(20).fill('y'))
    const second = await answered(folder, Array(20).fill('y'))
    expect(second.asked).toBe(all.asked - 1)
    expect(second.code).toBe(EXIT.findingsLeft)
  })

  test('all of this change, and ctrl-C', async () => {
    const folder = shop()
    const all = await answered(folder, Array(20).fill('a'))
    expect(all.code, all.out).toBe(EXIT.clean)
    const one = await answered(shop(), Array(20).fill('y'))
    expect(all.asked).toBeLessThan(one.asked)
    const stopped = shop()
    const before = bytes(stopped)
    expect((await answered(stopped, ['\x03'])).code).toBe(EXIT.interrupted)
    expect(bytes(stopped)).toEqual(before)
  })

  test('edit: the text of the person is written, and nothing that does not parse', async () => {
    const folder = shop()
    const editor = (expression: string) => {
      writeFileSync(
        join(folder, '../edit.mjs'),
        `import fs from 'node:fs'\nconst f = process.argv[2]\nfs.writeFileSync(f, fs.readFileSync(f, 'utf8')${expression})\n`,
      )
      return { EDITOR: `${process.execPath} ${join(folder, '../edit.mjs')}`, VISUAL: '' }
    }
    const bad = await answered(folder, ['e', 'q'], editor(`+ '((('`))
    expect(bad.out).toContain('This cannot be written')
    expect(text(folder, 'app.js')).toBe(APP)
    const good = await answered(folder, ['e', ...Array(20).fill('y')], editor(`.trimEnd() + ' // mine\\n'`))
    expect(good.code, good.out).toBe(EXIT.clean)
    expect(text(folder, 'app.js').match(/\/\/ mine/g)).toHaveLength(1)
    execFileSync(process.execPath, ['--check', join(folder, 'app.js')])
  })
})

test('without a terminal, and in a dry run, it says so', async () => {
  const folder = shop()
  const ran = await upgradeKit(folder, ['express5', '--interactive'])
  expect([ran.code, ran.err]).toEqual([EXIT.inTheWay, expect.stringContaining('this is no terminal')])
  const dry = await upgradeKit(folder, ['express5', '--interactive', '--dry-run'])
  expect([dry.code, dry.err]).toEqual([EXIT.inTheWay, expect.stringContaining('a dry run writes nothing')])
})
