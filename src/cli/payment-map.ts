import type { Command } from 'commander'
import type { Finish } from './main.ts'
import type { PaymentMaps, World } from './world.ts'

/** `upgrade-kit payment map`: looks at a payment map, and drafts one. */
export function addPaymentMap(program: Command, world: World, finish: Finish): void {
  const payment =
    program.commands.find((command) => command.name() === 'payment') ??
    program.command('payment').summary('maps of payment APIs').description('What belongs to the recipe payment-v2.')
  const map = payment
    .command('map')
    .summary('look at a payment map, or draft one')
    .description('A payment map says what an old version of a payment API and the new one call the same things.')
  addLint(map, world, finish)
  addInit(map, world)
}

/** OpenAPI documents of both versions, as files. */
export interface Documents {
  readonly v1?: readonly string[]
  readonly v2?: readonly string[]
}

function addLint(map: Command, world: World, finish: Finish): void {
  map
    .command('lint')
    .summary('everything about a map that a machine can look at')
    .description('Looks at a map by itself and, with the OpenAPI documents of both versions, against them.')
    .argument('<file>', 'a map in YAML or JSON, or the name of a bundled one')
    .option('--v1 <file...>', 'OpenAPI documents of the old version, in YAML or JSON')
    .option('--v2 <file...>', 'those of the new version')
    .addHelpText(
      'after',
      `
Examples:
  $ upgrade-kit payment map lint payments/acme.yaml
  $ upgrade-kit payment map lint payments/acme.yaml --v1 acme-v1.json --v2 acme-v2.json
  $ upgrade-kit payment map lint paypal`,
    )
    .action(async (file: string, options: Documents) =>
      finish((await import('./payment-map-run.ts')).lintMap(await tools(world), world, file, options)),
    )
}

/** What `map init` is told. */
export interface InitOptions {
  readonly v1: readonly string[]
  readonly v2: readonly string[]
  readonly provider: string
  readonly output?: string
  readonly pair: readonly string[]
  readonly anchor: readonly string[]
}

function addInit(map: Command, world: World): void {
  const collect = (value: string, before: readonly string[]) => [...before, value]
  map
    .command('init')
    .summary('a draft from two OpenAPI documents')
    .description(
      'Drafts a map from the OpenAPI documents of both versions. Every row is proposed, with the next best candidates beside it;\nno code that is about money is generated from what is proposed.',
    )
    .requiredOption('--v1 <file...>', 'OpenAPI documents of the old version, in YAML or JSON')
    .requiredOption('--v2 <file...>', 'those of the new version')
    .option('--provider <id>', 'the id of the provider', 'provider')
    .option('--pair <operation=call>', 'what an operation has become: createPayment="POST /v2/orders"', collect, [])
    .option(
      '--anchor <old=new>',
      'a part of a payload has become another: transactions[]=purchase_units[]',
      collect,
      [],
    )
    .option('--output <file>', 'writes the draft there; an existing file stays')
    .addHelpText(
      'after',
      `
A draft is a beginning. Measured with PayPal's documents: of the fields of creating a payment, 18 % of what is proposed
is right, and 55 % with an anchor for each of ten containers; the right field is among the three candidates for 30 and
41 of 48. Parts that have kept their names do better (an authorization: 10 of 11 right). Behaviour is in no document.

Examples:
  $ upgrade-kit payment map init --v1 acme-v1.json --v2 acme-v2.json --provider acme --output payments/acme.yaml
  $ upgrade-kit payment map init --v1 v1.json --v2 v2.json --anchor 'transactions[]=purchase_units[]'`,
    )
    .action(async (options: InitOptions) =>
      (await import('./payment-map-run.ts')).draftMap(await tools(world), world, options),
    )
}

async function tools(world: World): Promise<PaymentMaps> {
  if (!world.paymentMaps) throw new Error('this command line has no payment maps')
  return world.paymentMaps()
}
