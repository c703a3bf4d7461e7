import {
  type Draft,
  defineChange,
  fix,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  replace,
  unwrap,
} from '#kit'
import { asBuffer, BY_HAND, bytes, nodesOf, valueAsBuffer } from './bytes/rewrite.ts'
import { ANY_BYTES } from './client/rows.ts'

/** Functions that make a text of what they are given, and read it. */
const READERS =
  /\b(?:String|Number|parseInt|parseFloat|encodeURI(?:Component)?|decodeURI(?:Component)?|btoa|atob|parse)\s*\(/

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
  mentions: ['toString', 'toLocaleString', /\$\{/, '+', '==', '!=', READERS],
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
      // an object is a text there, whatever stands on the other side
      yield node.left as Node
      yield node.right as Node
    } else if (node.type === 'AssignmentExpression' && node.operator === '+=') yield node.right as Node
    else if (node.type === 'BinaryExpression' && /^[!=]=$/.test(node.operator)) {
      const [left, right] = [node.left as Node, node.right as Node]
      if (isText(file, right)) yield left
      if (isText(file, left)) yield right
    } else if (node.type === 'CallExpression' && isReader(file, node.callee as Node) && node.arguments.length > 0)
      yield node.arguments[0] as Node
  }
}

/** `String`, `parseInt` and the like, and `JSON.parse`; not what the file has under such a name. */
function isReader(file: JavaScriptFile, callee: Node): boolean {
  if (isMember(callee)) return isGlobal(file, callee.object as Node, /^JSON$/) && memberName(callee) === 'parse'
  return isGlobal(file, callee, /^(?:String|Number|parse(?:Int|Float)|(?:en|de)codeURI(?:Component)?|btoa|atob)$/)
}

function isGlobal(file: JavaScriptFile, node: Node, names: RegExp): boolean {
  return node.type === 'Identifier' && names.test(node.name) && !file.module.binding(node)
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
