/** What a program changes of an object of the provider, as far as the patch is written out. */
import { type JavaScriptFile, keyName, literalText, type Node, parentOf, unwrap } from '#kit'
import { pathOfPointer } from '../map/execute.ts'
import type { PatchFacts, PaymentMap } from '../map/types.ts'
import { fieldsOf, requestRows } from './bodies.ts'
import { refusal } from './refusals.ts'

/** Something that is changed and cannot be in the new version, or that is not seen. */
export interface PatchProblem {
  readonly node: Node
  readonly message: string
}

/** Why a patch is not shown to be one that the new version takes; nothing where all of it is. */
export function patchProblems(
  file: JavaScriptFile,
  map: PaymentMap,
  { of, pointers }: PatchFacts,
  body: Node | undefined,
  call: Node,
): readonly PatchProblem[] {
  const known = Object.keys(pointers)
    .map((one) => `\`${one}\``)
    .join(', ')
  const list = body && listOf(file, body)
  if (!list) return [{ node: body ?? call, message: `what it changes is not seen here; ${map.to.id} takes ${known}` }]
  const rows = requestRows(map, map.operations[of]?.request)
  return list.elements.flatMap((element): PatchProblem[] => {
    const step = element ? unwrap(element as Node) : undefined
    if (step?.type !== 'ObjectExpression')
      return [
        {
          node: (element as Node | null) ?? list,
          message: `what it changes is not seen here; ${map.to.id} takes ${known}`,
        },
      ]
    const entry = (name: string) => {
      const found = step.properties.find((one) => one.type === 'ObjectProperty' && keyName(one) === name)
      return found?.type === 'ObjectProperty' ? (found.value as Node) : undefined
    }
    const [op, path, value] = [entry('op'), entry('path'), entry('value')]
    const pointer = path && file.known(path).value
    const verb = op && file.known(op).value
    if (typeof pointer !== 'string' || typeof verb !== 'string')
      return [{ node: step, message: `what it changes is computed; ${map.to.id} takes ${known}` }]
    if (!Object.hasOwn(pointers, pointer) || !['add', 'replace', 'remove'].includes(verb))
      return [{ node: step, message: `\`${verb} ${pointer}\` cannot be done in ${map.to.id}, which takes ${known}` }]
    if (verb === 'remove') return []
    const base = pathOfPointer(pointer).replace(/\[\d+\]/g, '[]')
    const { fields } = value ? fieldsOf(file, value) : { fields: [] }
    return fields.flatMap(({ path: inner, node, value: given }): PatchProblem[] => {
      const own = `${base}.${inner}`
      const why = rows
        .filter((row) => row.path === own)
        .map(({ row }) => refusal(map, row, literalText(unwrap(given))))
        .find(Boolean)
      return why ? [{ node, message: `\`${own}\` ${why}` }] : []
    })
  })
}

type ListNode = Extract<Node, { type: 'ArrayExpression' }>

/** A list that is written out, here or as a constant that nothing is done with but to hand it on. */
function listOf(file: JavaScriptFile, node: Node): ListNode | undefined {
  const inner = unwrap(node)
  if (inner.type === 'ArrayExpression') return inner as ListNode
  if (inner.type !== 'Identifier') return undefined
  const binding = file.module.binding(inner)
  const declaration = binding?.kind === 'const' ? binding.declarations[0] : undefined
  if (!binding || declaration?.type !== 'VariableDeclarator' || !declaration.init) return undefined
  const isHandedOn = file.module.references(binding).every((one) => {
    const parent = parentOf(one)
    return parent?.type === 'CallExpression' || parent === declaration || parent?.type === 'ObjectProperty'
  })
  const list = unwrap(declaration.init as Node)
  return isHandedOn && list.type === 'ArrayExpression' ? (list as ListNode) : undefined
}
