import {
  defineChange,
  isCall,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
} from '#kit'
import { queryCalls } from './client/queries.ts'
import { reaches, SCHEMAS } from './schema/project.ts'

export default defineChange({
  title: 'A related record that may be missing is typed as one',
  why: '`prisma.user.update(…).profile()` gives null where there is no profile, and did in 4. Its type says so from 5 on, also behind `create`, `update`, `upsert`, `delete` and the `…OrThrow` methods: what takes it for a record no longer compiles.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'Of the generated types it names filters of relations and unchecked updates alone.',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\b(?:findUniqueOrThrow|findFirstOrThrow|create|update|upsert|delete)\b/],
  *find(file, project) {
    if (!file.isTypeScript || !reaches(project, '5.0.0')) return
    for (const use of queryCalls(
      file,
      'findUniqueOrThrow',
      'findFirstOrThrow',
      'create',
      'update',
      'upsert',
      'delete',
    )) {
      const relation = parentOf(use.call)
      const call = relation && parentOf(relation)
      if (!isMember(relation) || relation.object !== use.call || !isCall(call) || call.callee !== relation) continue
      const name = memberName(relation)
      if (name === undefined || !mayBeMissing(project, use.model, name)) continue
      const taken = takenFor(file, call)
      if (taken)
        yield {
          at: relation.property as Node,
          message: `\`${name}\` may be null for the compiler from here on: say what happens then`,
          evidence: use.evidence,
          notes: [`\`${file.source(taken)}\` takes it for a record`],
        }
    }
  },
})

/** True for a relation to one record or none. */
function mayBeMissing(project: ProjectFacts, model: string | undefined, name: string): boolean {
  if (model === undefined) return false
  const schemas = project.survey(SCHEMAS)
  const fields = schemas.flatMap(({ models }) =>
    models.filter((one) => one.name === model).flatMap((one) => one.fields.filter((field) => field.name === name)),
  )
  return fields.length > 0 && fields.every(({ isList, isOptional }) => !isList && isOptional)
}

/** Where what is waited for is taken apart, or a member of it is read, without a look at whether it is there. */
function takenFor(file: JavaScriptFile, call: Node): Node | undefined {
  const waited = parentOf(call)
  if (waited?.type !== 'AwaitExpression') return undefined
  const holder = parentOf(waited)
  if (holder?.type === 'MemberExpression' && holder.object === waited) return holder
  if (holder?.type !== 'VariableDeclarator' || holder.init !== waited) return undefined
  if (holder.id.type === 'ObjectPattern') return holder.id as Node
  const binding = holder.id.type === 'Identifier' ? file.module.binding(holder.id) : undefined
  const references = binding ? file.module.references(binding) : []
  if (references.some(isQuestion)) return undefined
  return references.flatMap((reference): Node[] => {
    const parent = parentOf(reference)
    if (parent?.type === 'MemberExpression' && parent.object === reference) return [parent]
    return parent?.type === 'VariableDeclarator' && parent.id.type === 'ObjectPattern' ? [reference] : []
  })[0]
}

/** True where a name is asked about: `if (profile)`, `profile ?? …`, `profile === null`. */
function isQuestion(name: Node): boolean {
  const parent = parentOf(name)
  if (parent?.type === 'LogicalExpression' || parent?.type === 'BinaryExpression') return true
  if (parent?.type === 'UnaryExpression') return parent.operator === '!'
  return (parent?.type === 'IfStatement' || parent?.type === 'ConditionalExpression') && parent.test === name
}
