import {
  type Draft,
  defineChange,
  fix,
  isMember,
  type JavaScriptFile,
  type MemberCall,
  memberName,
  type Node,
  parentOf,
  replace,
} from '#kit'
import { asBuffer, BY_HAND } from './bytes/rewrite.ts'
import { ANY_BYTES } from './client/rows.ts'

const CHANGES = /^(?:fill|set|reverse|sort|copyWithin|write\w*|swap\d+)$/

export default defineChange({
  title: 'Methods that Buffer and Uint8Array share are others on a Bytes field',
  why: '`slice()` of a Uint8Array is a copy, where that of a Buffer was a view on the same bytes. `indexOf`, `includes` and `lastIndexOf` find no text, `fill` writes none. Nothing is said about it.',
  since: '6.0.0',
  breakage: 'silent',
  source: 'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#usage-of-buffer',
  guideSays: 'It speaks of the type, and not of what goes on without an error.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['slice', 'ndexOf', 'includes', 'fill'],
  *find(file) {
    for (const use of file.calls(ANY_BYTES, 'slice', 'indexOf', 'lastIndexOf', 'includes', 'fill')) {
      const draft = use.name === 'slice' ? slice(file, use) : text(file, use)
      if (draft) yield draft
    }
  },
})

/** A view that is written through is a view again; of one that is only read, nobody sees the difference. */
function slice(file: JavaScriptFile, use: MemberCall): Draft | undefined {
  const holder = parentOf(use.call)
  const id = holder?.type === 'VariableDeclarator' && holder.id.type === 'Identifier' ? holder.id : undefined
  const binding = id && file.module.binding(id)
  if (!binding || !file.module.references(binding).some(isWritten)) return undefined
  return {
    at: use.property,
    message: 'what is written here does not reach the value any more: `slice()` copies now',
    evidence: use,
    fix: fix('safe', 'Take a view: `subarray()`', replace(use.property, 'subarray')),
  }
}

function isWritten(reference: Node): boolean {
  const member = parentOf(reference)
  if (!isMember(member) || member.object !== reference) return false
  const parent = parentOf(member)
  if (parent?.type === 'AssignmentExpression') return parent.left === member
  if (parent?.type === 'UpdateExpression') return true
  return parent?.type === 'CallExpression' && parent.callee === member && CHANGES.test(memberName(member) ?? '')
}

function text(file: JavaScriptFile, use: MemberCall): Draft | undefined {
  const [first] = use.arguments
  if (!first || file.known(first as Node).type !== 'string') return undefined
  const edits = use.name === 'fill' ? undefined : asBuffer(file, use)
  return {
    at: use.property,
    message: `\`${use.name}()\` of a Uint8Array knows numbers only`,
    evidence: use,
    ...(edits
      ? { fix: fix('safe', 'Make it a Buffer', ...edits) }
      : { notes: [use.name === 'fill' ? 'fill it with `Buffer.from(text)` byte by byte, or fill a Buffer' : BY_HAND] }),
  }
}
