import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { main } from '../src/cli/main.ts'
import { progressText } from '../src/cli/progress.ts'
import type { World } from '../src/cli/world.ts'
import { type Engine, Interrupted } from '../src/engine/api.ts'
import type { ChangeId } from '../src/model/finding.ts'
import { EXIT, type Report } from '../src/model/report.ts'
import { OutOfScope, UserError } from '../src/model/user-error.ts'
import * as samples from './data/report/samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'upgrade-kit-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the command line without a process. A string of arguments is cut at its spaces. */
async function run(
  argv: string | readonly string[],
  engine: Partial<Engine> = {},
  world: Partial<World> = {},
): Promise<Ran> {
  let out = ''
  let err = ''
  const words = typeof argv === 'string' ? argv.split(' ').filter((word) => word !== '') : argv
  const code = await main(words, {
    engine: async () => samples.fakeEngine(engine),
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    env: {},
    cwd: folder,
    version: '9.8.7',
    signal: new AbortController().signal,
    ...world,
  })
  return { code, out, err }
}

/** What the engine was asked, without the two live parts. */
async function asked(argv: string | readonly string[]): Promise<Record<string, unknown>> {
  let request: Record<string, unknown> = {}
  const keep = async (given: object) => {
    request = { ...given }
    return samples.nothing
  }
  const { err } = await run(argv, { run: keep, runCodemod: keep })
  expect(err).toBe('')
  const { onProgress, signal, ...rest } = request
  expect([typeof onProgress, signal instanceof AbortSignal]).toEqual(['function', true])
  return rest
}

const noEngine = {
  engine: async (): Promise<Engine> => {
    throw new Error('the engine was loaded')
  },
}

describe('help', () => {
  test.each(['', 'scan', 'explain', 'list', 'brief', 'report', 'pr', 'undo', 'runs', 'run-codemod'])(
    'of %s',
    async (command) => {
      const { code, out, err } = await run(`${command} --help`, {}, noEngine)
      expect([code, err]).toEqual([0, ''])
      await expect(out).toMatchFileSnapshot(`data/report/help/${command || 'upgrade-kit'}.txt`)
      expect(out.split('\n').filter((line) => line.length > 100)).toEqual([])
    },
  )

  test('version', async () => {
    expect(await run('--version', {}, noEngine)).toEqual({ code: 0, out: '9.8.7\n', err: '' })
  })

  test('without arguments goes to standard error', async () => {
    const { code, out, err } = await run('', {}, noEngine)
    expect([code, out]).toEqual([EXIT.inTheWay, ''])
    expect(err).toContain('Usage: upgrade-kit <recipe>')
  })

  test('documents every exit code', async () => {
    const { out } = await run('--help', {}, noEngine)
    for (const code of Object.values(EXIT)) expect(out).toMatch(new RegExp(`^ {2}${code} +\\w`, 'm'))
  })

  test('loads nothing but commander, the model and the commands themselves', () => {
    const packages = new Set<string>()
    const files = new Set<string>()
    const visit = (file: string) => {
      if (files.has(file)) return
      files.add(file)
      for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(
        /^(?:import|export) (?!type )[^;]*? from '([^']+)'/gm,
      )) {
        if (from.startsWith('.')) visit(resolve(dirname(file), from))
        else packages.add(from)
      }
    }
    visit(resolve(import.meta.dirname, '../src/cli/main.ts'))
    expect([...packages]).toEqual(['commander'])
    expect(
      [...files].map((file) => file.replaceAll('\\', '/')).filter((file) => !/\/src\/(cli|model)\//.test(file)),
    ).toEqual([])
  })
})

describe('what the engine is asked', () => {
  const usual = { root: folder, level: 'safe', types: 'auto', recipe: 'express5' }

  test('the main job writes, installs and verifies', async () => {
    expect(await asked('express5')).toEqual({ ...usual, mode: 'apply', install: true, verify: true })
  })

  test.each([
    ['express5 --dry-run', 'dry-run'],
    ['scan express5', 'scan'],
  ])('%s does neither', async (argv, mode) => {
    expect(await asked(argv)).toEqual({ ...usual, mode, install: false, verify: false })
  })

  test.each([
    ['app-del', ['express/app-del']],
    ['express/app-*', ['express/app-del']],
    ['*-del,req-*', ['express/app-del', 'express/req-host']],
  ])('--only %s', async (typed, only) => {
    expect(await asked(`scan express5 --only ${typed}`)).toMatchObject({ only })
  })

  test('every option arrives', async () => {
    const argv = [
      ...['express5', 'src', 'lib/a.js', '--only', 'app-del,express/req-host', '--only', 'path-wildcard'],
      ...[
        '--except',
        'package-version',
        '--include',
        'review',
        '--include',
        'src/**/*.{js,ts}',
        '--exclude',
        '**/x/**',
      ],
      ...['--types', 'off', '--from', '4.17.0', '--to', '5.1.0', '--force', '--no-install', '--no-verify'],
      ...['--test-command', 'npm run t', '--test-timeout', '1.5', '--install-timeout', '60'],
      ...['--blame-seconds', '0', '--hold-back-breaking'],
    ]
    expect(await asked(argv)).toEqual({
      root: folder,
      recipe: 'express5',
      paths: ['src', 'lib/a.js'],
      only: ['express/app-del', 'express/req-host', 'express/path-wildcard'],
      except: ['express/package-version'],
      level: 'review',
      include: ['src/**/*.{js,ts}'],
      exclude: ['**/x/**'],
      types: 'off',
      from: '4.17.0',
      to: '5.1.0',
      mode: 'apply',
      force: true,
      install: false,
      verify: false,
      testCommand: 'npm run t',
      testTimeoutSeconds: 1.5,
      installTimeoutSeconds: 60,
      blameSeconds: 0,
      holdBackBreaking: true,
    })
  })

  const flags: World['settings'] = [
    { name: 'stage', placeholder: 'stage', description: 'how far to go', values: ['early', 'late'], recipes: ['x6'] },
    { name: 'api-map', placeholder: 'file', description: 'what became of what', recipes: ['x6', 'pay2'] },
  ]

  test('options that only some recipes take arrive by their names, and only if they are given', async () => {
    const settings = async (argv: string) => {
      let request: Record<string, unknown> = {}
      const keep = async (given: object) => {
        request = { ...given }
        return samples.nothing
      }
      const { err } = await run(argv, { run: keep }, { settings: flags })
      expect(err).toBe('')
      return request.settings
    }
    expect(await settings('express5 --stage early src')).toEqual({ stage: 'early' })
    expect(await settings('scan express5 --api-map a/b.json --stage late')).toEqual({
      stage: 'late',
      'api-map': 'a/b.json',
    })
    expect(await settings('express5')).toBeUndefined()
    let asked: object = {}
    await run(
      'explain src/a.js:3 --recipe express5 --stage late',
      {
        explainLine: async (request) => {
          asked = request
          return samples.explanation
        },
      },
      { settings: flags },
    )
    expect(asked).toMatchObject({ settings: { stage: 'late' } })
  })

  test('options that only some recipes take stand in the help with the recipes, and in the list of one', async () => {
    const { out } = await run('--help', {}, { ...noEngine, settings: flags })
    expect(out).toMatch(/--stage <early\|late> +x6: how far to go/)
    expect(out).toMatch(/--api-map <file> +x6, pay2: what became of what/)
    const recipes = () => [{ ...samples.recipes[0]!, settings: [{ ...flags![0]!, default: 'late' }, flags![1]!] }]
    const list = await run('list express5', { recipes })
    expect(list.out).toContain('--stage <early|late>: how far to go (default: late)')
    expect(list.out).toContain('--api-map <file>: what became of what\n')
  })

  test('options may stand before and after the paths', async () => {
    expect(await asked('--dry-run express5 --exclude a src')).toEqual(await asked('express5 src --dry-run --exclude a'))
  })

  test('a folder that is called review is a glob with a slash', async () => {
    expect(await asked('express5 --include ./review')).toMatchObject({ level: 'safe', include: ['./review'] })
  })

  test('--cwd is the root', async () => {
    const { root } = await asked(['express5', '--cwd', '..'])
    expect(root).toBe(dirname(folder))
  })

  test('a codemod is found from where the person stands', async () => {
    expect(await asked(['run-codemod', 'mods/a.js', 'src', '--dry-run', '--parser', 'tsx', '--cwd', '..'])).toEqual({
      root: dirname(folder),
      paths: ['src'],
      transform: join(folder, 'mods/a.js'),
      parser: 'tsx',
      level: 'safe',
      types: 'auto',
      mode: 'dry-run',
      install: false,
      verify: false,
    })
  })
})

describe('exit codes', () => {
  const withdrawn = samples.mixed.findings.filter(({ outcome }) => outcome === 'withdrawn')
  const ours: Report = { ...samples.nothing, notLookedAt: [{ file: 'a.js', kind: 'ours', reason: 'threw' }] }
  test.each<[string, Report, number]>([
    ['nothing found', samples.nothing, EXIT.clean],
    ['all written', samples.green, EXIT.clean],
    ['a dry run that would write', { ...samples.green, mode: 'dry-run' }, EXIT.findingsLeft],
    ['findings in a scan', samples.many, EXIT.findingsLeft],
    ['something by hand', { ...samples.green, findings: samples.broke.findings }, EXIT.findingsLeft],
    ['a fix taken back', { ...samples.nothing, findings: withdrawn }, EXIT.transformFailed],
    ['a transform that threw', ours, EXIT.transformFailed],
    ['broken tests', samples.broke, EXIT.testsBroke],
  ])('%s', async (_, report, expected) => {
    expect((await run('express5', { run: async () => report })).code).toBe(expected)
  })

  test('the project is in the way: message and advice, no stack', async () => {
    const engine = {
      run: async () => {
        throw new UserError('git has \u001b[2Juncommitted changes', 'Commit them, or use --force.')
      },
    }
    expect(await run('express5', engine)).toEqual({
      code: EXIT.inTheWay,
      out: '',
      err: 'error: git has ␛[2Juncommitted changes\nCommit them, or use --force.\n',
    })
  })

  test('our bug: the stack, and where to report it', async () => {
    const engine = {
      run: async () => {
        throw new TypeError('x is not a function')
      },
    }
    const { code, out, err } = await run('express5', engine, { bugs: 'https://example.com/issues' })
    expect([code, out]).toEqual([EXIT.transformFailed, ''])
    expect(err).toMatch(/^TypeError: x is not a function\n {4}at /)
    expect(err).toContain('Please report it at https://example.com/issues')
  })

  test.each([
    [new Interrupted(), 'Stopped. Nothing was written.\n'],
    [
      new Interrupted('r-1', ['a.js']),
      'Stopped. 1 file had been written. `upgrade-kit undo r-1` takes everything back.\n',
    ],
  ])('ctrl-C (%#)', async (error, message) => {
    const engine = {
      run: async () => {
        throw error
      },
    }
    expect(await run('express5', engine)).toEqual({ code: EXIT.interrupted, out: '', err: message })
  })

  test('ctrl-C while the tests run: the report, and 130', async () => {
    const stop = new AbortController()
    const engine = {
      run: async () => {
        stop.abort()
        return samples.green
      },
    }
    const { code, out, err } = await run('express5', engine, { signal: stop.signal })
    expect(code).toBe(EXIT.interrupted)
    expect(out).toContain('── Summary')
    expect(err).toContain('ctrl-C again ends at once')
  })
})

describe('a mistake on the command line', () => {
  test.each([
    ['expres5', 'there is no recipe or command `expres5`', 'Did you mean `express5`?'],
    ['scna express5', 'there is no recipe or command `scna`', 'Did you mean `scan`?'],
    ['zzzzzzzzzzzz', 'there is no recipe or command `zzzzzzzzzzzz`', '\nRecipes: express5.'],
    ['scan Express', 'there is no recipe `Express`', 'Did you mean `express5`?'],
    ['list expres', 'there is no recipe `expres`', 'Did you mean `express5`?'],
    ['express5 --only ap-del', '--only: recipe express5 has no change `ap-del`', 'Did you mean `app-del`?'],
    ['express5 --except express/ap-del', '--except: recipe', 'Did you mean `express/app-del`?'],
    ['explain app-dle', '`app-dle` is neither file:line nor a change', 'Did you mean `app-del`?'],
    ['explain a.js:1 --recipe x', 'there is no recipe `x`', 'Recipes: express5.'],
    ['undo 20261122-154501-a1b3', 'there is no run', 'Did you mean `20261122-154501-a1b2`?'],
    ['express5 --dryrun', "unknown option '--dryrun'", 'Did you mean --dry-run?'],
    ['express5 --format xml', "argument 'xml' is invalid", 'Allowed choices are text, json'],
    ['express5 --types maybe', "argument 'maybe' is invalid", 'auto, on, off'],
    ['express5 --test-timeout soon', "argument 'soon' is invalid", 'above 0'],
    ['express5 --test-timeout 0', "argument '0' is invalid", 'above 0'],
    ['scan', "missing required argument 'recipe'", '--help'],
    ['scan express5 --force', "unknown option '--force'", '--help'],
    ['express5 --cwd nowhere', 'there is no such folder', 'Give the folder'],
    ['express5 --output .', 'this is a folder', 'path of a file'],
  ])('%s', async (argv, message, advice) => {
    const { code, out, err } = await run(argv)
    expect([code, out]).toEqual([EXIT.inTheWay, ''])
    expect(err).toContain(message)
    expect(err).toContain(advice)
    expect(err).not.toMatch(/^ {4}at /m)
  })

  test('nothing far away is suggested', async () => {
    expect((await run('zzzzzzzzzzzz')).err).not.toContain('Did you mean')
  })
})

describe('JSON', () => {
  const chatty: Partial<Engine> = {
    run: async ({ onProgress }) => {
      onProgress?.({ phase: 'scan' })
      return samples.mixed
    },
  }
  test.each<[string, unknown]>([
    ['scan express5 --format json', samples.mixed],
    ['express5 --dry-run --format json --verbose', samples.mixed],
    ['explain src/a.js:3 --format json', samples.explanation],
    ['explain app-del --format json', samples.recipes[0]?.changes[0]],
    ['list --format json', samples.recipes],
    ['list express5 --format json', samples.recipes[0]],
    ['runs --format json', samples.runs],
    ['undo --format json', samples.undone],
  ])('%s prints JSON alone', async (argv, expected) => {
    const { out } = await run(argv, chatty, { env: { FORCE_COLOR: '1' } })
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(expected)))
  })
})

describe('--output', () => {
  test('writes the text without colours, and prints the summary', async () => {
    const { out } = await run('express5 --dry-run --output reports/new/a.txt', { run: async () => samples.mixed })
    const written = readFileSync(join(folder, 'reports/new/a.txt'), 'utf8')
    expect(written).toContain('src/app.js:14:5')
    expect(out).toContain('── Summary')
    expect(out).toMatch(/The whole report is in reports\/new\/a.txt\n$/)
    expect(out).not.toContain('src/app.js:14:5')
  })

  test('writes no colours even where the terminal has them', async () => {
    const env = { FORCE_COLOR: '1' }
    const { out } = await run('express5 --output coloured.txt', {}, { env })
    expect(out).toContain('\u001b[')
    expect(readFileSync(join(folder, 'coloured.txt'), 'utf8')).not.toContain('\u001b[')
  })

  test('leaves standard output empty where JSON was asked for', async () => {
    const { out, err } = await run('scan express5 --format json --output a.json', { run: async () => samples.mixed })
    expect(JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(samples.mixed)))
    expect(out).toBe('')
    expect(err).toContain('── Summary')
  })

  test('is complained about before the run, not after it', async () => {
    let ran = false
    const engine: Partial<Engine> = {
      run: async () => {
        ran = true
        return samples.nothing
      },
    }
    expect((await run('express5 --output .', engine)).code).toBe(EXIT.inTheWay)
    expect(ran).toBe(false)
  })
})

describe('colour', () => {
  const terminal = { isTTY: true, columns: 80 }
  test.each<[string, string, Record<string, string>, boolean, boolean]>([
    ['a terminal', '', {}, true, true],
    ['a pipe', '', {}, false, false],
    ['a dumb terminal', '', { TERM: 'dumb' }, true, false],
    ['NO_COLOR', '', { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR', '', { NO_COLOR: '' }, true, true],
    ['FORCE_COLOR in a pipe', '', { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0', '', { FORCE_COLOR: '0' }, true, false],
    ['NO_COLOR over FORCE_COLOR', '', { FORCE_COLOR: '1', NO_COLOR: '1' }, true, false],
    ['--no-color over all', ' --no-color', { FORCE_COLOR: '1' }, true, false],
  ])('%s', async (_, option, env, isTTY, expected) => {
    let out = ''
    const stdout = { ...(isTTY ? terminal : {}), write: (text: string) => (out += text) }
    await run(`list express5${option}`, {}, { stdout, env })
    expect(out.includes('\u001b[')).toBe(expected)
  })
})

describe('width', () => {
  test.each([
    [60, 60],
    [10, 40],
    [300, 120],
    [0, 100],
    [undefined, 100],
  ])('%s columns are %i', async (columns, expected) => {
    let out = ''
    await run('express5', {}, { stdout: { columns, write: (text) => (out += text) } })
    const rule = out.split('\n').find((line) => line.startsWith('── Summary'))
    expect(rule?.length).toBe(expected)
  })
})

describe('progress', () => {
  test('in a pipe is one line per phase', async () => {
    const engine: Partial<Engine> = {
      run: async ({ onProgress }) => {
        for (const phase of ['discover', 'scan', 'scan', 'scan', 'verify'] as const) onProgress?.({ phase, done: 1 })
        return samples.nothing
      },
    }
    expect((await run('express5', engine)).err).toBe('Listing files…\nScanning…\nRunning the tests again…\n')
  })

  test.each([
    [{ phase: 'scan' as const }, 0, 'Scanning'],
    [{ phase: 'scan' as const, done: 3, total: 10 }, 0, 'Scanning 3 of 10'],
    [{ phase: 'install' as const }, 12_400, 'Installing (12 s)'],
    [{ phase: 'verify' as const, line: '\u001b[2Jok  a test of the shop' }, 0, 'Running the tests again  ␛[2Jok  …'],
  ])('in a terminal is one line (%#)', (progress, elapsed, expected) => {
    expect(progressText(progress, elapsed, 34)).toBe(expected)
  })
})

describe('explain', () => {
  test.each([
    ['src/app.js:42', 'src/app.js', 42],
    ['src/app.js:42:7', 'src/app.js', 42],
    ['C:\\shop\\app.js:3', 'C:\\shop\\app.js', 3],
    ['a:b.js:3', 'a:b.js', 3],
  ])('%s', async (what, file, line) => {
    let place: unknown[] = []
    const { out } = await run(['explain', what], {
      explainLine: async (request, ...rest) => {
        place = [request.recipe, request.mode, ...rest]
        return samples.explanation
      },
    })
    expect(place).toEqual(['express5', 'scan', file, line])
    expect(out).toContain('here the chain breaks')
  })

  test.each(['app-del', 'express/app-del'])('the change %s', async (id) => {
    expect((await run(['explain', id])).out).toMatch(/^express\/app-del\n`app.del\(\)` was removed\n/)
  })

  describe('where there are several recipes', () => {
    const recipes = () => [samples.recipes[0]!, { ...samples.recipes[0]!, id: 'prisma6' }]
    const look = (change: ChangeId) => ({ change, verdict: 'finding' as const, message: 'it breaks', steps: [] })
    const said = (recipe: string) => ({
      at: { file: 'a.js', line: 3, column: 1 },
      excerpt: 'app.del()',
      looks: [look(recipe === 'prisma6' ? 'prisma/client' : 'express/app-del')],
    })

    test('says what each of them does that the line is in the scope of', async () => {
      const explainLine: Engine['explainLine'] = async ({ recipe }) => said(recipe)
      const { code, out } = await run('explain a.js:3', { recipes, explainLine })
      expect(code).toBe(0)
      expect(out).toContain('express/app-del')
      expect(out).toContain('prisma/client')
      const one = await run('explain a.js:3 --recipe prisma6', { recipes, explainLine })
      expect(one.out).not.toContain('express/app-del')
    })

    test('leaves out those that it is out of the scope of, and says why where it is of all', async () => {
      const explainLine: Engine['explainLine'] = async ({ recipe }) => {
        if (recipe === 'prisma6') return said(recipe)
        throw new OutOfScope('a.js is not in scope.', 'Give another file.')
      }
      expect((await run('explain a.js:3', { recipes, explainLine })).out).toContain('prisma/client')
      const none: Engine['explainLine'] = async ({ recipe }) => {
        throw recipe === 'prisma6'
          ? new UserError('a.js is broken.', 'Mend it.')
          : new OutOfScope('a.js is not in scope.', 'Give another file.')
      }
      const { code, err } = await run('explain a.js:3', { recipes, explainLine: none })
      expect([code, err]).toEqual([EXIT.inTheWay, expect.stringContaining('a.js is broken.')])
    })
  })
})

describe('undo', () => {
  test('of the last run', async () => {
    let given: unknown[] = []
    const undo: Engine['undo'] = async (...args) => {
      given = args
      return samples.undone
    }
    const { code, out } = await run('undo', { undo })
    expect(given).toEqual([folder, undefined, { force: false }])
    expect([code, out]).toEqual([0, expect.stringContaining('3 files as before.')])
  })

  test.each([
    ['package-lock.json', 'run `npm install` again'],
    ['apps/web/package.json', "run your package manager's install again"],
    ['pnpm-workspace.yaml', 'run `pnpm install` again'],
    ['src/app.js', ''],
  ])('of %s: what to do about the packages that are still installed', async (file, advice) => {
    const undo: Engine['undo'] = async () => ({ ...samples.undone, restored: [file], removed: [] })
    const { out } = await run('undo', { undo })
    expect(advice === '' ? out.includes('install') : !out.includes(advice)).toBe(false)
  })

  test('says what it kept, and how to restore it too', async () => {
    const kept = [{ file: 'src/app.js', reason: 'changed after the run' }]
    const undo: Engine['undo'] = async () => ({ ...samples.undone, restored: [], removed: [], kept })
    const { code, out } = await run('undo 20261122-154501-a1b2 --force', { undo })
    expect(code).toBe(EXIT.findingsLeft)
    expect(out).toContain('kept      src/app.js: changed after the run')
    expect(out).toContain(
      'Nothing was taken back: run 20261122-154501-a1b2 wrote 1 file that is no longer as it left it',
    )
    expect(out).toContain('upgrade-kit undo 20261122-154501-a1b2 --force')
  })

  test('where nothing was ever written', async () => {
    expect((await run('undo x', { runs: async () => [] })).err).toContain('There is no run to take back')
    expect((await run('runs', { runs: async () => [] })).out).toBe('Nothing was written in this project yet.\n')
  })
})
