import { argumentsOf, defineChange, type Evidence, isClass, type JavaScriptFile, type Node, parentOf } from '#kit'
import { ClientClass } from './client/kinds.ts'
import { propertyOf } from './client/literals.ts'
import { literalBehind } from './client/queries.ts'
import { NAME } from './client/reject.ts'

export default defineChange({
  title: '`rejectOnNotFound` of the client was removed',
  why: 'The constructor throws "Unknown property rejectOnNotFound", and TypeScript refuses it. Every `findUnique` or `findFirst` that threw because of it has to be called as `…OrThrow`.',
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
    for (const { first, evidence } of constructions(file)) {
      const options = first && literalBehind(file, first)
      const property = options && propertyOf(options, NAME)
      if (!property) continue
      yield {
        at: { start: property.start, end: property.end },
        message: `\`${NAME}\` is gone; call the methods that it is for as \`…OrThrow\`, and take out this option alone`,
        evidence,
        notes: [
          'a query that says `rejectOnNotFound: false` itself stays as it is; after the change `if (!found)` is never true for the others',
          'the types of 4 give `null` for what is only declared as `PrismaClient`, although it throws',
        ],
      }
    }
  },
})

/** `new PrismaClient(options)`, and `super(options)` in a class that extends it. */
function constructions(file: JavaScriptFile): { first: Node | undefined; evidence: Evidence }[] {
  const made = file.callsOf(ClientClass).map((use) => ({ first: use.arguments[0], evidence: use.evidence }))
  const inherited = file.module.calls.flatMap((call) => {
    if (call.callee.type !== 'Super') return []
    let owner = parentOf(call)
    while (owner && !isClass(owner)) owner = parentOf(owner)
    const evidence = owner?.superClass ? file.evidence(owner.superClass, [ClientClass]) : undefined
    return evidence ? [{ first: argumentsOf(call)[0], evidence }] : []
  })
  return [...made, ...inherited]
}
