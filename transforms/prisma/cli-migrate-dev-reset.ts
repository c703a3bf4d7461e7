import { commandChange, isCommand } from './commands/change.ts'

export default commandChange(
  {
    title: '`migrate dev` no longer offers to reset the database',
    why: 'Where the database is not what the migrations make, the command ends with 130 and asks for `migrate reset`. An answer that a script pipes into it comes to nothing, and nothing is seeded after a reset within it.',
    since: '6.5.0',
    breakage: 'throws',
    source: 'https://github.com/prisma/prisma/releases/tag/6.5.0',
    guideSays: 'It says nothing of it; the notes of a minor release do.',
    fixable: 'never',
  },
  [/\bmigrate\b/],
  function* (command) {
    if (isCommand(command, 'migrate', 'dev') && command.isPiped)
      yield {
        at: command.subcommand[1]!,
        message: 'nobody is asked any more: run `migrate reset --force` first where that is meant',
      }
  },
)
