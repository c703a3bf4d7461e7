import { defineChange, fix, replace } from '#kit'
import { hasSpread, removeProperty } from './client/literals.ts'
import { draftOf, NAME, rejecting } from './client/reject.ts'

export default defineChange({
  title: '`rejectOnNotFound: false` of a query was removed',
  why: 'The option is unknown, whatever it is set to: TypeScript refuses it, and JavaScript throws a `PrismaClientValidationError` before anything is asked of the database. To give null where nothing is found is what `findFirst` and `findUnique` do without it.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-rejectonnotfound-parameter',
  guideSays: 'It says nothing of `false`, which is refused as well.',
  fixable: 'sometimes',
  // with an option of the client that says otherwise, 4 needs it
  stage: 'bump',

  format: 'javascript',
  mentions: [NAME],
  names: [NAME],
  *find(file) {
    for (const one of rejecting(file)) {
      if (one.says !== 'false') continue
      const draft = draftOf(one, `\`${NAME}\` is gone; without it, null is what is given where nothing is found`)
      const { call, object, property } = one
      const removal = removeProperty(file, object, property)
      const isLast = object.properties.length === 1
      if (!removal || (isLast && call.arguments[0] !== object)) {
        yield draft
        continue
      }
      const edit = isLast && call.name === 'findFirst' ? replace(object, '') : removal
      const applicability = hasSpread(object) ? 'review' : 'safe'
      yield { ...draft, fix: fix(applicability, 'Take the option out', edit) }
    }
  },
})
