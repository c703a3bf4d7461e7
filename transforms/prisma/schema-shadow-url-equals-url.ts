import { defineChange, fix, replace, type Survey } from '#kit'
import { settingOf } from './schema/facts.ts'
import { concerns, standsIn } from './schema/project.ts'

/** What each file of variables sets. */
const VARIABLES: Survey<
  readonly { readonly file: string; readonly values: Readonly<Record<string, string>> }[],
  'environment'
> = {
  format: 'environment',
  of: 'project',
  mentions: [''],
  look: (files) =>
    [...files].map((file) => ({
      file: file.path,
      values: Object.fromEntries(file.assignments().map(({ name, value }) => [name, value])),
    })),
}

export default defineChange({
  title: '`shadowDatabaseUrl` must not be the `url` of the datasource',
  why: 'The shadow database is emptied by `migrate dev`. A URL that is that of the database itself is refused from 5.14 on, with P1012, also where both come from one environment variable.',
  since: '5.14.0',
  again: ['6.0.0'],
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/5.14.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'prisma',
  mentions: ['shadowDatabaseUrl'],
  *find(file, project) {
    if (!concerns(project)) return
    for (const datasource of file.blocksOf('datasource')) {
      const [url, shadow] = [settingOf(datasource, 'url'), settingOf(datasource, 'shadowDatabaseUrl')]
      if (!url || !shadow) continue
      const [real, own] = [url.value, shadow.value].map(({ start, end }) =>
        file.text.slice(start, end).replace(/\s+/g, ''),
      )
      const draft = {
        at: shadow,
        message: 'the shadow database is the database itself, which `prisma` refuses',
        evidence: standsIn(file, `the datasource ${datasource.name.text}`),
      }
      if (real === own) {
        yield {
          ...draft,
          fix: fix('safe', 'Take it out: a shadow database is then made', replace(file.removal(shadow), '')),
        }
        continue
      }
      const [name, other] = [url.value, shadow.value].map((value) =>
        value.is === 'call' && value.name === 'env' && value.args[0]?.value.is === 'string'
          ? value.args[0].value.value
          : undefined,
      )
      if (name === undefined || other === undefined) continue
      const same = project.survey(VARIABLES).find(({ values }) => values[name] && values[name] === values[other])
      if (same) yield { ...draft, notes: [`${same.file} gives ${name} and ${other} the same value`] }
    }
  },
})
