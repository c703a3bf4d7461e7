import { commandChange, flags, isCommand } from './commands/change.ts'

export default commandChange(
  {
    title: '`--clean` and `--experimental-reintrospection` are no longer known to `db pull`',
    why: 'What the former did is called `--force`, and the latter is what the command does anyway. With them it ends with "unknown or unexpected option".',
    since: '5.0.0',
    breakage: 'throws',
    source:
      'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-deprecated-prisma-cli-flags',
    guideSays: 'It says that `--clean` is no longer needed; what it did is `--force`.',
    fixable: 'sometimes',
    stage: 'before-bump',
  },
  ['--clean', '--experimental-reintrospection'],
  function* (command) {
    if (!isCommand(command, 'db', 'pull') && !isCommand(command, 'introspect')) return
    const has = flags(command, '--force').length > 0
    for (const flag of flags(command, '--clean'))
      yield {
        at: flag,
        message: 'the flag is called `--force`',
        fix: has ? { title: 'Take out the flag', text: undefined } : { title: 'Write `--force`', text: '--force' },
      }
    for (const flag of flags(command, '--experimental-reintrospection'))
      yield { at: flag, message: 'the command does so anyway', fix: { title: 'Take out the flag', text: undefined } }
  },
)
