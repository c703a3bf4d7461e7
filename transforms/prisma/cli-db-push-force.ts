import { commandChange, flags, isCommand } from './commands/change.ts'

export default commandChange(
  {
    title: '`db push --force` is no longer known',
    why: 'The flag is called `--accept-data-loss`, which says what it does. With the old one the command ends with "unknown or unexpected option".',
    since: '5.0.0',
    breakage: 'throws',
    source:
      'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-deprecated-prisma-cli-flags',
    fixable: 'sometimes',
    stage: 'before-bump',
  },
  [/\bpush\b/],
  function* (command) {
    if (!isCommand(command, 'db', 'push')) return
    const has = flags(command, '--accept-data-loss').length > 0
    for (const flag of flags(command, '--force', '-f'))
      yield {
        at: flag,
        message: 'the flag is called `--accept-data-loss`',
        fix: {
          title: has ? 'Take out the flag' : 'Write `--accept-data-loss`',
          text: has ? undefined : '--accept-data-loss',
          applicability: 'review',
        },
        notes: ['it lets the command drop columns and tables with what is in them'],
      }
  },
)
