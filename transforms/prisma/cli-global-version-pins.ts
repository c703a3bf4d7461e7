import { type Draft, defineChange, fix, replace } from '#kit'
import { COMMAND_FORMATS } from './commands/change.ts'
import { allCommands } from './commands/commands.ts'
import { declaredRange } from './packages/targets.ts'
import { concerns, reaches } from './schema/project.ts'

export default defineChange({
  title: 'Commands name an older version of Prisma than the project is to have',
  why: 'A `npx prisma@4` or a global installation in an image runs another version than the one in package.json. Where no version is named, an installation gets 7.',
  since: '5.0.0',
  again: ['6.0.0'],
  breakage: 'throws',
  source: 'https://www.prisma.io/docs/orm/reference/prisma-cli-reference',
  guideSays: 'It raises what `package.json` declares, and says nothing of commands and images that name a version.',
  fixable: 'sometimes',

  format: COMMAND_FORMATS,
  restsOn: 'dependency',
  mentions: ['prisma@', 'client@', /\b(?:install|add|i|-g|global)\b[^\n]*prisma/],
  *find(file, project): Iterable<Draft> {
    if (!concerns(project) || !reaches(project, '5.0.0')) return
    for (const { words, where, isPlain, isRun } of allCommands(file)) {
      const installs = words.some(({ text }) => /^(?:install|add|i)$/.test(text))
      for (const word of words) {
        const [, name, version] = /^((?:@prisma\/)?(?:prisma|client))(?:@(.+))?$/.exec(word.text) ?? []
        if (
          name === undefined ||
          (name === 'client' && !word.text.startsWith('@prisma/')) ||
          (version === undefined && !installs)
        )
          continue
        const declared = declaredRange(name, version ?? 'latest', project.to)
        if (!declared) continue
        const draft = {
          at: word.range,
          message: `name ${declared.target}`,
          evidence: {
            certainty: isRun ? ('proven' as const) : ('inferred' as const),
            steps: [{ what: `\`${word.text}\` in ${where} (${file.path})` }],
          },
        }
        const isWhole = word.range.end - word.range.start === word.text.length
        if (declared.raised.is === 'raised' && isPlain && isWhole)
          yield {
            ...draft,
            fix: fix(
              isRun ? 'safe' : 'review',
              `Write \`${name}@${declared.raised.range}\``,
              replace(word.range, `${name}@${declared.raised.range}`),
            ),
          }
        else yield { ...draft, ...(declared.raised.is === 'unclear' ? { notes: [declared.raised.why] } : {}) }
      }
    }
  },
})
