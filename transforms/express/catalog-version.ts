import { defineChange, fix, replace, type YamlFile } from '#kit'
import { declaredRange } from './packages/targets.ts'

export default defineChange({
  title: 'A pnpm catalog asks for Express 4',
  why: 'Packages that say `catalog:` take their range from pnpm-workspace.yaml, so the range that keeps them on Express 4 stands there.',
  since: '5.0.0',
  breakage: 'deprecated',
  source: 'https://expressjs.com/en/guide/migrating-5.html#installing-express-5',
  fixable: 'sometimes',

  format: 'yaml',
  mentions: ['express'],
  *find(file, project) {
    if (!project.inScope || !/(?:^|\/)pnpm-workspace\.yaml$/.test(file.path)) return
    for (const path of catalogs(file))
      for (const { key, value, range } of file.entries(...path)) {
        const declared = declaredRange(key, value)
        if (!declared) continue
        const { name, target, raised } = declared
        const quote = /^['"]/.exec(file.text.slice(range.start, range.end))?.[0] ?? ''
        const draft = {
          at: range,
          message: `\`${name}\` goes to ${target}`,
          evidence: {
            certainty: 'proven' as const,
            steps: [{ what: `\`${key}\` in ${path.join('.')} of ${file.path}` }],
          },
        }
        if (raised.is === 'unclear') yield { ...draft, notes: [raised.why] }
        else {
          const edit = replace(range, quote + raised.range + quote)
          yield { ...draft, fix: fix('safe', `Raise to \`${raised.range}\``, edit) }
        }
      }
  },
})

function catalogs(file: YamlFile): string[][] {
  return [['catalog'], ...file.keys('catalogs').map((name) => ['catalogs', name])]
}
