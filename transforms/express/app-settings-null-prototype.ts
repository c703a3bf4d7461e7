import { defineChange, parentOf } from '#kit'
import { INHERITED, isConverted, ownProperty } from './handlers/null-prototype.ts'
import { App, Registry } from './provider.ts'

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
