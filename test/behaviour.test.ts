import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Change } from '../src/index.ts'
import {
  type BehaviourRequest,
  behaviourFolders,
  type Observation,
  observe,
  readRequests,
} from '../src/testing/behaviour.ts'
import { catalogue } from '../transforms/index.ts'

const changes: Readonly<Record<string, Change>> = catalogue.changes
const root = fileURLToPath(new URL('..', import.meta.url))
/** Those that are run; the others, for a compiler or a package manager, are in twins.test.ts. */
const folders = (await behaviourFolders(join(root, 'fixtures/express'))).filter((folder) =>
  existsSync(join(folder, 'before.js')),
)
/** The packages of a program; one that was rewritten has the body-parser that the rewritten manifest asks for. */
const express = (major: 4 | 5, isRewritten = false): Record<string, string> => ({
  express: join(root, `node_modules/express${major}`),
  'mime-types': join(root, 'node_modules/express5/node_modules/mime-types'),
  'body-parser': join(
    root,
    isRewritten ? 'node_modules/express5/node_modules/body-parser' : 'node_modules/body-parser',
  ),
  qs: join(root, 'node_modules/qs'),
})

// the name as it stands in `--only` and in the cases, so that `vitest -t express/app-del` runs these as well
describe.each(folders.map((folder) => [basename(dirname(folder)), folder] as const))('express/%s', (change, folder) => {
  const { breakage, fixable } = changes[`express/${change}`] as Change
  const isFixable = fixable !== 'never'
  let seenOn4: Promise<Observation> | undefined
  /** What both tests compare with; observed once, by the first that asks. */
  const on4 = (requests: readonly BehaviourRequest[]) => {
    seenOn4 ??= observe({ folder, program: 'before.js', packages: express(4), requests })
    return seenOn4
  }

  test('has a rewritten program exactly if it is ever rewritten', () => {
    expect(existsSync(join(folder, 'after.js'))).toBe(isFixable)
  })

  test('unchanged, it does on Express 5 something else than on Express 4', async () => {
    const requests = await readRequests(folder)
    const [old, unchanged] = await Promise.all([
      on4(requests),
      observe({ folder, program: 'before.js', packages: express(5), requests }),
    ])

    expect(old.startup).toBeUndefined()
    if (isFixable) expect(old.answers.filter((answer) => 'failed' in answer)).toEqual([])
    if (breakage === 'deprecated') expect(byRequest(requests, unchanged)).toEqual(byRequest(requests, old))
    else expect(unchanged).not.toEqual(old)
    requests.forEach((request, index) => {
      if (request.differsOn5) expect(unchanged.answers[index], label(request)).not.toEqual(old.answers[index])
    })
  })

  test.runIf(isFixable)('rewritten, it does on Express 5 what it did on Express 4', async () => {
    const requests = await readRequests(folder)
    const [old, rewritten] = await Promise.all([
      on4(requests),
      observe({ folder, program: 'after.js', packages: express(5, true), requests }),
    ])

    expect(byRequest(requests, rewritten)).toEqual(byRequest(requests, old))
  })
})

describe('observe', () => {
  test('tells a program that throws at start, one that crashes and one that answers apart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'upgrade-kit-observe-'))
    try {
      await writeFile(join(folder, 'throws.js'), "throw new TypeError('not today')")
      await writeFile(join(folder, 'crashes.js'), 'module.exports = () => setImmediate(() => process.exit(3))')
      await writeFile(
        join(folder, 'answers.js'),
        "module.exports = [() => {}, (req, res) => res.end(req.method + 'ed')]",
      )
      const requests = [{ method: 'GET', path: '/' }]
      const see = (program: string, sent: BehaviourRequest[]) =>
        observe({ folder, program, packages: {}, requests: sent })

      expect(await see('throws.js', requests)).toEqual({ startup: 'not today', answers: [] })
      expect((await see('crashes.js', requests)).answers).toEqual([{ failed: expect.any(String) }])
      expect((await see('answers.js', [{ method: 'POST', path: '/', app: 1 }])).answers).toEqual([
        { status: 200, headers: { 'content-length': '6' }, body: 'POSTed' },
      ])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

function label(request: BehaviourRequest): string {
  return `${request.method} ${request.path}`
}

/** With the request beside each answer, so that a failing comparison says which one it was. */
function byRequest(requests: readonly BehaviourRequest[], seen: Observation): unknown {
  return { ...seen, answers: seen.answers.map((answer, index) => [label(requests[index]!), answer]) }
}
