import { contains, defineChange, type JavaScriptFile, keyName, type Node, parentOf } from '#kit'
import { Client, Delegate } from './client/kinds.ts'
import { queryCalls } from './client/queries.ts'
import { draftOf, NAME, rejecting } from './client/reject.ts'

export default defineChange({
  title: '`rejectOnNotFound` of a query was removed, also where it is set elsewhere',
  why: 'The option is unknown: TypeScript refuses it, and JavaScript throws a `PrismaClientValidationError` before anything is asked of the database. What is decided while the program runs has to be a branch between `findX` and `findXOrThrow`.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-rejectonnotfound-parameter',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [NAME],
  names: [NAME],
  *find(file) {
    const all = rejecting(file)
    for (const one of all)
      if (one.says === 'unclear') yield draftOf(one, 'branch on this between the method and its `…OrThrow`')
    const seen = new Set<Node>(all.map(({ property }) => property))
    for (const call of queryCalls(file, 'findFirst', 'findUnique')) {
      const property = within(file, call.arguments[0])
      if (!property || seen.has(property)) continue
      seen.add(property)
      const { start, end } = property
      yield { at: { start, end }, message: 'branch on this between the method and its `…OrThrow`', evidence: call }
    }
    // `prisma.user[method]({ rejectOnNotFound: true })`
    for (const call of file.computedCalls(
      [Delegate],
      ({ arguments: [first] }) => within(file, first as Node) !== undefined,
    )) {
      const { start, end } = within(file, call.arguments[0])!
      yield {
        at: { start, end },
        message: 'which method this is shows only when it runs: call its `…OrThrow` instead',
        evidence: call,
      }
    }
    // `params.args.rejectOnNotFound` in a middleware
    const uses = file.calls([Client], '$use')
    for (const member of file.module.membersNamed(NAME)) {
      const middleware = uses.find(({ call }) => contains(call, member))
      if (middleware) yield { at: member, message: 'no query has this option any more', evidence: middleware }
    }
  },
})

/** The property where the arguments of a query are not one plain object: in a branch, or in a constant that others use. */
function within(file: JavaScriptFile, argument: Node | undefined): Node | undefined {
  if (!argument) return undefined
  return file.module
    .identifiersNamed(NAME)
    .map(parentOf)
    .find((property): property is Node => {
      if (property?.type !== 'ObjectProperty' || keyName(property) !== NAME) return false
      const object = parentOf(property)
      return object?.type === 'ObjectExpression' && (contains(argument, object) || isKeptIn(file, argument, object))
    })
}

/** True for an object that a name holds which the argument mentions. */
function isKeptIn(file: JavaScriptFile, argument: Node, object: Node): boolean {
  let declaration = parentOf(object)
  while (declaration && /^(?:ConditionalExpression|LogicalExpression|TS\w+Expression)$/.test(declaration.type))
    declaration = parentOf(declaration)
  if (declaration?.type !== 'VariableDeclarator' || declaration.id.type !== 'Identifier') return false
  const binding = file.module.scopes.lookup(declaration.id.name, declaration.id)
  return binding !== undefined && file.module.references(binding).some((reference) => contains(argument, reference))
}
