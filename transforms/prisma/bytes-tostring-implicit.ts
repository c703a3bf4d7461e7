import { type Draft, defineChange, fix, type JavaScriptFile, type Node, replace, unwrap } from '#kit'
import { asBuffer, BY_HAND, bytes, nodesOf, valueAsBuffer } from './bytes/rewrite.ts'
import { ANY_BYTES } from './client/rows.ts'

export default defineChange({
  title: 'A Bytes field is no text any more where it is made one',
  why: 'A Buffer turns into the text it holds, a Uint8Array into numbers with commas: `value.toString()`, `String(value)`, a template and `value + ""` give `"104,101,…"`. Neither TypeScript nor the program says anything.',
  since: '6.0.0',
  breakage: 'silent',
  source: 'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#usage-of-buffer',
  guideSays:
    '`Buffer.from(value.buffer)`, as the guide has it, gives the whole piece of memory that the value shares with others.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['toString', 'toLocaleString', 'String(', /\$\{/, '+'],
  *find(file) {
    for (const use of file.calls(ANY_BYTES, 'toString', 'toLocaleString')) {
      if (use.arguments.length > 0) continue
      const edits = asBuffer(file, use)
      yield {
        at: use.property,
        message: MESSAGE,
        evidence: use,
        ...(edits
          ? {
              fix: fix(
                'safe',
                'Make it a Buffer',
                ...edits,
                ...(use.name === 'toString' ? [] : [replace(use.property, 'toString')]),
              ),
            }
          : { notes: [BY_HAND] }),
      }
    }
    for (const text of texts(file)) yield* drafts(file, text)
  },
})

const MESSAGE = 'a Uint8Array turns into numbers: make it a Buffer first'

/** Every expression that is made a text without a word. */
function* texts(file: JavaScriptFile): Generator<Node> {
  for (const node of nodesOf(file)) {
    if (node.type === 'TemplateLiteral' && node.parent?.type !== 'TaggedTemplateExpression')
      yield* node.expressions as Node[]
    else if (node.type === 'BinaryExpression' && node.operator === '+') {
      const [left, right] = [node.left as Node, node.right as Node]
      if (isText(file, right)) yield left
      if (isText(file, left)) yield right
    } else if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'String') {
      if (!file.module.binding(node.callee) && node.arguments.length === 1) yield node.arguments[0] as Node
    }
  }
}

function isText(file: JavaScriptFile, node: Node): boolean {
  const inner = unwrap(node)
  return inner.type === 'StringLiteral' || inner.type === 'TemplateLiteral' || file.known(inner).type === 'string'
}

function* drafts(file: JavaScriptFile, expression: Node): Generator<Draft> {
  const inner = unwrap(expression)
  if (inner.type !== 'Identifier' && !/Member|Call|Await/.test(inner.type)) return
  const evidence = bytes(file, inner)
  if (!evidence) return
  const edits = valueAsBuffer(file, inner, evidence.kind)
  yield {
    at: inner,
    message: MESSAGE,
    evidence,
    // what may be null is text in 4 and 5 as well ("null"), and an error from Buffer.from()
    ...(edits ? { fix: fix('review', 'Make it a Buffer', ...edits) } : { notes: [BY_HAND] }),
  }
}
