import { defineChange, fix, replace } from '#kit'
import { listOf, settingOf } from './schema/facts.ts'
import { judgeFlag, needlessSince, removals } from './schema/preview-features.ts'
import { clientGenerators, concerns, schemaOf, standsIn } from './schema/project.ts'

export default defineChange({
  title: 'Preview features of the schema are always on, or gone',
  why: 'Each version has made some preview features generally available. `prisma generate` warns of a flag that is no longer needed; what it switched on is on without it.',
  since: '5.0.0',
  again: ['6.0.0', '6.1.0', '6.2.0', '6.7.0', '6.8.0', '6.13.0', '6.16.0'],
  breakage: 'deprecated',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#jsonprotocol-out-of-preview',
  guideSays:
    'It names `jsonProtocol`, and the one for 6 the flags of full text; the others stand in the notes of releases.',
  fixable: 'sometimes',
  stage: 'bump',

  format: 'prisma',
  mentions: ['previewFeatures'],
  *find(file, project) {
    if (!concerns(project)) return
    const provider = schemaOf(file, project)?.provider
    for (const generator of clientGenerators(file)) {
      const setting = settingOf(generator, 'previewFeatures')
      if (!setting) continue
      const isGone = (flag: string) => judgeFlag(flag, provider, project) === 'needless'
      const gone = removals(file, setting, isGone)
      for (const flag of listOf(setting.value)) {
        const evidence = standsIn(file, `\`previewFeatures\` of the generator ${generator.name.text}`)
        const removal = gone.find((one) => one.flag === flag)
        if (removal)
          yield {
            at: flag,
            message: `\`${flag.value}\` is no flag any more since ${needlessSince(flag.value)}`,
            evidence,
            fix: fix('safe', `Take out \`${flag.value}\``, replace(removal.range, '')),
          }
        else if (isGone(flag.value) || judgeFlag(flag.value, provider, project) === 'unknown')
          yield {
            at: flag,
            message: `\`${flag.value}\` is no preview feature that Prisma knows; the schema is refused with it`,
            evidence,
          }
      }
    }
  },
})
