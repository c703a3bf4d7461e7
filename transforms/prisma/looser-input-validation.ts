import { type Draft, defineChange, type JavaScriptFile, type Node, type ProjectFacts, unwrap } from '#kit'
import { booleanOf, isObject, isUndefined, propertyOf } from './client/literals.ts'
import { argumentObject, queryCalls } from './client/queries.ts'
import { sitesOf } from './client/trees.ts'
import { SCHEMAS } from './schema/project.ts'

export default defineChange({
  title: 'Some arguments that were refused no longer are',
  why: '`select: { id: 1 }` counts as true and `undefined` as absent, a text is taken for a BigInt, several unique fields are combined, and a fraction for an Int loses what is behind the point. What threw in 4 goes on in 5.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'It shows that messages are other ones, and says nothing of what is no longer refused.',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\b(?:select|where|data)\b/],
  *find(file, project) {
    yield* severalKeys(file, project)
    for (const { at, value, role, field, evidence } of sitesOf(file, project)) {
      const isValue = role === 'data' || role === 'field' || role === 'filter'
      const taken = isValue && field && !field.isList ? looselyTaken(field.type, value) : undefined
      if (taken)
        yield { at, message: `this threw in 4, and is ${taken} from 5 on; write the number that is meant`, evidence }
    }
    for (const call of queryCalls(
      file,
      'findFirst',
      'findUnique',
      'findMany',
      'create',
      'update',
      'upsert',
      'delete',
    )) {
      const object = argumentObject(file, call)
      const select = object && propertyOf(object, 'select')
      const fields = select && unwrap(select.value as Node)
      if (!isObject(fields)) continue
      for (const field of fields.properties) {
        if (field.type !== 'ObjectProperty') continue
        const value = unwrap(field.value as Node)
        if (
          booleanOf(value) !== undefined ||
          !(isUndefined(value) || /^(?:Numeric|String|Null)Literal$/.test(value.type))
        )
          continue
        yield {
          at: { start: field.start!, end: field.end! },
          message: 'this threw in 4, and is taken for true, or left out, from 5 on; write `true` or `false`',
          evidence: call,
        }
      }
    }
  },
})

/** What becomes of a literal that is of another type than its field. */
function looselyTaken(type: string, value: Node): string | undefined {
  if (type === 'BigInt' && value.type === 'StringLiteral') return 'taken for a BigInt'
  return type === 'Int' && value.type === 'NumericLiteral' && !Number.isInteger(value.value)
    ? 'cut off behind the point'
    : undefined
}

/** `findUnique({ where: { id, email } })`, which 4 refused. */
function* severalKeys(file: JavaScriptFile, project: ProjectFacts): Iterable<Draft> {
  const models = project.survey(SCHEMAS).flatMap((schema) => schema.models)
  for (const call of queryCalls(file, 'findUnique', 'findUniqueOrThrow', 'update', 'upsert', 'delete')) {
    const object = argumentObject(file, call)
    const where = object && propertyOf(object, 'where')
    const keys = where && unwrap(where.value as Node)
    const fields = models.find(({ name }) => name === call.model)?.fields ?? []
    if (!where || !isObject(keys)) continue
    const unique = fields.filter(({ name, isUnique }) => {
      const own = isUnique ? propertyOf(keys, name) : undefined
      return own !== undefined && !isUndefined(unwrap(own.value as Node))
    })
    if (unique.length > 1)
      yield {
        at: where,
        message: 'with several unique fields 4 threw; from 5 on the record has to meet all of them',
        evidence: call.evidence,
      }
  }
}
