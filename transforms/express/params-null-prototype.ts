import { defineChange } from '#kit'
import { INHERITED, isComparedWithPrototype, isConverted, ownProperty } from './handlers/null-prototype.ts'
import { Params, Request } from './provider.ts'

export default defineChange({
  title: '`req.params` has no prototype',
  why: 'It is made by `Object.create(null)` when the path is a text, so it inherits no methods: `req.params.hasOwnProperty(name)` throws "is not a function" when the route is reached, and so does putting it into a string.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqparams',
  fixable: 'sometimes',
  symptom: ({ expected, actual }) =>
    actual !== expected && actual.replaceAll('[Object: null prototype] ', '') === expected,

  format: 'javascript',
  mentions: [/\bparams\b/],
  *find(file) {
    for (const use of file.members([Params], ...INHERITED))
      yield {
        at: use.property,
        message: `\`req.params\` has no prototype, so it has no \`${use.name}\``,
        evidence: use,
        fix: ownProperty(file, use),
      }
    for (const use of file.members([Request], 'params'))
      if (isConverted(file, use.node))
        yield { at: use.property, message: 'an object without a prototype cannot be made into a string', evidence: use }
      else if (isComparedWithPrototype(use.node))
        yield { at: use.property, message: 'the comparison looks at the prototype, which is gone', evidence: use }
  },
})
