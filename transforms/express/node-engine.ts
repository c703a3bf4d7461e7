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
    if (!project.inScope || !file.path.endsWith('package.json') || !project.depends('express')) return
    const node = file.at('engines', 'node')
    if (typeof node?.value !== 'string' || !allowsBelow(node.value, '18.0.0')) return
    const draft = {
      at: node,
      message: 'Express 5 needs Node 18 or newer',
      evidence: { certainty: 'proven' as const, steps: [{ what: `\`engines.node\` of ${file.path}` }] },
    }
    // an open end is raised; anything else was chosen for a reason
    if (/^\s*(?:>=?\s*v?\d[\d.x*]*|\*|)\s*$/.test(node.value))
      yield { ...draft, fix: fix('safe', 'Raise to `>=18`', replace(node.inner, '>=18')) }
    else yield draft
  },
})
