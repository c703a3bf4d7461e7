import { Command, CommanderError } from 'commander'
import { EXIT } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import { addBrief } from './brief.ts'
import { addExplain } from './explain.ts'
import { addList } from './list.ts'
import { addPaymentMap } from './payment-map.ts'
import { addPr } from './pr.ts'
import { addReport } from './report.ts'
import { addRunCodemod } from './run-codemod.ts'
import { addRuns } from './runs.ts'
import { addScan } from './scan.ts'
import { addUndo } from './undo.ts'
import { addUpgrade } from './upgrade.ts'
import { type World, wantsColour } from './world.ts'

/** Hands the exit code of the command that ran to `main`. */
export type Finish = (code: number) => void

/** Runs the command line. Returns the exit code; throws nothing. `argv` is without `node` and the script. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  let code: number = EXIT.clean
  const program = commandLine(world, (finished) => {
    code = finished
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    return await failure(error, world)
  }
}

function commandLine(world: World, finish: Finish): Command {
  const program = new Command('upgrade-kit')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('(--help says what there is)')
    .exitOverride()
    .configureHelp({ helpWidth: Math.min(100, world.stdout.columns ?? 100), subcommandTerm: termOf })
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      getOutHasColors: () => wantsColour(world, world.stdout, !process.argv.includes('--no-color')),
      getErrHasColors: () => wantsColour(world, world.stderr, !process.argv.includes('--no-color')),
    })
  addUpgrade(program, world, finish)
  program.version(world.version, '--version', 'print the version of upgrade-kit')
  for (const add of [
    addScan,
    addExplain,
    addList,
    addBrief,
    addReport,
    addPr,
    addUndo,
    addRuns,
    addRunCodemod,
    addPaymentMap,
  ])
    add(program, world, finish)
  return program
}

/** A command with the arguments that it must have. */
function termOf(command: Command): string {
  const required = command.registeredArguments.filter((argument) => argument.required)
  return [command.name(), ...required.map((argument) => `<${argument.name()}>`)].join(' ')
}

/** Three kinds only: the command line or the project is in the way, ctrl-C, or a bug of ours. */
async function failure(error: unknown, world: World): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.clean : EXIT.inTheWay
  if (error instanceof UserError) {
    const { cleanLines } = await import('../report/clean.ts')
    const lines = [...cleanLines(`error: ${error.message}`), ...cleanLines(error.advice)]
    world.stderr.write(`${lines.join('\n')}\n`)
    return EXIT.inTheWay
  }
  if (error instanceof Error && error.name === 'Interrupted') return interrupted(error, world)
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const where = world.bugs ?? "upgrade-kit's issue tracker"
  world.stderr.write(
    `${stack}\n\nThis is a bug of upgrade-kit ${world.version}, not of your project. Please report it at ${where}\n` +
      `with the lines above and the command that you ran. If files had been written, \`upgrade-kit undo\` takes them back.\n`,
  )
  return EXIT.transformFailed
}

function interrupted(error: Error & { run?: string; written?: readonly string[] }, world: World): number {
  const written = error.written ?? []
  if (error.run === undefined) world.stderr.write('Stopped. Nothing was written.\n')
  else {
    const files = written.length === 1 ? '1 file' : `${written.length} files`
    world.stderr.write(`Stopped. ${files} had been written. \`upgrade-kit undo ${error.run}\` takes everything back.\n`)
  }
  return EXIT.interrupted
}
