import { argumentsOf, type CallNode, type Evidence, type JavaScriptFile, type Node, unwrap } from '#kit'
import { importedBy } from '../types/namespace.ts'

/** `new Name(…)` of a class that a package exports. */
export interface Made {
  /** The exported name, whatever the file calls it. */
  readonly name: string
  readonly call: CallNode
  readonly arguments: readonly Node[]
  readonly evidence: Evidence
}

/** Everything that is made, or called, of what packages export, in the order of the text. */
export function* madeOf(file: JavaScriptFile, packages: RegExp): Generator<Made> {
  const imported = file.module.mentions.flatMap(({ specifier, node }) =>
    packages.test(specifier)
      ? importedBy(node).flatMap(({ name, local }) => {
          const binding = file.module.binding(local)
          return binding ? [{ name, specifier, binding, at: node }] : []
        })
      : [],
  )
  if (imported.length === 0) return
  for (const call of file.module.calls) {
    const callee = unwrap(call.callee as Node)
    const binding = callee.type === 'Identifier' ? file.module.binding(callee) : undefined
    const found = binding && imported.find((one) => one.binding === binding)
    if (!found) continue
    const what = `\`${found.name}\` is imported from '${found.specifier}'`
    const evidence: Evidence = { certainty: 'proven', steps: [{ what, at: file.module.locate(found.at.start) }] }
    yield { name: found.name, call, arguments: argumentsOf(call), evidence }
  }
}
