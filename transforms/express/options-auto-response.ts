import { type Difference, defineChange } from '#kit'
import { isCompared, literalsOf, statementText, textEvidence } from './text/literals.ts'
import { isOfBody } from './text/symptoms.ts'

/** `GET,HEAD,POST`, as Express 4 wrote it; also inside an expression, where commas are commas. */
const OLD_LIST = /(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)(?:,(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS))+/
/** The header `Allow`, not `Access-Control-Allow-Methods`. */
const ALLOW = /(?<![\w-])[Aa]llow(?![\w-])/
const SPLIT =
  /(?:headers?\.allow|\[\s*['"`][Aa]llow['"`]\s*\]|get\(\s*['"`][Aa]llow['"`]\s*\))!?\??\.split\(\s*['"`],['"`]\s*\)/g

/** `text/plain` instead of `text/html`, no ETag, and `X-Content-Type-Options`. */
function isNewHeader({ expected, actual }: Difference): boolean {
  return (
    (/content-type/i.test(expected) && actual === expected.replace('text/html', 'text/plain')) ||
    (expected === '' && /^\W*x-content-type-options\W+nosniff\W*$/i.test(actual)) ||
    (actual === '' && /^\W*etag\W+W\/[^:]*$/i.test(expected))
  )
}

export default defineChange({
  title: 'The answer to OPTIONS that Express gives by itself is written in another way',
  why: 'Express 4 answered `Allow: GET,HEAD,POST` in the order of the routes, with the same text as `text/html` and an ETag. Express 5 sorts the methods, puts a space behind each comma (`Allow: GET, HEAD, POST`), and sends `text/plain` with `X-Content-Type-Options: nosniff` and no ETag.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/pillarjs/router/blob/master/index.js',
  fixable: 'never',
  symptom: ({ expected, actual }) =>
    OLD_LIST.test(expected) && actual === expected.replace(OLD_LIST, (list) => list.split(',').sort().join(', ')),
  sideEffect: (difference) => isOfBody(difference) || isNewHeader(difference),

  format: 'javascript',
  restsOn: 'dependency',
  mentions: [OLD_LIST, /[Aa]llow['"`\s\])!?]*\.\s*split\b/],
  *find(file) {
    for (const literal of literalsOf(file))
      if (OLD_LIST.test(literal.text) && isCompared(literal.node) && ALLOW.test(statementText(file, literal.node)))
        yield {
          at: literal.node,
          message: 'the methods are sorted now, with a space behind each comma',
          evidence: textEvidence(file, literal),
        }
    for (const { index, 0: text } of file.text.matchAll(SPLIT)) {
      const at = { start: index, end: index + text.length }
      const comments = file.module.comments as unknown as readonly { start: number; end: number }[]
      if (comments.some((comment) => comment.start <= index && index < comment.end)) continue
      yield {
        at,
        message: 'the parts start with a space now: split at `/,\\s*/`',
        evidence: {
          certainty: 'inferred',
          steps: [{ what: 'the header `Allow` is taken apart at its commas', at: file.module.locate(index) }],
        },
      }
    }
  },
})
