import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { EXIT, type Report } from '../src/model/report.ts'
import { APP, MANIFEST, project, removeProjects, text, upgradeKit } from './data/command-line.ts'

vi.setConfig({ testTimeout: 120_000 })
afterEach(removeProjects)

const top = fileURLToPath(new URL('..', import.meta.url))
const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, encoding: 'utf8' }).trim()

function shop(files: Readonly<Record<string, string>> = {}): string {
  const folder = project({ 'package.json': MANIFEST, 'app.js': APP, ...files })
  git(folder, 'config', 'user.name', 'Ada')
  git(folder, 'config', 'user.email', 'ada@example.com')
  git(folder, 'remote', 'add', 'origin', 'git@github.com:acme/shop.git')
  return folder
}

/** A folder with these programs, each a script of bash, in front of the PATH. */
function programs(folder: string, scripts: Readonly<Record<string, string>>): { PATH: string } {
  const bin = join(folder, '../bin')
  mkdirSync(bin, { recursive: true })
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  return { PATH: `${bin}${delimiter}${process.env.PATH}` }
}

describe.skipIf(process.platform === 'win32')('upgrade-kit pr', () => {
  const upgraded = async () => {
    const folder = shop()
    await upgradeKit(folder, ['express5', '--no-install', '--no-verify', '--branch', 'up'])
    return folder
  }

  test('opens the request with gh, from the last run', async () => {
    const folder = await upgraded()
    const env = programs(folder, { gh: 'printf "%s\\n" "$@" > ../gh-args; echo https://github.com/acme/shop/pull/1' })
    const ran = await upgradeKit(folder, ['pr', '--base', 'main', '--draft'], { env })
    expect([ran.code, ran.out]).toEqual([EXIT.clean, expect.stringContaining('https://github.com/acme/shop/pull/1')])
    const body = join(folder, '.upgrade-kit/pull-request.md')
    const title = 'Upgrade express from 4 to 5'
    const args = ['pr', 'create', '--title', title, '--body-file', body, '--base', 'main', '--draft']
    expect(text(folder, '../gh-args').trimEnd().split('\n')).toEqual(args)
    expect(readFileSync(body, 'utf8')).toContain('`express/app-del`')
    expect(git(folder, 'status', '--short')).toBe('')
  })

  test('without gh says what to do', async () => {
    const folder = await upgraded()
    const bin = join(folder, '../only-git')
    mkdirSync(bin)
    symlinkSync(execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(bin, 'git'))
    const { code, out } = await upgradeKit(folder, ['pr'], { env: { PATH: bin } })
    expect(code).toBe(EXIT.clean)
    expect(out).toContain('`gh` is not installed')
    expect(out).toContain('git push -u origin up\n')
    expect(out).toContain('https://github.com/acme/shop/compare/up?expand=1')
  })

  test('when gh refuses, its words and what to do', async () => {
    const folder = await upgraded()
    const env = programs(folder, { gh: 'echo "you must first push the current branch" >&2; exit 1' })
    const { code, err } = await upgradeKit(folder, ['pr'], { env })
    expect([code, err]).toEqual([EXIT.inTheWay, expect.stringContaining('must first push the current branch')])
    expect(err).toContain('git push -u origin up')
  })

  test('needs a run, or a report', async () => {
    const folder = shop()
    expect(await upgradeKit(folder, ['pr'])).toMatchObject({ code: EXIT.inTheWay })
    await upgradeKit(folder, ['scan', 'express5', '--format', 'json', '--output', '../r.json'])
    const { code } = await upgradeKit(folder, ['pr', '../r.json', '--no-open', '--output', '../body.md'])
    expect([code, text(folder, '../body.md')]).toEqual([EXIT.clean, expect.stringContaining('`express/app-del`')])
  })
})

interface Step {
  readonly id?: string
  readonly name: string
  readonly if?: string
  readonly run?: string
  readonly uses?: string
  readonly env?: Readonly<Record<string, string>>
  readonly with?: Readonly<Record<string, string>>
  readonly 'working-directory'?: string
}

/** Runs the steps of action.yml as a runner does: expressions filled in, `run` in bash, outputs by file. */
function runAction(folder: string, given: Readonly<Record<string, string>>, scripts: Readonly<Record<string, string>>) {
  const action: { inputs: Record<string, { default: string }>; runs: { steps: Step[] } } = parse(
    readFileSync(join(top, 'action.yml'), 'utf8'),
  )
  const temp = join(folder, '../temp')
  mkdirSync(temp)
  const values: Record<string, string> = {
    'github.token': 'secret',
    'github.repository': 'acme/shop',
    'github.event.pull_request.number': '7',
    'runner.temp': temp,
  }
  const filled = (template: string) =>
    template.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => {
      expect(Object.keys(values), name).toContain(name)
      return values[name]!
    })
  for (const [name, { default: value }] of Object.entries(action.inputs))
    values[`inputs.${name}`] = given[name] ?? filled(value)
  const holds = (condition = 'true') =>
    condition
      .replace(/^\$\{\{ | \}\}$/g, '')
      .split(' && ')
      .every((part) => {
        const [name = '', wanted] = part.split(' == ')
        return wanted === undefined ? name === 'true' || values[name] : values[name] === wanted.replaceAll("'", '')
      })
  const path = programs(folder, {
    npx: `shift 2; exec "${process.execPath}" "${join(top, 'dist/src/cli/bin.js')}" "$@"`,
    ...scripts,
  })
  const used: Step[] = []
  const printed: string[] = []
  for (const step of action.runs.steps) {
    if (!holds(step.if)) continue
    if (step.run === undefined) {
      used.push({ ...step, with: Object.fromEntries(Object.entries(step.with ?? {}).map(([k, v]) => [k, filled(v)])) })
      continue
    }
    const outputs = join(temp, `outputs-${step.name}`)
    writeFileSync(outputs, '')
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)]))
    const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', `exec 2>&1\n${step.run}`], {
      cwd: join(folder, filled(step['working-directory'] ?? '.')),
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        ...path,
        ...env,
        GITHUB_OUTPUT: outputs,
        GITHUB_STEP_SUMMARY: join(temp, 'summary.md'),
      },
      encoding: 'utf8',
    })
    printed.push(ran.stdout + ran.stderr)
    for (const line of readFileSync(outputs, 'utf8').split('\n').filter(Boolean)) {
      const [name, value] = line.split(/=(.*)/s)
      values[`steps.${step.id}.outputs.${name}`] = value!
    }
    if (ran.status !== 0) return { failed: step.name, status: ran.status, printed: printed.join(''), used, temp }
  }
  return { failed: undefined, status: 0, printed: printed.join(''), used, temp }
}

describe.skipIf(process.platform === 'win32')('action.yml', () => {
  const gh = (known: string) => `echo "$@" >> ../gh-calls
case "$*" in *--paginate*) echo "${known}";; *) cp "\${@: -2:1}" /dev/null 2>/dev/null; echo "$mark" >> ../gh-marks;; esac`

  test('comments, annotates, uploads SARIF, and fails for what is left', () => {
    const folder = shop()
    const { failed, status, printed, used, temp } = runAction(folder, {}, { gh: gh('') })
    expect([failed, status]).toEqual(['Verdict', EXIT.findingsLeft])
    expect(printed).toContain('::')
    const calls = text(folder, '../gh-calls')
    expect(calls).toContain(
      `api repos/acme/shop/issues/7/comments --method POST --field body=@${temp}/upgrade-kit/comment.md`,
    )
    expect(readFileSync(join(temp, 'upgrade-kit/comment.md'), 'utf8')).toMatch(
      /^<!-- upgrade-kit express5 .*-->\n## express/,
    )
    expect(text(folder, '../temp/summary.md')).toContain('`express/app-del`')
    expect(used[0]).toMatchObject({ uses: expect.stringMatching(/^github\/codeql-action\/upload-sarif@v\d/) })
    const sarif = JSON.parse(readFileSync(used[0]!.with!.sarif_file!, 'utf8'))
    expect(sarif.runs[0].results.length).toBeGreaterThan(0)
    const report: Report = JSON.parse(readFileSync(join(temp, 'upgrade-kit/report.json'), 'utf8'))
    expect(report.mode).toBe('scan')
  })

  /** The commands that the runner of GitHub finds in what steps print; `##[…]` counts anywhere in a line. */
  function commandsIn(printed: string): string[] {
    const found: string[] = []
    let stopped: string | undefined
    for (const line of printed.split('\n')) {
      const [, command = '', value = ''] = /^\s*::([\w-]+)[^:]*::(.*)$/.exec(line) ?? []
      if (stopped !== undefined) {
        if (command === stopped) stopped = undefined
      } else if (command === 'stop-commands') stopped = value
      else if (command !== '' || line.includes('##[')) found.push(command || line)
    }
    expect(stopped).toBeUndefined()
    return found
  }

  test('a name in the project is no command to the runner', () => {
    const evil = '##[error]pwned'
    const folder = shop({
      'package.json': MANIFEST.replace('"shop"', `"::add-mask::x ${evil}"`),
      [`${evil}.js`]: `${APP}(((`,
    })
    const { printed } = runAction(folder, { sarif: 'false', fail: 'false' }, { gh: gh('') })
    expect(printed).toContain('pwned')
    expect(commandsIn(printed).every((command) => /^(?:error|warning|notice)$/.test(command))).toBe(true)
  })

  test('a pull request from a fork, whose token must not comment, is scanned all the same', () => {
    const folder = shop()
    const { failed, printed } = runAction(folder, { sarif: 'false' }, { gh: 'echo "HTTP 403" >&2; exit 1' })
    expect([failed, printed.includes('::warning::upgrade-kit could not comment')]).toEqual(['Verdict', true])
  })

  test('renews its own comment, passes on options, and does only what it was asked', () => {
    const folder = shop()
    const given = { args: '--only\napp-del\n--baseline=b.json\n--update-baseline', sarif: 'false' }
    const { failed, used } = runAction(folder, given, { gh: gh('42') })
    expect([failed, used]).toEqual([undefined, []])
    expect(text(folder, '../gh-calls')).toContain('api repos/acme/shop/issues/comments/42 --method PATCH')
    expect(existsSync(join(folder, 'b.json'))).toBe(true)
    expect(runActionAgain()).toEqual([undefined, false])
  })

  function runActionAgain() {
    const folder = shop()
    const { failed } = runAction(folder, { comment: 'false', fail: 'false', sarif: 'false' }, { gh: gh('') })
    return [failed, existsSync(join(folder, '../gh-calls'))]
  }

  test('stops where the scan could not be done', () => {
    const { failed, status } = runAction(shop(), { recipe: 'express99' }, { gh: gh('') })
    expect([failed, status]).toEqual(['Scan', EXIT.inTheWay])
  })
})

describe('the recipes of the README', () => {
  const readme = readFileSync(join(top, 'README.md'), 'utf8')
  const wordsOf = (command: string) => command.replace(/^npx /, '').split(' ').slice(1)

  test.each([
    ['lint-staged', /"\*\.\{js,cjs,mjs,ts\}": "(upgrade-kit scan [^"]+)"/],
    ['pre-commit', /entry: (npx upgrade-kit scan .+)/],
  ])('%s: only what is new among the staged files fails', async (_, pattern) => {
    const command = pattern.exec(readme)?.[1]
    expect(command).toBeDefined()
    const folder = shop()
    await upgradeKit(folder, ['scan', 'express5', '--baseline', 'upgrade-baseline.json', '--update-baseline'])
    // lint-staged gives absolute paths, pre-commit relative ones
    const known = await upgradeKit(folder, [...wordsOf(command!), join(folder, 'app.js'), 'package.json'])
    expect(known.code, known.out + known.err).toBe(EXIT.clean)
    writeFileSync(join(folder, 'new.js'), APP.replace('/items/', '/new/'))
    expect((await upgradeKit(folder, [...wordsOf(command!), join(folder, 'new.js')])).code).toBe(EXIT.findingsLeft)
    expect((await upgradeKit(folder, [...wordsOf(command!), 'new.js'])).code).toBe(EXIT.findingsLeft)
  })
})
