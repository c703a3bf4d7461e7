import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Change } from '../src/index.ts'
import { type BehaviourRequest, type Observation, observe, readRequests } from '../src/testing/behaviour.ts'
import { catalogue } from '../transforms/index.ts'
import { packagesFor, programs } from './data/twins.ts'

const changes: Readonly<Record<string, Change>> = catalogue.changes
// the name as it stands in `--only` and in the cases, so that `vitest -t express/app-del` runs these as well
describe.each(programs.map((folder) => [basename(dirname(folder)), folder] as const))(
  'express/%s',
  (change, folder) => {
    const { breakage, fixable } = changes[`express/${change}`] as Change
    const isFixable = fixable !== 'never'
    let seenOn4: Promise<Observation> | undefined
    /** What both tests compare with; observed once, by the first that asks. */
    const on4 = (requests: readonly BehaviourRequest[]) => {
      seenOn4 ??= observe({ folder, program: 'before.js', packages: packagesFor(4), requests })
      return seenOn4
    }

    test('has a rewritten program exactly if it is ever rewritten', () => {
      expect(existsSync(join(folder, 'after.js'))).toBe(isFixable)
    })

    test('unchanged, it does on Express 5 something else than on Express 4', async () => {
      const requests = await readRequests(folder)
      const [old, unchanged] = await Promise.all([
        on4(requests),
        observe({ folder, program: 'before.js', packages: packagesFor(5), requests }),
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
        observe({ folder, program: 'after.js', packages: packagesFor(5, true), requests }),
      ])

      expect(byRequest(requests, rewritten)).toEqual(byRequest(requests, old))
    })
  },
)

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
