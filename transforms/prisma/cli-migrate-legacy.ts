import { commandChange, isCommand } from './commands/change.ts'

export default commandChange(
  {
    title: '`migrate save`, `up`, `down`, `prisma doctor` and `prisma dev` are no longer what they were',
    why: 'The commands of the first Migrate are unknown. `prisma dev` is one of a later version that starts a local database.',
    since: '5.0.0',
    breakage: 'throws',
    source:
      'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-deprecated-prisma-cli-flags',
    guideSays: 'It names flags, and not the commands that went.',
    fixable: 'never',
  },
  [/\b(?:save|up|down|doctor|dev)\b/],
  function* (command) {
    const [group, name] = command.names
    if (group === 'migrate' && /^(?:save|up|down)$/.test(name ?? ''))
      yield {
        at: command.subcommand[1]!,
        message: 'the command is gone: `migrate dev` makes and runs migrations, `migrate deploy` only runs them',
      }
    else if (isCommand(command, 'doctor') || isCommand(command, 'dev'))
      yield {
        at: command.subcommand[0]!,
        message: group === 'dev' ? 'in 6 the command starts a local Prisma Postgres' : 'the command is gone',
      }
  },
)
