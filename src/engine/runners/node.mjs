// A reporter for node:test: says nothing, and writes every result down.
import lines from './lines.cjs'

/** A file that fails is a test of its own, called by its path. */
function isFile({ name, nesting, file }) {
  return (
    nesting === 0 &&
    file !== undefined &&
    (name === file || file.replaceAll('\\', '/').endsWith(`/${name.replaceAll('\\', '/')}`))
  )
}

/** The error of the test, not the one that node:test wraps it in; of a suite only what is its own. */
function causeOf({ error }) {
  const cause = error?.cause
  return cause !== null && typeof cause === 'object' ? cause : error
}

/** The error that ended a process, as Node prints it: the line `Error: …` and the stack behind it. */
function fromOutput(text = '') {
  const [message, ...stack] = text
    .slice(Math.max(0, text.search(/^(?:\w*Error\b.*|\w+: .*)\n(?:.*\n)*?\s+at /m)))
    .split('\n')
  return message && { message, stack: stack.join('\n') }
}

/** What a file printed on standard error; the end of it says why it could not be run. */
const KEPT = 4_000

export default async function* report(source) {
  const printed = new Map()
  /** The names of the tests around, and which of them contain others. */
  const names = []
  const parents = []
  for await (const { type, data } of source) {
    if (type === 'test:start') {
      names[data.nesting] = data.name
      names.length = data.nesting + 1
      parents[data.nesting] = false
      if (data.nesting > 0) parents[data.nesting - 1] = true
    }
    if (type === 'test:stderr' && data.file)
      printed.set(data.file, ((printed.get(data.file) ?? '') + data.message).slice(-KEPT))
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const failed = type === 'test:fail' && data.todo === undefined
    const derived = data.details?.error?.failureType === 'subtestsFailed'
    if ((data.details?.type === 'suite' || parents[data.nesting]) && (!failed || derived)) continue
    lines.write(
      {
        runner: 'node:test',
        name: isFile(data) ? [] : [...names.slice(0, data.nesting), data.name],
        file: data.file,
        outcome: data.skip !== undefined || data.todo !== undefined ? 'skipped' : failed ? 'failed' : 'passed',
        milliseconds: data.details?.duration_ms,
      },
      failed ? (isFile(data) && fromOutput(printed.get(data.file))) || causeOf(data.details) : undefined,
    )
  }
  // a reporter is a generator; this one has nothing to print
  yield ''
}
