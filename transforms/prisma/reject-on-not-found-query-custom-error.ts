import {
  type Draft,
  defineChange,
  type FunctionNode,
  fix,
  insertAfter,
  type JavaScriptFile,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { hasSpread, removeProperty } from './client/literals.ts'
import { isUsualOnly } from './client/names.ts'
import { isFluent, renamed } from './client/queries.ts'
import { draftOf, isInTransaction, NAME, NAMED, type Rejecting, rejecting } from './client/reject.ts'
import { unseenBy } from './client/watchers.ts'

export default defineChange({
  title: '`rejectOnNotFound` of a query was removed, also with an error of one’s own',
  why: 'The option is unknown: TypeScript refuses it, and JavaScript throws a `PrismaClientValidationError` before anything is asked of the database. The `…OrThrow` methods throw an error with code P2025, which has to be turned into the other one.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-rejectonnotfound-parameter',
  guideSays: 'It does not say that `.catch` cannot stand in a list of `$transaction`.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [NAME],
  names: [NAME],
  *find(file, project) {
    for (const one of rejecting(file)) if (one.says === 'function') yield judged(file, project, one)
  },
})

function judged(file: JavaScriptFile, project: ProjectFacts, one: Rejecting): Draft {
  const { call, object, property } = one
  const method = `${call.name}OrThrow`
  const draft = draftOf(one, `\`${NAME}\` is gone; call \`${method}\`, and turn its error into this one`)
  const make = unwrap(property.value as Node) as FunctionNode
  if (isInTransaction(file, call.call))
    return { ...draft, notes: ['an element of a transaction must stay a query: look at the error of the transaction'] }
  if (isFluent(call.call) || !isAwaited(call.call))
    return { ...draft, notes: ['the query is not simply waited for here, and `.catch` makes another promise of it'] }
  if (make.async || make.generator || object.properties.length === 1) return draft
  if (!call.member) return { ...draft, notes: [NAMED] }
  const removal = removeProperty(file, object, property)
  const helper = helperFor(file, project)
  const unseen = unseenBy(project, call.name)
  if (!removal || !helper || hasSpread(object) || call.arguments[0] !== object) return draft
  return {
    ...draft,
    notes: [
      ...(usesMessage(make) ? ['the message of the error that it is given is another one'] : []),
      ...(unseen === undefined ? [] : [unseen]),
    ],
    fix: {
      ...fix(
        'review',
        `Call \`${method}\`, and turn its error into this one`,
        replace(call.member.property, renamed(file, call.member, method)),
        removal,
        insertAfter(call.call, `.catch(${helper.name}(${file.source(make)}))`),
      ),
      requests: helper.requests,
    },
  }
}

function isAwaited(call: Node): boolean {
  const parent = parentOf(call)
  return (
    parent?.type === 'AwaitExpression' ||
    parent?.type === 'ReturnStatement' ||
    (parent?.type === 'ArrowFunctionExpression' && parent.body === call)
  )
}

function usesMessage(make: FunctionNode): boolean {
  return make.params.length > 0
}

const HELPER = 'mapNotFound'

/** The file with the function, made once per package, and how it is imported here. */
function helperFor(file: JavaScriptFile, project: ProjectFacts) {
  if (!file.isTypeScript || file.module.identifiersNamed(HELPER).length > 0) return undefined
  const root = project.folder === '.' ? '' : `${project.folder}/`
  const folder = file.path.startsWith(`${root}src/`) ? `${root}src/` : root
  const path = `${folder}map-not-found.ts`
  const up = file.path.slice(folder.length).split('/').length - 1
  const from = `${up === 0 ? './' : '../'.repeat(up)}map-not-found`
  const ends = /from\s+['"]\.[^'"]*\.js['"]/.test(file.text) ? '.js' : ''
  const client = namespaceSource(file)
  if (client === undefined) return undefined
  return {
    name: HELPER,
    requests: [
      { add: 'file' as const, file: path, text: helperText(client) },
      { add: 'import' as const, name: HELPER, from: `${from}${ends}`, named: true as const },
    ],
  }
}

/** Where the helper gets `Prisma` from: only the usual package is the same from every folder. */
function namespaceSource(file: JavaScriptFile): string | undefined {
  return isUsualOnly(file) ? '@prisma/client' : undefined
}

function helperText(client: string): string {
  return `import { Prisma } from '${client}'

/** Turns the error of a query that found nothing (P2025) into another one. */
export const mapNotFound =
  (make: (error: Error) => Error) =>
  (error: unknown): never => {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2025') throw make(error)
    throw error
  }
`
}
