import { defineChange, type Node, unwrap } from '#kit'
import { isObject, propertyOf } from './client/literals.ts'
import { sitesOf } from './client/trees.ts'
import { SCHEMAS } from './schema/project.ts'

export default defineChange({
  title: '`update` of one related record is also read as `{ where, data }`',
  why: 'From 5 on, `profile: { update: { … } }` takes `{ where?, data }` as well. Where the related model has a field `data` or `where` of its own, an object with such a key is read as that, and the column is not written.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'It says nothing of it.',
  fixable: 'never',
  // the wrapper is not known to 4
  stage: 'bump',

  format: 'javascript',
  mentions: [/\bupdate\b/],
  *find(file, project) {
    const models = project.survey(SCHEMAS).flatMap((schema) => schema.models)
    for (const { role, field, value, evidence } of sitesOf(file, project)) {
      const related =
        role === 'data' && field?.isList === false ? models.find(({ name }) => name === field.type) : undefined
      if (!related?.fields.some(({ name }) => name === 'data' || name === 'where')) continue
      const update = isObject(value) ? propertyOf(value, 'update') : undefined
      const inner = update && unwrap(update.value as Node)
      if (!update || !isObject(inner) || !(propertyOf(inner, 'data') ?? propertyOf(inner, 'where'))) continue
      yield {
        at: { start: update.start, end: update.end },
        message: `\`${related.name}\` has a field of this name, so that this is read as \`{ where, data }\`; write \`update: { data: { … } }\` around it`,
        evidence,
      }
    }
  },
})
