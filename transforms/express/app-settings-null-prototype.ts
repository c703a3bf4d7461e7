import { defineChange, fix, isCall, type JavaScriptFile, type MemberUse, type Node, parentOf, replace } from '#kit'
import { hasComment } from './handlers/layout.ts'
import { App, Registry } from './provider.ts'

const INHERITED = [
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toString',
  'toLocaleString',
  'valueOf',
  'constructor',
]

export default defineChange({
  title: '`app.settings`, `app.engines` and `app.cache` have no prototype',
  why: 'The objects are made by `Object.create(null)`, so they inherit no methods: `app.settings.hasOwnProperty(name)` throws "is not a function" when it is reached, and so does putting one into a string.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://github.com/expressjs/express/blob/5.x/lib/application.js',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\b(?:settings|engines|cache)\b/],
  *find(file) {
    for (const use of file.members([Registry], ...INHERITED)) {
      const parent = parentOf(use.node)
      if (parent?.type === 'AssignmentExpression' && parent.left === use.node) continue
      yield {
        at: use.property,
        message: `the object has no prototype, so it has no \`${use.name}\``,
        evidence: use,
        fix: ownProperty(file, use),
      }
    }
    for (const use of file.members([App], 'settings', 'engines', 'cache'))
      if (isConverted(file, use.node))
        yield { at: use.property, message: 'an object without a prototype cannot be made into a string', evidence: use }
  },
})

/** True where an object is made into a string. */
function isConverted(file: JavaScriptFile, node: Node): boolean {
  const parent = parentOf(node)
  if (parent?.type === 'TemplateLiteral') return parentOf(parent)?.type !== 'TaggedTemplateExpression'
  if (parent?.type === 'BinaryExpression') return parent.operator === '+'
  const callee = isCall(parent, false) ? parent.callee : undefined
  return callee?.type === 'Identifier' && callee.name === 'String' && !file.module.binding(callee)
}

/** `x.hasOwnProperty(k)` → `Object.hasOwn(x, k)`; in TypeScript a form that every `lib` knows. */
function ownProperty(file: JavaScriptFile, use: MemberUse) {
  const [key, another] = use.arguments
  const isPlain = use.call?.type === 'CallExpression' && use.node.type === 'MemberExpression'
  if (use.name !== 'hasOwnProperty' || !isPlain || !key || another || key.type === 'SpreadElement') return undefined
  if (file.module.scopes.lookup('Object', use.node)) return undefined
  const test = file.isTypeScript ? 'Object.prototype.hasOwnProperty.call' : 'Object.hasOwn'
  const object = use.node.object as Node
  if (hasComment(file, { start: object.end, end: key.start })) return undefined
  return fix(
    'safe',
    `Ask \`${test}\``,
    replace({ start: use.call!.start, end: object.start }, `${test}(`),
    replace({ start: object.end, end: key.start }, ', '),
  )
}
