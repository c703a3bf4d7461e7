import {
  argumentsOf,
  defineChange,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'

export default defineChange({
  title: 'Errors that nobody handles are logged with all their properties',
  why: 'The default handler printed `err.stack`; since 5.3.0 it prints the error itself, with `cause` and every property that was put on it. What hangs on errors (the request of an HTTP client, a query with its values, a token) gets into the log, and programs that parse the log see another layout.',
  since: '5.3.0',
  breakage: 'silent',
  source: 'https://github.com/expressjs/express/releases/tag/v5.3.0',
  fixable: 'never',
  byHand:
    'Do errors carry anything that must not be logged (requests with headers, connection strings)? Without an error handler of your own, Express prints them whole. Does anything parse what it printed?',

  format: 'javascript',
  restsOn: 'dependency',
  mentions: [/console\s*\.\s*error\s*=[^=]/, /\(\s*console\s*,\s*['"`]error['"`]/],
  mentionsWithoutUses: [/console\s*\.\s*error\s*=[^=]/, /\(\s*console\s*,\s*['"`]error['"`]/],
  *find(file) {
    if (!SERVES.test(file.text)) return
    for (const node of replacements(file))
      yield {
        at: node,
        message: 'an error that nobody handles comes here as an object now, and not as the text of its stack',
        evidence: {
          certainty: 'inferred',
          steps: [{ what: '`console.error` is replaced where Express is used', at: file.module.locate(node.start) }],
        },
      }
  },
})

/** A file that speaks of a server: it makes one, or asks one in a test. */
const SERVES = /\b(?:express|supertest|chai-http|superagent)\b/

/** `console.error = …`, and what test frameworks do instead: `jest.spyOn(console, 'error')`. */
function* replacements(file: JavaScriptFile): Iterable<Node> {
  for (const member of file.module.membersNamed('error')) {
    const parent = parentOf(member)
    const isConsole = member.object.type === 'Identifier' && member.object.name === 'console'
    if (
      isConsole &&
      parent?.type === 'AssignmentExpression' &&
      parent.left === member &&
      !isPutBack(parent.right as Node)
    )
      yield member
  }
  for (const call of file.module.calls) {
    const [object, method] = argumentsOf(call)
    const callee = unwrap(call.callee as Node)
    const isSpy = isMember(callee) && /^(?:spyOn|stub|spy|mock|method|replace)$/.test(memberName(callee) ?? '')
    if (isSpy && object?.type === 'Identifier' && object.name === 'console' && literalText(method) === 'error')
      yield call
  }
}

/** True for a name: most likely what stood there before. */
function isPutBack(value: Node): boolean {
  return value.type === 'Identifier' || isMember(value)
}
