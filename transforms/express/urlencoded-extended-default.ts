import { defineChange, fix, insertBefore, keyName, type Node, replace } from '#kit'
import { Urlencoded } from './provider.ts'

export default defineChange({
  title: '`express.urlencoded()` reads nested fields as flat ones by default',
  why: 'The default of `extended` went from true to false: a form field `user[name]` gives `{ "user[name]": … }` instead of `{ user: { name: … } }`. Nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#express.urlencoded',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['urlencoded'],
  names: ['urlencoded'],
  *find(file) {
    for (const use of file.callsOf(Urlencoded)) {
      const [options] = use.arguments
      const draft = {
        at: use.call.callee as Node,
        message: 'say `extended: true` to keep nested form fields',
        evidence: use,
      }
      const title = 'Say `extended: true`'
      if (!options) {
        const close = use.call.end - 1
        yield { ...draft, fix: fix('safe', title, replace({ start: close, end: close }, '{ extended: true }')) }
      } else if (
        options.type === 'ObjectExpression' &&
        options.properties.every((property) => property.type !== 'SpreadElement')
      ) {
        if (hasExtended(options)) continue
        const first = options.properties[0] as Node | undefined
        const separator = first ? (/[\r\n]+[ \t]*$/.exec(file.text.slice(options.start, first.start))?.[0] ?? ' ') : ''
        yield {
          ...draft,
          fix: fix(
            'safe',
            title,
            first ? insertBefore(first, `extended: true,${separator}`) : replace(options, '{ extended: true }'),
          ),
        }
      } else if (options.type === 'ObjectExpression')
        yield { ...draft, message: 'say `extended: true`, unless the spread object says `extended` already' }
      else yield* inAnObject(options, draft)
    }

    /** Options under a name: fine when the object that it names says `extended`. */
    function* inAnObject<D extends { message: string }>(options: Node, draft: D) {
      const { alternatives } = file.known(options)
      const says = alternatives.map((v) => v.is === 'object' && hasExtended(v.node))
      if (says.length === 0 || !says.every(Boolean))
        yield { ...draft, message: 'the options come from elsewhere; make sure that they say `extended: true`' }
    }
  },
})

function hasExtended(node: Node): boolean {
  return (
    node.type === 'ObjectExpression' &&
    node.properties.some((property) => property.type !== 'SpreadElement' && keyName(property) === 'extended')
  )
}
