import { commandChange } from './commands/change.ts'

export default commandChange(
  {
    title: 'The program `prisma2` was taken out of the package',
    why: 'It was the name of the command line while Prisma 1 was still around. The package `prisma` no longer has it, so that a script that calls it fails, or installs a package of that name.',
    since: '5.0.0',
    breakage: 'throws',
    source:
      'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-deprecated-prisma2-executable',
    fixable: 'sometimes',
    stage: 'before-bump',
  },
  ['prisma2'],
  function* (command) {
    if (command.program.text !== 'prisma2') return
    const message = 'the program is called `prisma`'
    if (command.version)
      yield {
        at: command.program,
        message,
        notes: ['`prisma2` in a version is the package of that name, which is no longer published'],
      }
    else yield { at: command.program, message, fix: { title: 'Call `prisma`', text: 'prisma' } }
  },
)
