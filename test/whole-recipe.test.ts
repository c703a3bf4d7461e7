import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Change, discover, propose, readPackages, recipesOf } from '../src/index.ts'
import { type BehaviourRequest, type Observation, observe, readRequests } from '../src/testing/behaviour.ts'
import { checkRecipe, explainProblems, readCases, unmark } from '../src/testing/index.ts'
import { catalogue } from '../transforms/index.ts'
import { packagesFor, programs } from './data/twins.ts'

/*
 * behaviour.test.ts rewrites each program by the change that it shows, and by no other. Here the whole recipe goes over it:
 * what two changes make of one place together must do what the program did, too. For Express the programs are run, which
 * takes minutes, so that it is done only where UPGRADE_KIT_WHOLE_RECIPE is set.
 */
const isWanted = Boolean(process.env.UPGRADE_KIT_WHOLE_RECIPE)

const changes: Readonly<Record<string, Change>> = catalogue.changes
/** What is no part of the program: how it is asked, what it is compared with, what is installed. */
const ASIDE = new Set(['after.js', 'requests.json', 'probe.js', 'options.json', 'packages'])

describe('the whole recipe', () => {
  /*
   * Some hundred projects in a quarter of a minute, in one test: what is written for each change alone is known to be right
   * (fixtures.test.ts), so that here only what changes do to each other can go wrong.
   */
  test('of Prisma leaves no two changes in each other’s way, and nothing to a second run', async () => {
    const cases = readCases(fileURLToPath(new URL('../fixtures', import.meta.url))).filter(({ change }) =>
      change.startsWith('prisma/'),
    )
    const problems: string[] = []
    for (const one of cases) {
      const found = await checkRecipe(one, catalogue)
      if (found.length > 0) problems.push(explainProblems(`${one.change}/${one.situation}`, found))
    }
    expect(cases.length).toBeGreaterThan(200)
    expect(problems.join('\n')).toBe('')
  }, 240_000)

  test.runIf(isWanted).each(programs.map((folder) => [basename(dirname(folder)), folder] as const))(
    'express/%s',
    async (name, folder) => {
      const { fixable } = changes[`express/${name}`]!
      const requests = await readRequests(folder)
      const see = (from: string, packages: Record<string, string>) =>
        observe({ folder: from, program: 'before.js', packages, requests })
      const rewritten = await rewrittenCopy(folder)
      try {
        const old = await see(folder, packagesFor(4))
        const unchanged = await see(folder, packagesFor(5))
        const now = await see(rewritten, packagesFor(5, true))
        if (fixable !== 'never') expect(byRequest(requests, now)).toEqual(byRequest(requests, old))
        // what is left to a person may do what it does in Express 5, and nothing else
        else expect([old, unchanged, merged(old, unchanged, now)]).toContainEqual(now)
      } finally {
        await rm(rewritten, { recursive: true, force: true, maxRetries: 5 })
      }
    },
  )
})

/** The folder of a twin, with what the whole recipe makes of its program. */
async function rewrittenCopy(folder: string): Promise<string> {
  const copy = await realpath(await mkdtemp(join(tmpdir(), 'upgrade-kit-rewritten-')))
  const project = await realpath(await mkdtemp(join(tmpdir(), 'upgrade-kit-whole-')))
  try {
    await cp(folder, copy, { recursive: true, preserveTimestamps: true })
    for (const name of await readdir(folder))
      if (!ASIDE.has(name)) await cp(join(folder, name), join(project, name), { recursive: true })
    const { text } = unmark(await readFile(join(folder, 'before.js'), 'utf8'))
    await writeFile(join(project, 'before.js'), text)
    const dependencies = { express: '^4.18.2', 'body-parser': '^1.20.3' }
    await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'twin', private: true, dependencies }))
    const discovery = discover(project, { cwd: project })
    const { files } = await propose({
      catalogue,
      recipe: recipesOf(catalogue).find(({ id }) => id === 'express5')!,
      discovery,
      packages: readPackages(project, discovery),
      level: 'review',
      mode: 'dry-run',
      toolVersion: '0.0.0',
    })
    for (const [file, { after }] of files) {
      await mkdir(dirname(join(copy, file)), { recursive: true })
      await writeFile(join(copy, file), after)
    }
    return copy
  } finally {
    await rm(project, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What was observed, with every answer taken from one of the two others where it is the same. */
function merged(old: Observation, unchanged: Observation, now: Observation): Observation {
  const answers = now.answers.map(
    (answer, index) =>
      [old, unchanged].map((one) => one.answers[index]).find((one) => JSON.stringify(one) === JSON.stringify(answer)) ??
      old.answers[index]!,
  )
  return { ...old, answers }
}

/** With the request beside each answer, so that a failing comparison says which one it was. */
function byRequest(requests: readonly BehaviourRequest[], seen: Observation): unknown {
  const label = ({ method, path }: BehaviourRequest) => `${method} ${path}`
  return { ...seen, answers: seen.answers.map((answer, index) => [label(requests[index]!), answer]) }
}
