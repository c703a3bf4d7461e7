import { commandChange, flags, isCommand } from './commands/change.ts'

export default commandChange(
  {
    title: 'The flag `--preview-feature` is no longer known',
    why: '`db push`, `db seed`, `db execute` and `migrate diff` end with "unknown or unexpected option". Other commands of `migrate` still pass it over.',
    since: '5.0.0',
    breakage: 'throws',
    source:
      'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-deprecated-prisma-cli-flags',
    guideSays:
      'It names `db diff`, which is no command: the flag was one of `migrate diff`, and of `db push`, which it leaves out.',
    fixable: 'sometimes',
    stage: 'before-bump',
  },
  ['--preview-feature'],
  function* (command) {
    if (!isCommand(command, 'db') && !isCommand(command, 'migrate')) return
    for (const flag of flags(command, '--preview-feature'))
      yield {
        at: flag,
        message: 'the command is no preview any more',
        fix: { title: 'Take out the flag', text: undefined },
      }
  },
)
