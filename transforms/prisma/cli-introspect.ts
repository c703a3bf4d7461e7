import { commandChange, isCommand } from './commands/change.ts'

export default commandChange(
  {
    title: '`prisma introspect` is called `prisma db pull`',
    why: 'The old name still works up to 6.19, with a warning, and is gone in 7.',
    since: '5.0.0',
    again: ['6.0.0'],
    breakage: 'deprecated',
    source: 'https://www.prisma.io/docs/orm/reference/prisma-cli-reference#db-pull',
    guideSays: 'It says nothing of it; the reference of the command line does.',
    fixable: 'sometimes',
    stage: 'before-bump',
  },
  ['introspect'],
  function* (command) {
    const [name] = command.subcommand
    if (!name || !isCommand(command, 'introspect')) return
    const message = 'the command is called `db pull`'
    // in a list of words two words are two items
    const isInText = name.range.end === name.removal.end
    yield { at: name, message, ...(isInText ? { fix: { title: 'Write `db pull`', text: 'db pull' } } : {}) }
  },
)
