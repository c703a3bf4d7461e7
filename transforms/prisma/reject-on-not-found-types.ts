import { type Draft, defineChange, fix, type JavaScriptFile, type Node, type ProjectFacts, replace } from '#kit'
import { type ClientName, namesOfClient, namesOfPrisma, typeArguments } from './types/namespace.ts'

const REMOVED = /^(?:RejectOnNotFound|RejectPerOperation|RejectPerModel|HasReject|IsReject)$/

export default defineChange({
  title: 'The types of `rejectOnNotFound` were removed',
  why: '`Prisma.RejectOnNotFound` and its like are gone, and with them the place that they had among the type arguments of delegates and of `PrismaClient`.',
  since: '5.0.0',
  breakage: 'compile',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-rejectonnotfound-parameter',
  guideSays: 'It says nothing of the types.',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['Delegate', 'PrismaClient', 'RejectOnNotFound', 'RejectPer', 'HasReject', 'IsReject'],
  *find(file, project) {
    const removed = [...namesOfPrisma(file, project)].filter(({ name }) => REMOVED.test(name))
    const drafts = [...generics(file, project, removed)]
    yield* drafts
    const within = (node: Node) =>
      drafts.some(({ fix }) => fix?.edits.some(({ start, end }) => start <= node.start && node.end <= end))
    for (const use of removed.filter(({ node }) => !within(node)))
      yield { at: use.node, message: `\`${use.name}\` is gone`, evidence: use.evidence }
  },
})

/** `Prisma.UserDelegate<Reject>` and `PrismaClient<Options, Log, Reject>`: the argument that has no parameter any more. */
function* generics(file: JavaScriptFile, project: ProjectFacts, removed: readonly ClientName[]): Generator<Draft> {
  const delegates = [...namesOfPrisma(file, project)].filter(({ name }) => /^\w+Delegate$/.test(name))
  for (const use of delegates) yield* without(file, use, 0, removed)
  for (const use of namesOfClient(file, project, 'PrismaClient')) yield* without(file, use, 2, removed)
}

function* without(
  file: JavaScriptFile,
  use: ClientName,
  index: number,
  removed: readonly ClientName[],
): Generator<Draft> {
  const found = typeArguments(use.whole)
  const arg = found?.args[index]
  if (!found || !arg || arg.type === 'TSAnyKeyword') return
  const names = removed.filter(({ node }) => arg.start <= node.start && node.end <= arg.end)
  if (names.length === 0 && !isSetting(arg)) return
  const isOnly = found.args.length === 1
  const next = found.args[index + 1]
  const previous = found.args[index - 1]
  const at = isOnly ? found.list : next ? { start: arg.start, end: next.start } : { start: previous!.end, end: arg.end }
  // what would remain of `<A, B, C>` must not lose a comment
  if (/\/[/*]/.test(file.text.slice(at.start, at.end))) {
    yield { at: arg, message: 'there is no parameter for this type argument any more', evidence: use.evidence }
    return
  }
  yield {
    at: arg,
    message: 'there is no parameter for this type argument any more',
    evidence: use.evidence,
    fix: fix('safe', 'Take it out', replace(at, '')),
  }
}

/** `false`, `undefined`, and unions of them with the types that are gone, which are told by name. */
function isSetting(type: Node): boolean {
  if (type.type === 'TSUnionType') return type.types.every((one) => isSetting(one as Node))
  if (type.type === 'TSUndefinedKeyword') return true
  return type.type === 'TSLiteralType' && type.literal.type === 'BooleanLiteral'
}
