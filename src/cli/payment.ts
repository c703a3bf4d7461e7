import type { Command } from 'commander'
import type { Finish } from './main.ts'
import { addCommonOptions, addFileOptions, addReportOptions, addWriteOptions, type CommonOptions } from './options.ts'
import type { CutoverOptions } from './payment-run.ts'
import type { World } from './world.ts'

/** `upgrade-kit payment`: how far a payment API's migration is, and its end. */
export function addPayment(program: Command, world: World, finish: Finish): void {
  const payment = program
    .command('payment')
    .summary('how far the migration of a payment API is, and its end')
    .description('What belongs to the recipe payment-v2 before and after its run.')
  addStatus(payment, world, finish)
  addCutover(payment, world, finish)
}

function addStatus(payment: Command, world: World, finish: Finish): void {
  const command = payment
    .command('status')
    .summary('what is behind the façade, what is open, and whether the percentage may go up')
    .description(
      'Looks at the project as it is: which calls go through the façade, what is left for a person, and which of the conditions for a higher percentage are met.',
    )
    .option('--metrics <file>', 'what was measured of both versions, as JSON: see the README')
  addCommonOptions(command)
  command.action(async (options: CommonOptions & { readonly metrics?: string }) =>
    finish(await (await import('./payment-run.ts')).runStatus(world, options)),
  )
}

function addCutover(payment: Command, world: World, finish: Finish): void {
  const command = payment
    .command('cutover')
    .summary('ends the rollout: first new orders on the new version only, then no old version at all')
    .description(
      'Takes the flag and the percentage out of the façade (--stage writes), and then the old version with all that only it needs (--stage full). An ordinary run: dry run, tests, undo.',
    )
    .requiredOption('--stage <writes|full>', 'how far')
    .option(
      '--inline',
      'with --stage full, and once it is reached: calls speak the new version themselves, where that is proven',
    )
    .option('--at-100-since <date>', 'the day since which all new orders have gone to the new version')
    .option('--last-old-payment <date>', 'the day of the last payment that the old version made')
    .option('--accept-risk <phrase>', 'do it although a precondition is not met; the message says which phrase')
  addWriteOptions(addFileOptions(addReportOptions(command), true))
  command.action(async (options: CutoverOptions) =>
    finish(await (await import('./payment-run.ts')).runCutover(world, options)),
  )
}
