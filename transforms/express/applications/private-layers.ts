import { type FunctionPlace, type JavaScriptFile, type JavaScriptModule, type Node, parentOf } from '#kit'
import { Layer } from '../provider.ts'

/** Members of a layer that Express 5 does not have; the first group under names that nothing else has. */
export const LOST_UNIQUE = ['fast_slash', 'fast_star', 'handle_request', 'handle_error']
export const LOST_COMMON = ['regexp', 'keys', 'path', 'params']

/** Names of layers that Express 5 does not have, and the one that routes had. */
const LAYER_NAMES = /(['"`])(?:bound dispatch|expressInit)\1/

/**
 * What a file does with layers that only Express 4 has, in words; undefined if nothing is seen. `places` are functions in
 * other files that the stack is handed to.
 */
export function privateReads(file: JavaScriptFile, places: readonly FunctionPlace[]): string | undefined {
  const modules = new Set<JavaScriptModule>([file.module, ...places.map(({ module }) => module)])
  for (const module of modules) {
    const name = LAYER_NAMES.exec(module.text)?.[0]
    if (name) return `no layer is called ${name} any more`
    for (const lost of [...LOST_UNIQUE, 'regexp'])
      if (module.membersNamed(lost).length > 0) return `a layer has no \`${lost}\` any more`
    for (const lost of LOST_COMMON)
      if (module.membersNamed(lost).some((member) => file.evidence(member.object as Node, [Layer], module)))
        return `a layer has no \`${lost}\` any more`
  }
  return undefined
}

/** True where the value of a member is replaced: `app.x = …`, `delete app.x`. */
export function isReplaced(node: Node): boolean {
  const parent = parentOf(node)
  return (
    (parent?.type === 'AssignmentExpression' && parent.left === node) ||
    (parent?.type === 'UnaryExpression' && parent.operator === 'delete')
  )
}
