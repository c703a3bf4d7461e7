import { commandChange, flags, isCommand } from './commands/change.ts'

export default commandChange(
  {
    title: 'The flag `--schema` of `db seed` is no longer warned of',
    why: 'The seed script is found by `prisma.seed` of package.json. The flag has done nothing since 3, and since 5 nothing says so.',
    since: '5.0.0',
    breakage: 'silent',
    source:
      'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-deprecated-prisma-cli-flags',
    guideSays: 'It says nothing of this flag.',
    fixable: 'sometimes',
    stage: 'before-bump',
  },
  [/\bseed\b/],
  function* (command) {
    if (!isCommand(command, 'db', 'seed')) return
    for (const flag of flags(command, '--schema')) {
      const value = flag.text.includes('=') ? undefined : command.args[command.args.indexOf(flag) + 1]
      yield {
        at: flag,
        message: 'the command does not look at a schema',
        fix: {
          title: 'Take out the flag',
          text: undefined,
          ...(value && !value.text.startsWith('-') ? { until: value } : {}),
        },
      }
    }
  },
)
