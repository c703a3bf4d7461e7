import { children, defineChange, type Node } from '#kit'

const OLD = /<p>[\w ]*\.? ?Redirecting to/

export default defineChange({
  title: 'The page that `res.redirect()` answers with is a whole document',
  why: 'Since 5.3.0 a browser gets `<!DOCTYPE html><head><title>Found</title>…` instead of `<p>Found. Redirecting to …</p>`. Snapshots and comparisons of the text fail.',
  since: '5.3.0',
  breakage: 'silent',
  source: 'https://github.com/expressjs/express/releases/tag/v5.3.0',
  fixable: 'never',

  format: 'javascript',
  restsOn: 'dependency',
  mentions: ['Redirecting to'],
  *find(file) {
    for (const node of texts(file.module.program))
      yield {
        at: node,
        message: 'this is the page of Express 4; compare the status and the Location header instead',
        evidence: {
          certainty: 'inferred',
          steps: [
            {
              what: 'it has the text that `res.redirect` of Express 4 answers with',
              at: file.module.locate(node.start),
            },
          ],
        },
      }
  },
})

/** The literals with the old page in them. */
function texts(root: Node): Node[] {
  const found: Node[] = []
  const waiting = [root]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (OLD.test(textOf(node))) found.push(node)
    else waiting.push(...children(node))
  }
  return found.sort((a, b) => a.start - b.start)
}

function textOf(node: Node): string {
  if (node.type === 'StringLiteral') return node.value
  if (node.type === 'TemplateLiteral') return node.quasis.map(({ value }) => value.raw).join('x')
  return node.type === 'RegExpLiteral' ? node.pattern.replaceAll('\\', '') : ''
}
