import { defineChange, fix, type JavaScriptFile, type Node, replace } from '#kit'
import { Response } from './provider.ts'
import { REORDERING_NOTES, reordering } from './responses/evaluation.ts'
import { isConstantName, isValidStatus, type Status, statusOf } from './responses/status.ts'

export default defineChange({
  title: '`res.redirect(url, status)` was removed',
  why: 'The status comes first now. With the old order Express 5 takes the address for the status and answers 500 when the line runs.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#resredirecturl-status',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bredirect\b['"`\])]*\s*(?:\?\.|[(</])/],
  names: ['redirect'],
  *find(file) {
    for (const use of file.calls([Response], 'redirect')) {
      const [first, second] = use.arguments
      if (!first || !second || use.arguments.length !== 2) continue
      const a = statusOf(file, first)
      const b = statusOf(file, second)
      // Express 4 asked whether the first one is a number; an address in second place has always needed that
      if (use.arguments.some((argument) => argument.type === 'SpreadElement'))
        file.undecided(use, 'how many arguments it gets is not known; the status comes first now')
      else if (b.is !== 'number' && isStatusAtTimes(file, first))
        file.undecided(use, 'the first one is a number in some runs, so the status comes first already')
      else if (a.is !== 'number' && b.is !== 'other')
        yield {
          at: use.property,
          message: 'the status comes first, then the address',
          evidence: use,
          ...rewrite(file, first, second, a, b),
        }
    }
  },
})

/** `req.statusCode || 302`: a number, or something unknown that stands for one. */
function isStatusAtTimes(file: JavaScriptFile, argument: Node): boolean {
  const { alternatives } = file.known(argument)
  const numbers = alternatives.filter((v) => v.is === 'primitive' && v.type === 'number')
  return numbers.length > 0 && alternatives.every((v) => v.is === 'unknown' || numbers.includes(v))
}

function rewrite(file: JavaScriptFile, first: Node, second: Node, a: Status, b: Status) {
  const isAddress = a.is === 'other' || a.is === 'numeric-string'
  const isStatus = b.is === 'number' || b.is === 'numeric-string'
  if (!isAddress && !isStatus) return { notes: ['if the first argument is a number, the order is right as it is'] }
  if (b.is === 'number' && !isValidStatus(b.values)) return { notes: ['the number is no status'] }
  const order = reordering(file, first, second)
  if (order === 'effects') return { notes: [REORDERING_NOTES.effects] }
  const notes: string[] = order === 'reads' ? [REORDERING_NOTES.reads] : []
  if (!isAddress && !isRedirection(second, b))
    notes.push('if the first argument is a number, the order is right as it is')
  if (!isStatus) notes.push('Express 5 throws for a status that is not an integer from 100 to 999')
  const swap = fix(
    notes.length > 0 ? 'review' : 'safe',
    'Put the status first',
    replace(first, statusText(file, second, b)),
    replace(second, argumentText(file, first)),
  )
  return { fix: swap, notes }
}

/** True for 301 and its like, and for constants of packages: nobody takes them for an address. */
function isRedirection(node: Node, status: Status): boolean {
  if (status.is !== 'number') return false
  return status.exact ? status.values.every((value) => value >= 300 && value <= 399) : isConstantName(node)
}

/** The status as Express 5 takes it: `'301'` becomes `301`. */
function statusText(file: JavaScriptFile, node: Node, status: Status): string {
  if (status.is !== 'numeric-string') return argumentText(file, node)
  return node.type === 'StringLiteral' ? String(status.value) : `Number(${file.source(node)})`
}

/** The source of an argument as it can stand in another place of the list. */
function argumentText(file: JavaScriptFile, node: Node): string {
  return node.type === 'SequenceExpression' ? `(${file.source(node)})` : file.source(node)
}
