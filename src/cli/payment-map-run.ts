import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { Documents, InitOptions } from './payment-map.ts'
import type { PaymentMaps, World } from './world.ts'

/** Prints what is wrong with a map, a place and what to do for each problem. Gives the exit code. */
export function lintMap(maps: PaymentMaps, world: World, file: string, options: Documents): number {
  if ((options.v1 === undefined) !== (options.v2 === undefined))
    throw new UserError('only one version has documents', 'Give both, --v1 and --v2, or neither.')
  const bundled = existsSync(resolve(world.cwd, file)) ? undefined : maps.bundled(file)
  const text = bundled ?? read(world, file, 'Give a map in YAML or JSON.')
  const problems = maps.lint(text, documents(maps, world, options.v1), documents(maps, world, options.v2))
  const errors = problems.filter(({ severity }) => severity === 'error').length
  const lines = problems.map(
    ({ line, column, severity, message, advice }) => `${file}:${line}:${column} ${severity}: ${message}\n  ${advice}`,
  )
  const warnings = problems.length - errors
  const sum =
    problems.length === 0
      ? 'Nothing is wrong with it.'
      : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}.`
  world.stdout.write(`${[...lines, sum].join('\n')}\n`)
  return errors > 0 ? EXIT.findingsLeft : EXIT.clean
}

/** Writes a draft, or prints it. Nothing is overwritten. */
export function draftMap(maps: PaymentMaps, world: World, options: InitOptions): void {
  const pairs = Object.fromEntries(options.pair.map((one) => split(one, '--pair')))
  const anchors = options.anchor.map((one) => split(one, '--anchor')).map(([from, to]) => ({ from, to }))
  const { provider } = options
  const made = maps.draft(documents(maps, world, options.v1), documents(maps, world, options.v2), {
    provider,
    pairs,
    anchors,
  })
  if (options.output === undefined) return void world.stdout.write(made.text)
  const target = resolve(world.cwd, options.output)
  if (existsSync(target))
    throw new UserError(
      `${options.output} is there already`,
      'Give another name, or move the file away: nothing is overwritten.',
    )
  writeFileSync(target, made.text)
  const lines = made.operations.map(({ name, old, chosen }) => `  ${name}: ${old} → ${chosen ?? 'nothing that fits'}`)
  const { proposed, open } = made.fields
  world.stdout.write(
    `${options.output} is written: ${counted(made.operations.length, 'operation')}, ${counted(proposed, 'field')} proposed, ${open} open.\n${lines.join('\n')}\nCompare every row with the guide; \`upgrade-kit payment map lint ${options.output}\` says what is left.\n`,
  )
}

function split(text: string, option: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1 || at === text.length - 1)
    throw new UserError(`${option} ${text} has no two sides`, 'Write the old one, =, and the new one.')
  return [text.slice(0, at), text.slice(at + 1)]
}

function documents(maps: PaymentMaps, world: World, files: readonly string[] = []): unknown[] {
  const advice = 'Give an OpenAPI document of version 3, in YAML or JSON.'
  return files.map((file) => {
    const result = maps.document(read(world, file, advice))
    if (result.is === 'failed')
      throw new UserError(`${file}:${result.line}:${result.column}: ${result.message}`, advice)
    return result.value
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
