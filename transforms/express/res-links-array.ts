import { defineChange, type JavaScriptFile, type Node } from '#kit'
import { Response } from './provider.ts'

export default defineChange({
  title: 'A list given to `res.links()` became several links',
  why: 'Express 4 put a list into one link, with commas: `<a,b>; rel="next"`. Since 5.1.0 each element is a link of its own. Clients see other links.',
  since: '5.1.0',
  breakage: 'silent',
  source: 'https://github.com/expressjs/express/releases/tag/v5.1.0',
  fixable: 'never',

  format: 'javascript',
  mentions: [/\blinks\b/],
  *find(file) {
    for (const use of file.calls([Response], 'links'))
      for (const value of use.arguments.slice(0, 1).flatMap((links) => lists(file, links)))
        yield { at: value, message: 'each element of this list becomes a link of its own', evidence: use }
  },
})

/** The values of an object that are lists. */
function lists(file: JavaScriptFile, links: Node): Node[] {
  return file.known(links).alternatives.flatMap((v) => {
    if (v.is !== 'object' || v.module !== file.module || v.node.type !== 'ObjectExpression') return []
    return v.node.properties.flatMap((property) => {
      if (property.type !== 'ObjectProperty') return []
      const { alternatives } = file.known(property.value)
      return alternatives.length > 0 && alternatives.every((one) => one.is === 'array') ? [property.value as Node] : []
    })
  })
}
