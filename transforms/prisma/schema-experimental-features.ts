import { defineChange, fix, replace } from '#kit'
import { listOf, settingOf } from './schema/facts.ts'
import { judgeFlag, removals } from './schema/preview-features.ts'
import { clientGenerators, concerns, schemaOf, standsIn } from './schema/project.ts'

export default defineChange({
  title: '`experimentalFeatures` of a generator is no longer read',
  why: 'It was the old name of `previewFeatures`. From 5 on it is a setting like any other that nobody reads: what it switched on is off, and nothing says so.',
  since: '5.0.0',
  breakage: 'silent',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-deprecated-experimentalfeatures-property',
  guideSays: 'It does not say that the old name is passed over without a word.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'prisma',
  mentions: ['experimentalFeatures'],
  *find(file, project) {
    if (!concerns(project)) return
    const provider = schemaOf(file, project)?.provider
    for (const generator of clientGenerators(file)) {
      const old = settingOf(generator, 'experimentalFeatures')
      if (!old) continue
      const draft = {
        at: old.key,
        message: 'the setting is called `previewFeatures`',
        evidence: standsIn(file, `the generator ${generator.name.text}`),
      }
      const known = settingOf(generator, 'previewFeatures')
      // the old version needs the flag for what is on in the new one without it
      const isEarly = project.settings.stage === 'before-bump'
      const isNeedless = (flag: string) => !isEarly && judgeFlag(flag, provider, project) === 'needless'
      const wanted = listOf(old.value).filter(({ value }) => !isNeedless(value))
      const isReadable = old.value.is === 'string' || (old.value.is === 'array' && listOf(old.value).length > 0)
      if (!isReadable) yield draft
      else if (wanted.length === 0)
        yield { ...draft, fix: fix('safe', 'Take it out: all of it is always on', replace(file.removal(old), '')) }
      else if (!known) {
        const needless = new Map(removals(file, old, isNeedless).map(({ range }) => [range.start, range]))
        const dropped = [...needless.values()].map((range) => replace(range, ''))
        yield {
          ...draft,
          fix: fix('safe', 'Rename to `previewFeatures`', replace(old.key, 'previewFeatures'), ...dropped),
        }
      } else {
        const there = listOf(known.value)
        const missing = wanted.filter(({ value }) => !there.some((flag) => flag.value === value))
        const texts = missing.map(({ value }) => `"${value}"`).join(', ')
        const last = there.at(-1)
        const added =
          missing.length === 0
            ? []
            : known.value.is === 'string'
              ? [replace(known.value, `[${[`"${known.value.value}"`, texts].join(', ')}]`)]
              : last
                ? [replace({ start: last.end, end: last.end }, `, ${texts}`)]
                : [replace(known.value, `[${texts}]`)]
        yield { ...draft, fix: fix('safe', 'Move it into `previewFeatures`', ...added, replace(file.removal(old), '')) }
      }
    }
  },
})
