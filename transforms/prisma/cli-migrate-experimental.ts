import { commandChange, flags, isCommand } from './commands/change.ts'

export default commandChange(
  {
    title: '`--experimental` and `--early-access-feature` are no longer known to `migrate`',
    why: 'The flags are left from before Migrate was finished. The commands end with "unknown or unexpected option".',
    since: '5.0.0',
    breakage: 'throws',
    source:
      'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-deprecated-prisma-cli-flags',
    fixable: 'sometimes',
    stage: 'before-bump',
  },
  ['--experimental', '--early-access-feature'],
  function* (command) {
    if (!isCommand(command, 'migrate')) return
    for (const flag of flags(command, '--experimental', '--early-access-feature'))
      yield {
        at: flag,
        message: 'the command is finished, and the flag is gone',
        fix: { title: 'Take out the flag', text: undefined },
      }
  },
)
