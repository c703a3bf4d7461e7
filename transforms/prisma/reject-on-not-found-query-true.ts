import { type Draft, defineChange, fix, type JavaScriptFile, type ProjectFacts, replace } from '#kit'
import { hasSpread, removeProperty } from './client/literals.ts'
import { isFluent, renamed } from './client/queries.ts'
import { draftOf, isWrittenBeside, NAME, NAMED, type Rejecting, rejecting, TAKES_BACK } from './client/reject.ts'
import { unseenBy } from './client/watchers.ts'

export default defineChange({
  title: '`rejectOnNotFound: true` of a query was removed',
  why: 'The option is unknown, so that TypeScript refuses it, and JavaScript throws a `PrismaClientValidationError` before anything is asked of the database. `findFirstOrThrow` and `findUniqueOrThrow`, which 4 has too, do what it did.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-rejectonnotfound-parameter',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [NAME],
  names: [NAME],
  *find(file, project) {
    for (const one of rejecting(file)) if (one.says === 'true') yield judged(file, project, one)
  },
})

function judged(file: JavaScriptFile, project: ProjectFacts, one: Rejecting): Draft {
  const { call, object, property } = one
  const method = `${call.name}OrThrow`
  const draft = draftOf(one, `\`${NAME}\` is gone; call \`${method}\``)
  if (isFluent(call.call))
    return {
      ...draft,
      notes: [
        'with the option, a related record that was not there threw as well; after `…OrThrow` it is null: ask for it with `include`, or check it',
      ],
    }
  const removal = removeProperty(file, object, property)
  if (!removal) return { ...draft, notes: ['a comment beside it would go with it'] }
  const [argument] = call.arguments
  const isLast = object.properties.length === 1
  // findUnique cannot be without a `where`, whatever becomes of the option
  if (isLast && (call.name === 'findUnique' || argument !== object)) return draft
  const edit = isLast ? replace(object, '') : removal
  if (!call.member) return { ...draft, notes: [NAMED] }
  const rename = replace(call.member.property, renamed(file, call.member, method))
  const unseen = unseenBy(project, call.name)
  if (unseen !== undefined) return { ...draft, notes: [unseen], fix: fix('review', `Call \`${method}\``, rename, edit) }
  if (isWrittenBeside(file, call.call))
    return {
      ...draft,
      notes: [TAKES_BACK],
      fix: fix('review', `Call \`${method}\``, rename, edit),
    }
  if (hasSpread(object))
    return {
      ...draft,
      notes: ['what is spread here must not bring the option again'],
      fix: fix('review', `Call \`${method}\``, rename, edit),
    }
  return { ...draft, fix: fix('safe', `Call \`${method}\``, rename, edit) }
}
