import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { discover, propose, readPackages, selectRecipe } from '../src/index.ts'
import { type Observation, observe } from '../src/testing/behaviour.ts'
import { catalogue } from '../transforms/index.ts'

/*
 * One program with paths of every kind, rewritten by all changes together: what one of them writes, another one must not
 * take for the old syntax. Then both programs answer the same requests.
 */

const root = fileURLToPath(new URL('..', import.meta.url))
const express = (major: 4 | 5) => ({ express: join(root, `node_modules/express${major}`) })

const PATHS: readonly [path: string, ...urls: string[]][] = [
  ["'/star/*'", '/star/a/b', '/star/', '/star'],
  ["'/files*zip'", '/files-a.zip', '/files/a', '/fileszip'],
  ["'/opt/:id?'", '/opt', '/opt/7'],
  ["'/user(s)?'", '/user', '/users', '/useri'],
  ["'/colou?r/:id?'", '/color', '/colour/1'],
  ["'/two2?'", '/two', '/two2'],
  ["'/(ab)?cd'", '/cd', '/abcd'],
  ["'/num/:id(\\\\d+)'", '/num/12', '/num/x'],
  ["'/raw/:id(.*)'", '/raw/a/b', '/raw/'],
  ["'/tree/:id*'", '/tree/a/b'],
  ["'/seq/:id+'", '/seq/a/b'],
  ["'/x(a|b)'", '/xa', '/xc'],
  ["'/[ab]z'", '/az', '/cz'],
  ["'/bang!'", '/bang!'],
  ["'/u/{id}'", '/u/{id}', '/u/id', '/u/'],
  ["'/pair/:id:b'", '/pair/xyz'],
  ["'/code/:2fa'", '/code/123'],
  ["'/feed.:id'", '/feed.xml', '/feed.a.b'],
  ["['/p1', /^\\/p2$/, '/p3/:id?']", '/p1', '/P2', '/p3/4'],
  ['`$' + '{BASE}/under/*`', '/api/under/x/y', '/api/under'],
  ["BASE + '/plus/:id?'", '/api/plus', '/api/plus/1'],
  ['REST', '/rest/a', '/rest/'],
]

const before = `const express = require('express')
const BASE = '/api'
const REST = '/rest/*'
const app = express()
${PATHS.map(([path], i) => `app.get(${path}, (req, res) => res.json({ at: ${i}, id: req.params.id, zero: req.params[0] }))`).join('\n')}
app.use((req, res) => res.status(404).send('nothing here'))
module.exports = app
`

describe('a program with paths of every kind', () => {
  let folder: string
  let after: string
  let messages: string[]

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'upgrade-kit-paths-')))
    await writeFile(join(folder, 'before.js'), before)
    await writeFile(join(folder, 'package.json'), '{ "name": "paths", "dependencies": { "express": "^4.18.2" } }')
    const discovery = discover(folder)
    const { report, files } = await propose({
      catalogue,
      recipe: selectRecipe(catalogue, 'express5'),
      discovery,
      packages: readPackages(folder, discovery),
      level: 'safe',
      mode: 'dry-run',
      toolVersion: '0.0.0',
      except: ['express/query-parser-default'],
    })
    after = files.get('before.js')?.after ?? before
    messages = report.findings.filter(({ file }) => file === 'before.js').map((f) => `${f.at.line}: ${f.message}`)
    await writeFile(join(folder, 'after.js'), after)
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

  test('is rewritten once: nothing that one change wrote is old syntax to another', () => {
    expect(after).toContain("app.get('/{ab}cd'")
    expect(after).toContain("app.get('/two{2}'")
    expect(after).toContain("app.get('/colo{u}r{/:id}'")
    expect(after).toContain("app.get('/u/\\\\{id\\\\}'")
    expect(new Set(messages).size).toBe(messages.length)
  })

  test('answers on Express 5 as it did on Express 4', { timeout: 120_000 }, async () => {
    const requests = PATHS.flatMap(([, ...urls]) => urls.map((path) => ({ method: 'GET', path })))
    const [old, rewritten] = await Promise.all([
      observe({ folder, program: 'before.js', packages: express(4), requests }),
      observe({ folder, program: 'after.js', packages: express(5), requests }),
    ])
    const told = ({ startup, answers }: Observation) => ({
      startup,
      answers: answers.map((answer, i) => [requests[i]!.path, 'body' in answer ? answer.body : answer]),
    })
    expect(told(rewritten)).toEqual(told(old))
    expect(old.answers.filter((answer) => 'status' in answer && answer.status === 200).length).toBeGreaterThan(30)
  })
})
