import { commandChange, flags, isCommand } from './commands/change.ts'

export default commandChange(
  {
    title: '`generate --data-proxy` and `--accelerate` are called `--no-engine`',
    why: 'A client without an engine of its own is for Accelerate and for everything else that has one elsewhere. The old flags are taken for the new one up to 6, and are gone in 7.',
    since: '5.2.0',
    again: ['6.0.0'],
    breakage: 'deprecated',
    source: 'https://github.com/prisma/prisma/releases/tag/5.2.0',
    guideSays: 'It says nothing of it; the notes of a minor release do.',
    fixable: 'sometimes',
    stage: 'bump',
  },
  ['--data-proxy', '--accelerate'],
  function* (command) {
    if (!isCommand(command, 'generate')) return
    const old = flags(command, '--data-proxy', '--accelerate')
    const has = flags(command, '--no-engine').length > 0
    for (const [index, flag] of old.entries())
      yield {
        at: flag,
        message: 'the flag is called `--no-engine`',
        fix:
          has || index > 0
            ? { title: 'Take out the flag', text: undefined }
            : { title: 'Write `--no-engine`', text: '--no-engine' },
      }
  },
)
