import { type Command, InvalidArgumentError, Option } from 'commander'

/** What a report can be printed as. */
export const REPORT_FORMATS = ['text', 'json', 'html', 'markdown', 'brief', 'sarif', 'github', 'junit', 'csv'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** Options that every command has. */
export interface CommonOptions {
  readonly cwd?: string
  readonly color: boolean
  readonly format: 'text' | 'json'
}

/** Options of everything that ends in a report. */
export interface ReportOptions extends Omit<CommonOptions, 'format'> {
  readonly format: ReportFormat
  readonly output?: string
  readonly verbose?: boolean
  /** How long a brief may be, in characters. */
  readonly limit?: number
  readonly baseline?: string
  readonly updateBaseline?: boolean
}

/** Options that say which files are looked at. */
export interface FileOptions {
  /** The word `review`, or globs: see `levelAndGlobs`. */
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  /** False for `--no-types`, which is `--types=off`. */
  readonly types: 'auto' | 'on' | 'off' | false
}

/** Options that say which changes are looked for. */
export interface ChangeOptions {
  readonly only?: readonly string[]
  readonly except?: readonly string[]
  readonly from?: string
  readonly to?: string
  readonly modern?: boolean
}

/** Options of what may run the tests on the old version to see which calls it warns of. */
export interface ObserveOptions {
  readonly observe?: boolean
  readonly testCommand?: string
  readonly testTimeout?: number
}

/** Options of everything that writes. */
export interface WriteOptions extends ObserveOptions {
  readonly dryRun?: boolean
  readonly interactive?: boolean
  readonly force?: boolean
  readonly install: boolean
  readonly verify: boolean
  readonly installTimeout?: number
  readonly blameSeconds?: number
  readonly holdBackBreaking?: boolean
  readonly commit?: boolean
  readonly branch?: string
  readonly hooks: boolean
}

/** Headings of the options in `--help`. */
export const GROUPS = {
  files: 'Which files:',
  changes: 'Which changes:',
  run: 'Writing:',
  tests: 'Running the tests:',
  report: 'Report:',
  general: 'Options:',
}

/** `--no-color`, `--format`. */
export function addFormatOptions(command: Command, formats: readonly string[] = ['text', 'json']): Command {
  return command
    .optionsGroup(GROUPS.report)
    .addOption(new Option('--format <format>', 'how to print').choices(formats).default('text'))
    .option('--no-color', 'no colours (NO_COLOR and FORCE_COLOR are respected too)')
    .optionsGroup(GROUPS.general)
}

/** `--no-color`, `--format`, `--cwd`. */
export function addCommonOptions(command: Command): Command {
  return addFormatOptions(command).option('--cwd <folder>', 'the project, if it is not the current folder')
}

/** The common options, `--output` and `--verbose`, every format of a report, and the baseline. */
export function addReportOptions(command: Command): Command {
  command
    .optionsGroup(GROUPS.report)
    .option('--baseline <file>', 'accept the findings that this file lists: only new ones fail')
    .option('--update-baseline', 'write what is left into that file')
  return addOutputOptions(command).option('--cwd <folder>', 'the project, if it is not the current folder')
}

/** `--output`, `--verbose`, `--no-color`, `--format`. */
export function addOutputOptions(command: Command): Command {
  command
    .optionsGroup(GROUPS.report)
    .option('--output <file>', 'write the report to a file, print only its summary')
    .option('--verbose', 'every call site in full, with its whole chain of evidence')
  return addFormatOptions(command, REPORT_FORMATS)
}

/** `--include`, `--exclude`, `--types`, `--no-types`. `withLevel`: whether `--include review` means something here. */
export function addFileOptions(command: Command, withLevel: boolean): Command {
  const review = withLevel ? '`review`: also write the fixes that want reading; else ' : ''
  const form = withLevel ? '<review|glob>' : '<glob>'
  return command
    .optionsGroup(GROUPS.files)
    .option(`--include ${form}`, `${review}only files that match (repeatable)`, collected)
    .option('--exclude <glob>', 'all but the files that match (repeatable)', collected)
    .addOption(typesOption())
    .option('--no-types', 'as --types=off: the compiler is not loaded')
}

/** `--types`. */
export function typesOption(): Option {
  return new Option('--types <when>', 'ask TypeScript where scopes cannot tell, and about the result')
    .choices(['auto', 'on', 'off'])
    .default('auto')
}

/** `--only`, `--except`, `--from`, `--to`, `--modern`. */
export function addChangeOptions(command: Command): Command {
  return command
    .optionsGroup(GROUPS.changes)
    .option('--only <changes>', 'only these change ids (repeatable, or with commas; path-* works)', listed)
    .option('--except <changes>', 'all but these change ids (repeatable, or with commas; path-* works)', listed)
    .option('--from <version>', 'the version to start from (default: the installed one)')
    .option('--to <version>', "the version to arrive at (default: the recipe's)")
    .option('--modern', 'rewrite each place rather than add statements that keep the old behaviour')
}

/** An option that only some recipes take. */
export interface SettingFlag {
  readonly name: string
  readonly placeholder: string
  readonly description: string
  readonly values?: readonly string[]
  /** The recipes that take it. */
  readonly recipes: readonly string[]
}

/** The options that only some recipes take. Whether the chosen one does is checked when it is known. */
export function addSettingOptions(command: Command, flags: readonly SettingFlag[]): Command {
  command.optionsGroup(GROUPS.changes)
  for (const { name, placeholder, description, values, recipes } of flags) {
    const choice = values ? values.join('|') : placeholder
    command.option(`--${name} <${choice}>`, `${recipes.join(', ')}: ${description}`)
  }
  return command
}

/** What of the options that only some recipes take was given, by name. */
export function givenSettings(
  flags: readonly SettingFlag[],
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> | undefined {
  const found = flags.flatMap(({ name }) => {
    const value = options[new Option(`--${name} <value>`).attributeName()]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return found.length > 0 ? Object.fromEntries(found) : undefined
}

/** `--observe`, and how the tests are run. */
export function addObserveOptions(command: Command): Command {
  return command
    .optionsGroup(GROUPS.tests)
    .addOption(observeOption())
    .option('--test-command <command>', "run this instead of the project's test script")
    .option('--test-timeout <seconds>', 'time limit of one test run', seconds)
}

/** `--observe`. */
export function observeOption(): Option {
  return new Option(
    '--observe',
    'first run the tests on the old version, in a dry run too, and use what it warns of as evidence',
  )
}

/** `--dry-run`, `--force`, and what happens after writing. */
export function addWriteOptions(command: Command): Command {
  return command
    .optionsGroup(GROUPS.run)
    .option('--dry-run', 'report and unified diff; nothing is written, installed or run')
    .option('--interactive', 'ask about each fix, those that want reading too; answers are kept until it is done')
    .option('--force', 'write although git has uncommitted changes')
    .option('--no-install', 'do not install the new version')
    .option('--no-verify', "do not run the project's tests before and after")
    .option('--test-command <command>', "run this instead of the project's test script")
    .option('--test-timeout <seconds>', 'time limit of one test run', seconds)
    .option('--install-timeout <seconds>', 'time limit of the installation', seconds)
    .option(
      '--blame-seconds <seconds>',
      'time to find the fixes that broke the tests (default: 300; 0: do not look)',
      secondsOrNone,
    )
    .option('--hold-back-breaking', 'take the fixes back that broke the tests, keep all others')
    .option('--commit', 'commit what was written: one commit per change, one for manifest and lock file')
    .option('--branch <name>', 'commit to a new branch (implies --commit)')
    .option('--no-hooks', 'commit without the hooks of the repository')
}

/** What `--include` means: `review` is the level of fixes to write, everything else is a glob of files. */
export function levelAndGlobs(include: readonly string[] = []): { level: 'safe' | 'review'; globs: readonly string[] } {
  return {
    level: include.includes('review') ? 'review' : 'safe',
    globs: include.filter((value) => value !== 'review'),
  }
}

/** The options without those that were not given: undefined ones and empty lists. */
export function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  )
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

function listed(value: string, before: readonly string[] = []): readonly string[] {
  const ids = value.split(',').map((id) => id.trim())
  return [...before, ...ids.filter((id) => id !== '')]
}

function secondsOrNone(value: string): number {
  return value.trim() === '0' ? 0 : seconds(value)
}

/** Reads a time limit. */
export function seconds(value: string): number {
  const number = Number(value)
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('It must be a number of seconds above 0.')
  return number
}
