import { type Draft, defineChange, fix, type JavaScriptFile, type ProjectFacts, replace } from '#kit'
import { ASKING, affectedBy, type Construction, constructions, optionOf } from './client/clients.ts'
import { removeProperty } from './client/literals.ts'
import { NAME } from './client/reject.ts'

export default defineChange({
  title: '`rejectOnNotFound` of the client was removed',
  why: 'The constructor throws "Unknown property rejectOnNotFound", and TypeScript refuses it. Every `findUnique` or `findFirst` that threw because of it has to be called as `…OrThrow`.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-rejectonnotfound-parameter',
  guideSays: 'The extension that it has instead does not give back what the query gives.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [NAME],
  names: [NAME],
  *find(file, project) {
    for (const one of constructions(file)) {
      const draft = draftOf(file, project, one)
      if (draft) yield draft
    }
  },
})

function draftOf(file: JavaScriptFile, project: ProjectFacts, one: Construction): Draft | undefined {
  const option = optionOf(file, one)
  if (!option) return undefined
  const { options, property } = option
  const notes = [
    'a query that says `rejectOnNotFound: false` itself stays as it is; after the change `if (!found)` is never true for the others',
    'the types of 4 give `null` for what is only declared as `PrismaClient`, although it throws',
  ]
  const draft = {
    at: { start: property.start, end: property.end },
    message: `\`${NAME}\` is gone; call the methods that it is for as \`…OrThrow\`, and take out this option alone`,
    evidence: one.evidence,
  }
  const asking = project.survey(ASKING)
  const at = one.owner?.start ?? one.call.start
  const client = asking.clients.find((made) => made.file === file.path && made.at === at)
  if (!client) return { ...draft, notes }
  const affected = affectedBy(client, asking)
  if ('why' in affected) return { ...draft, notes: [affected.why, ...notes] }
  const isOnly = options.properties.length === 1 && one.first === options
  const removal = isOnly ? replace(options, '') : removeProperty(file, options, property)
  if (!removal) return { ...draft, notes: ['a comment beside it would go with it', ...notes] }
  const renames = affected.map(({ file: path, rename }) => replace(rename, rename.text, path))
  return {
    ...draft,
    notes: [...notes, 'whoever gets this client from outside of the project has queries that are not seen here'],
    fix: fix('review', 'Take it out, and call `…OrThrow`', removal, ...renames),
  }
}
