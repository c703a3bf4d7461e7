import {
  type Draft,
  defineChange,
  enclosingStatement,
  fix,
  type JavaScriptFile,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
} from '#kit'
import { ASKING, affectedBy, type Construction, constructions, optionOf, ownErrorsOf } from './client/clients.ts'
import { removeProperty } from './client/literals.ts'
import { NAME, TAKES_BACK } from './client/reject.ts'
import { unseenBy } from './client/watchers.ts'

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
  if ('why' in affected) {
    const queries = ownErrorsOf(client, asking)
    return { ...draft, notes: [affected.why, ...(queries.length > 0 ? byHand(queries) : []), ...notes] }
  }
  if (isOfNamespace(one.call))
    return {
      ...draft,
      notes: ['what asks this client by the name of its namespace is not seen: call `…OrThrow` there', ...notes],
    }
  const isOnly = options.properties.length === 1 && one.first === options
  const removal = isOnly ? replace(options, '') : removeProperty(file, options, property)
  if (!removal) return { ...draft, notes: ['a comment beside it would go with it', ...notes] }
  const renames = affected.map(({ file: path, rename }) => replace(rename, rename.text, path))
  const beside = affected.flatMap(({ file: path, isWrittenBeside, name }) =>
    isWrittenBeside ? [`${path}: \`${name}\` in a list of \`$transaction\`: ${TAKES_BACK}`] : [],
  )
  const unseen = ['findFirst', 'findUnique'].flatMap((method) => unseenBy(project, method) ?? [])
  return {
    ...draft,
    notes: [
      ...notes,
      ...beside,
      ...unseen,
      'whoever gets this client from outside of the project has queries that are not seen here',
    ],
    fix: fix('review', 'Take it out, and call `…OrThrow`', removal, ...renames),
  }
}

/** True for what a `namespace` exports: its members are not followed. */
function isOfNamespace(made: Node): boolean {
  const statement = enclosingStatement(made)
  return statement.type === 'ExportNamedDeclaration' && parentOf(statement)?.type === 'TSModuleBlock'
}

/** How many places are named; a person who looks at these finds the others. */
const NAMED = 10

/** What to do about errors of one’s own, and where. */
function byHand(queries: ReturnType<typeof ownErrorsOf>): string[] {
  const places = queries.slice(0, NAMED).map(({ file, line, name }) => `${file}:${line} (\`${name}\`)`)
  const more = queries.length > NAMED ? `, and ${queries.length - NAMED} more` : ''
  const methods = [...new Set(queries.map(({ name }) => name))]
  const hooks = methods.map((name) => `async ${name}({ args, query }) { … }`).join(', ')
  return [
    `these queries may get that error: ${places.join(', ')}${more}; call \`…OrThrow\` there, and make the error of its code P2025, where it is caught or in \`.catch(…)\` (not in a list of \`$transaction\`)`,
    `or once for all of them: \`$extends({ query: { $allModels: { ${hooks} } } })\` that waits for \`query(args)\`, throws the error where that is null, and gives it back otherwise; what \`$extends\` gives has no \`$on\`, and is typed to give null`,
  ]
}
