import { defineChange, fix, raiseRange, replace, type YamlFile } from '#kit'

const TARGETS: Readonly<Record<string, string>> = {
  express: '5.3.0',
  '@types/express': '5.0.6',
  '@types/express-serve-static-core': '5.1.3',
}

export default defineChange({
  title: 'A pnpm catalog asks for Express 4',
  why: 'Packages that say `catalog:` take their range from pnpm-workspace.yaml, so the range that keeps them on Express 4 stands there.',
  since: '5.0.0',
  breakage: 'deprecated',
  source: 'https://expressjs.com/en/guide/migrating-5.html#installing-express-5',
  fixable: 'always',

  format: 'yaml',
  mentions: ['express'],
  *find(file, project) {
    if (!project.inScope || !file.path.endsWith('pnpm-workspace.yaml')) return
    for (const path of catalogs(file))
      for (const { key, value, range } of file.entries(...path)) {
        const target = TARGETS[key]
        const raised = target ? raiseRange(value, target) : undefined
        if (raised?.is !== 'raised') continue
        const quote = /^['"]/.exec(file.text.slice(range.start, range.end))?.[0] ?? ''
        yield {
          at: range,
          message: `\`${key}\` goes to ${target}`,
          evidence: {
            certainty: 'proven' as const,
            steps: [{ what: `\`${key}\` in ${path.join('.')} of ${file.path}` }],
          },
          fix: fix('safe', `Raise to \`${raised.range}\``, replace(range, quote + raised.range + quote)),
        }
      }
  },
})

function catalogs(file: YamlFile): string[][] {
  return [['catalog'], ...file.keys('catalogs').map((name) => ['catalogs', name])]
}
