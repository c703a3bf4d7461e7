import { type Evidence, type JavaScriptFile, type Node, unwrap } from '#kit'
import { isObject, type ObjectNode } from '../client/literals.ts'

/** The settings of Prisma's command line: `prisma.config.ts`, and `.config/prisma.ts`. */
export function isConfig(path: string): boolean {
  return /(?:^|\/)(?:prisma\.config|\.config\/prisma)\.[cm]?[jt]s$/.test(path)
}

/** What such a file exports: an object, given to `defineConfig` or declared as one. */
export function configsOf(file: JavaScriptFile): { readonly object: ObjectNode; readonly evidence: Evidence }[] {
  if (!isConfig(file.path)) return []
  const exported = file.origins.exported(file.module, 'default')
  const objects = exported.flatMap((v) => (v.is === 'object' && v.module === file.module ? [v.node] : []))
  const given = file.module.calls.flatMap((call) => {
    const callee = call.callee as Node
    const [first] = call.arguments as Node[]
    return callee.type === 'Identifier' && callee.name === 'defineConfig' && first ? [unwrap(first)] : []
  })
  const evidence: Evidence = { certainty: 'proven', steps: [{ what: `the settings in ${file.path}` }] }
  return [...new Set([...objects, ...given])].filter(isObject).map((object) => ({ object, evidence }))
}
