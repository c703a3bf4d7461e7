import { allowsBelow, defineChange, fix, replace } from '#kit'

export default defineChange({
  title: 'Express 5 needs Node 18',
  why: 'The `engines` field promises that older versions of Node work, and with Express 5 they do not: the first `require` throws there.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#installing-express-5',
  fixable: 'sometimes',

  format: 'json',
  mentions: ['"engines"'],
  *find(file, project) {
    if (!project.inScope || !/(?:^|\/)package\.json$/.test(file.path) || !project.depends('express')) return
    const node = file.at('engines', 'node')
    if (typeof node?.value !== 'string' || !allowsBelow(node.value, '18.0.0')) return
    const draft = {
      at: node,
      message: 'with Express 5 this needs to be Node 18 or newer',
      evidence: { certainty: 'proven' as const, steps: [{ what: `\`engines.node\` of ${file.path}` }] },
    }
    const open = /^(\s*>=?\s*v?)\d+(\.[\dx*]+)?(\.[\dx*]+)?\s*$/.exec(node.value.replace(/^\*?$/, '>=0'))
    if (!open) {
      yield { ...draft, notes: ['this range was chosen for certain versions; say which ones are left'] }
      return
    }
    const [, operator, minor, patch] = open
    const raised = `${operator!.replace(/>(?!=)/, '>=')}18${minor ? '.0' : ''}${patch ? '.0' : ''}`
    yield { ...draft, fix: fix('safe', `Raise to \`${raised}\``, replace(node.inner, raised)) }
  },
})
