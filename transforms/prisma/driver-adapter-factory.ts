import { argumentsOf, defineChange, type JavaScriptFile, type Node, parentOf, unwrap } from '#kit'
import { isObject } from './client/literals.ts'

const ADAPTERS: Readonly<Record<string, string>> = {
  PrismaNeon: 'new PrismaNeon({ connectionString })',
  PrismaNeonHTTP: 'new PrismaNeonHTTP(url, {})',
  PrismaLibSQL: 'new PrismaLibSQL({ url, authToken })',
}

export default defineChange({
  title: 'Driver adapters must be made from settings',
  why: 'Adapters became factories in 6.6: `PrismaNeon`, `PrismaNeonHTTP` and `PrismaLibSQL` take what a connection is made of, and neither a pool nor a client. `PrismaPg` and `PrismaPlanetScale` take either.',
  since: '6.6.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/6.6.0',
  fixable: 'never',
  stage: 'bump',

  format: 'javascript',
  restsOn: 'dependency',
  mentions: ['@prisma/adapter-'],
  *find(file, project) {
    if (!project.inScope) return
    for (const call of file.module.calls) {
      const callee = unwrap(call.callee as Node)
      if (call.type !== 'NewExpression' || callee.type !== 'Identifier' || !Object.hasOwn(ADAPTERS, callee.name))
        continue
      const [first] = argumentsOf(call)
      if (!first || isObject(unwrap(first)) || !isAdapter(file, callee)) continue
      yield {
        at: call,
        message: `an adapter is made from settings: \`${ADAPTERS[callee.name]}\``,
        evidence: {
          certainty: 'proven',
          steps: [{ what: 'it is imported from an adapter of Prisma', at: file.module.locate(call.start) }],
        },
      }
    }
  },
})

function isAdapter(file: JavaScriptFile, callee: Node & { type: 'Identifier' }): boolean {
  const declaration = file.module.binding(callee)?.declarations[0]
  const init = declaration?.type === 'VariableDeclarator' ? declaration.init : undefined
  return file.module.mentions.some(
    ({ specifier, node }) =>
      specifier.startsWith('@prisma/adapter-') &&
      declaration !== undefined &&
      (parentOf(declaration) === node || init === node),
  )
}
