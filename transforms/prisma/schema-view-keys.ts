import { type Draft, type DraftEdit, defineChange, fix, type PrismaAttribute, type PrismaFile, replace } from '#kit'
import { argumentOf, blockAttributes, fieldsOf } from './schema/facts.ts'
import { concerns, reaches, standsIn } from './schema/project.ts'

export default defineChange({
  title: 'Views have no primary keys and no indexes any more',
  why: 'From 6.13 on the schema is refused where a view has `@id`, `@@id` or `@@index`; Prisma 4 wanted a key on every view. `@unique` takes their place, which must not name a constraint.',
  since: '6.13.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/issues/27849',
  guideSays: 'It says nothing of it, and neither do the notes of the releases.',
  fixable: 'always',
  stage: 'before-bump',

  format: 'prisma',
  mentions: [/^\s*view\s/m],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '6.13.0')) return
    for (const view of file.blocksOf('view')) {
      const draft = (at: PrismaAttribute, message: string, title: string, edit: DraftEdit): Draft => ({
        at,
        message,
        evidence: standsIn(file, `the view ${view.name.text}`),
        fix: fix('safe', title, edit),
      })
      for (const { attributes } of fieldsOf(view)) {
        const id = attributes.find(({ name }) => name.text === 'id')
        const unique = attributes.find(({ name }) => name.text === 'unique')
        if (id && unique)
          yield draft(
            id,
            'a view has no primary key',
            'Take it out: the field is `@unique`',
            replace(withBlank(file, id), ''),
          )
        else if (id)
          yield draft(id, 'a view has no primary key', 'Write `@unique`', replace(id, `@unique${rest(file, id)}`))
        if (unique && argumentOf(unique, 'map'))
          yield draft(
            unique,
            'a view has no constraint to name',
            'Take out `map`',
            replace(unique, `@unique${rest(file, unique)}`),
          )
      }
      for (const id of blockAttributes(view, 'id'))
        yield draft(id, 'a view has no primary key', 'Write `@@unique`', replace(id, `@@unique${rest(file, id)}`))
      for (const unique of blockAttributes(view, 'unique').filter((one) => argumentOf(one, 'map')))
        yield draft(
          unique,
          'a view has no constraint to name',
          'Take out `map`',
          replace(unique, `@@unique${rest(file, unique)}`),
        )
      for (const index of [...blockAttributes(view, 'index'), ...blockAttributes(view, 'fulltext')])
        yield draft(index, 'a view has no index', 'Take it out', replace(file.removal(index), ''))
    }
  },
})

/** The arguments of a key that stay: not the name of its constraint, and nothing of how an index is built. */
function rest(file: PrismaFile, { args }: PrismaAttribute): string {
  const kept = args.filter(({ name }) => name === undefined || /^(?:fields|name)$/.test(name.text))
  return kept.length === 0 ? '' : `(${kept.map(({ start, end }) => file.text.slice(start, end)).join(', ')})`
}

function withBlank(file: PrismaFile, { start, end }: PrismaAttribute): { start: number; end: number } {
  return { start: start - /[ \t]*$/.exec(file.text.slice(0, start))![0].length, end }
}
