import type { Command } from 'commander'
import { EXIT, type Report } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { Finish } from './main.ts'
import { GROUPS } from './options.ts'
import type { World } from './world.ts'

interface Options {
  readonly title?: string
  readonly base?: string
  readonly draft?: boolean
  readonly output?: string
  readonly open: boolean
  readonly cwd?: string
}

/** `upgrade-kit pr [report.json]`: the body of a pull request, and the request itself where `gh` is installed. */
export function addPr(program: Command, world: World, finish: Finish): void {
  const command = program
    .command('pr')
    .summary('write the body of a pull request, and open it with gh')
    .description(
      'Writes what the last run did, and what is left to decide, as the body of a pull request, and opens it with `gh` where that is installed. Pushes nothing. Without `gh` it prints what to do.',
    )
    .argument('[report.json]', 'a saved report (default: that of the last run here)')
    .optionsGroup(GROUPS.report)
    .option('--title <title>', 'the title (default: what was upgraded)')
    .option('--base <branch>', 'the branch to merge into (default: that of the repository)')
    .option('--draft', 'open it as a draft')
    .option('--output <file>', 'where to write the body (default: .upgrade-kit/pull-request.md)')
    .option('--no-open', 'only write the body')
    .optionsGroup(GROUPS.general)
    .option('--cwd <folder>', 'the project, if it is not the current folder')
  command.addHelpText(
    'after',
    `
Examples:
  $ upgrade-kit express5 --branch upgrade/express5 && git push -u origin HEAD && upgrade-kit pr
  $ upgrade-kit pr audit.json --no-open --output body.md`,
  )
  command.action(async (saved: string | undefined, options: Options) =>
    finish(await pullRequest(world, saved, options)),
  )
}

async function pullRequest(world: World, saved: string | undefined, options: Options): Promise<number> {
  const [{ writeFileSync }, { join, relative }] = await Promise.all([import('node:fs'), import('node:path')])
  const [{ rootOf }, { outputFile }, { markdownReport }, engine, { ownFolder, writeOwn }] = await Promise.all([
    import('./request.ts'),
    import('./deliver.ts'),
    import('../report/markdown.ts'),
    import('../engine/pull-request.ts'),
    import('../engine/journal.ts'),
  ])
  const root = rootOf(world, options)
  const report = await reportFor(world, root, saved)
  const body = markdownReport(report)
  const file =
    options.output === undefined ? join(ownFolder(root), 'pull-request.md') : outputFile(world, options.output)
  if (options.output === undefined) writeOwn(file, body)
  else writeFileSync(file, body)
  const shown = relative(world.cwd, file) || file
  world.stdout.write(`The body is in ${shown}\n`)
  if (!options.open) return EXIT.clean
  const { provider, from, to } = report.recipe
  const title = options.title ?? `Upgrade ${provider} from ${from} to ${to}`
  const opened = await engine.openPullRequest(root, { title, bodyFile: file, ...options }, world.signal)
  if (opened.is === 'opened') {
    const { cleanLines } = await import('../report/clean.ts')
    world.stdout.write(`${opened.said.flatMap((line) => cleanLines(line)).join('\n')}\n`)
    return EXIT.clean
  }
  const branch = await engine.branchOf(root)
  const steps = await todo(report, branch, title, shown)
  if (opened.is === 'refused') {
    throw new UserError(`gh did not open the pull request: ${opened.said.slice(-5).join('\n')}`, steps.join('\n'))
  }
  world.stdout.write(`\`gh\` is not installed. To open the pull request:\n${steps.join('\n')}\n`)
  return EXIT.clean
}

async function reportFor(world: World, root: string, saved: string | undefined): Promise<Report> {
  if (saved !== undefined) {
    const { savedReports } = await import('./saved.ts')
    return savedReports(world, [saved])[0]!
  }
  const { lastReport } = await import('../engine/pull-request.ts')
  const report = await lastReport(root)
  if (report) return report
  throw new UserError(
    'there is no run to make a pull request of',
    'Run `upgrade-kit <recipe> --branch <name>` first, or give a report that `--format json --output <file>` wrote.',
  )
}

async function todo(report: Report, branch: string | undefined, title: string, body: string): Promise<string[]> {
  const { typable } = await import('../report/commands.ts')
  const name = (branch === undefined ? undefined : typable(branch)) ?? '<branch>'
  const url = report.repository?.url
  const page = url?.startsWith('https://github.com/')
    ? `${url}/compare/${branch === undefined ? '' : encodeURIComponent(branch)}?expand=1`
    : `the page of the repository${url === undefined ? '' : `, ${url},`} and start one there`
  return [`  1. git push -u origin ${name}`, `  2. open ${page}`, `  3. title: ${title}; body: paste ${body}`]
}
