import { commandChange, flags, isCommand } from './commands/change.ts'

export default commandChange(
  {
    title: 'Destructive commands are refused where a coding agent runs them',
    why: '`migrate reset --force` and `db push --force-reset` end with an error where the environment is that of a coding agent, unless a variable has the words with which its user agreed. Nobody but that person may set it.',
    since: '6.15.0',
    breakage: 'throws',
    source: 'https://github.com/prisma/prisma/releases/tag/6.15.0',
    guideSays: 'It says nothing of it; the notes of a minor release do.',
    fixable: 'never',
  },
  [/\breset\b/, '--force-reset'],
  function* (command) {
    const found = isCommand(command, 'migrate', 'reset')
      ? flags(command, '--force', '-f')
      : isCommand(command, 'db', 'push')
        ? flags(command, '--force-reset')
        : []
    for (const flag of found)
      yield { at: flag, message: 'let a person run it, and no coding agent: it is refused there' }
  },
)
