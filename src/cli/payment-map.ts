import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { EXIT } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
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

interface Documents {
  readonly v1?: readonly string[]
  readonly v2?: readonly string[]
}

function addLint(map: Command, world: World, finish: Finish): void {
  map
    .command('lint')
    .summary('everything about a map that a machine can look at')
    .description('Looks at a map by itself and, with the OpenAPI documents of both versions, against them.')
    .argument('<file>', 'a map in YAML or JSON, or the name of a bundled one')
    .option('--v1 <file...>', 'OpenAPI documents of the old version, in JSON')
    .option('--v2 <file...>', 'those of the new version')
    .addHelpText(
      'after',
      `
Examples:
  $ upgrade-kit payment map lint payments/acme.yaml
  $ upgrade-kit payment map lint payments/acme.yaml --v1 acme-v1.json --v2 acme-v2.json
  $ upgrade-kit payment map lint paypal`,
    )
    .action(async (file: string, options: Documents) => {
      const maps = await tools(world)
      if ((options.v1 === undefined) !== (options.v2 === undefined))
        throw new UserError('only one version has documents', 'Give both, --v1 and --v2, or neither.')
      const bundled = existsSync(resolve(world.cwd, file)) ? undefined : maps.bundled(file)
      const text = bundled ?? read(world, file, 'Give a map in YAML or JSON.')
      const problems = maps.lint(text, documents(world, options.v1), documents(world, options.v2))
      const errors = problems.filter(({ severity }) => severity === 'error').length
      const lines = problems.map(
        ({ line, column, severity, message, advice }) =>
          `${file}:${line}:${column} ${severity}: ${message}\n  ${advice}`,
      )
      const warnings = problems.length - errors
      const sum =
        problems.length === 0
          ? 'Nothing is wrong with it.'
          : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}.`
      world.stdout.write(`${[...lines, sum].join('\n')}\n`)
      finish(errors > 0 ? EXIT.findingsLeft : EXIT.clean)
    })
}

interface InitOptions {
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
    .requiredOption('--v1 <file...>', 'OpenAPI documents of the old version, in JSON')
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
Without anchors about a third of the fields are right, with one for each container nearly all that are proposed.

Examples:
  $ upgrade-kit payment map init --v1 acme-v1.json --v2 acme-v2.json --provider acme --output payments/acme.yaml
  $ upgrade-kit payment map init --v1 v1.json --v2 v2.json --anchor 'transactions[]=purchase_units[]'`,
    )
    .action(async (options: InitOptions) => {
      const maps = await tools(world)
      const pairs = Object.fromEntries(options.pair.map((one) => split(one, '--pair')))
      const anchors = options.anchor.map((one) => split(one, '--anchor')).map(([from, to]) => ({ from, to }))
      const { provider } = options
      const made = maps.draft(documents(world, options.v1), documents(world, options.v2), { provider, pairs, anchors })
      if (options.output === undefined) return void world.stdout.write(made.text)
      const target = resolve(world.cwd, options.output)
      if (existsSync(target))
        throw new UserError(
          `${options.output} is there already`,
          'Give another name, or move the file away: nothing is overwritten.',
        )
      writeFileSync(target, made.text)
      const lines = made.operations.map(
        ({ name, old, chosen }) => `  ${name}: ${old} → ${chosen ?? 'nothing that fits'}`,
      )
      const { proposed, open } = made.fields
      world.stdout.write(
        `${options.output} is written: ${counted(made.operations.length, 'operation')}, ${counted(proposed, 'field')} proposed, ${open} open.\n${lines.join('\n')}\nCompare every row with the guide; \`upgrade-kit payment map lint ${options.output}\` says what is left.\n`,
      )
    })
}

async function tools(world: World): Promise<PaymentMaps> {
  if (!world.paymentMaps) throw new Error('this command line has no payment maps')
  return world.paymentMaps()
}

function split(text: string, option: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1)
    throw new UserError(`${option} ${text} has no two sides`, 'Write the old one, =, and the new one.')
  return [text.slice(0, at), text.slice(at + 1)]
}

function documents(world: World, files: readonly string[] = []): unknown[] {
  return files.map((file) => {
    const advice = 'Give an OpenAPI document in JSON; of YAML, convert it first.'
    const text = read(world, file, advice)
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      throw new UserError(`${file} is not JSON: ${error instanceof Error ? error.message : error}`, advice)
    }
    if (typeof value !== 'object' || value === null || !('paths' in value))
      throw new UserError(`${file} is no OpenAPI document: it has no "paths"`, advice)
    return value
  })
}

function read(world: World, file: string, advice: string): string {
  try {
    return readFileSync(resolve(world.cwd, file), 'utf8')
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`, advice)
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
