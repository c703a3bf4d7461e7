import { children, type Difference, defineChange, type Node } from '#kit'
import { isOfBody } from './text/symptoms.ts'

const OLD = /<p>[\w ]*\.? ?Redirecting to/

export default defineChange({
  title: 'The page that `res.redirect()` answers with is a whole document',
  why: 'Since 5.3.0 a browser gets `<!DOCTYPE html><head><title>Found</title>…` instead of `<p>Found. Redirecting to …</p>`. Snapshots and comparisons of the text fail.',
  since: '5.3.0',
  breakage: 'silent',
  source: 'https://github.com/expressjs/express/releases/tag/v5.3.0',
  fixable: 'never',
  symptom: isOldPage,
  sideEffect: isOfBody,

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

/** The old page, also as it was before 4.20, with a link in it. */
const PAGE = /<p>([^<>]*)\. Redirecting to (?:<a href=[^>]*>)?([^<>]*)(?:<\/a>)?<\/p>/

function isOldPage({ expected, actual }: Difference): boolean {
  const [page, status, url] = PAGE.exec(expected) ?? []
  if (page === undefined) return false
  const now = `<p>${status}. Redirecting to ${url}</p>`
  return (
    actual === expected.replace(page, () => `<!DOCTYPE html><head><title>${status}</title></head><body>${now}</body>`)
  )
}

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
