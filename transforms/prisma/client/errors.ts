import {
  contains,
  type Evidence,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { DELEGATE_METHODS, Delegate, KnownRequestError } from './kinds.ts'
import { mentionsOf } from './names.ts'

/** True if an error of a call is what a name holds: in the catch block of its try statement, or in its `.catch(…)`. */
export function isGuardedWith(file: JavaScriptFile, call: Node, subject: Node): boolean {
  const guarded = guardedBy(file, subject)
  return guarded !== undefined && contains(guarded, call)
}

/** What throws the error that a name holds: the block of a try statement, or the promise before `.catch(…)`. */
export function guardedBy(file: JavaScriptFile, subject: Node): Node | undefined {
  if (subject.type !== 'Identifier') return undefined
  const declaration = file.module.binding(subject)?.declarations[0]
  if (declaration?.type === 'CatchClause') {
    const statement = parentOf(declaration)
    return statement?.type === 'TryStatement' ? (statement.block as Node) : undefined
  }
  const handler = isFunction(declaration) ? parentOf(declaration) : undefined
  if (!isCall(handler, false) || !isMember(handler.callee) || memberName(handler.callee) !== 'catch') return undefined
  return handler.callee.object as Node
}

/**
 * Evidence that a value is an error of Prisma: declared as one, asked for by `instanceof`, or what is caught of a query.
 * Undefined where nothing but a name says so.
 */
export function errorEvidence(file: JavaScriptFile, node: Node): Evidence | undefined {
  const subject = unwrap(node)
  const declared = KnownRequestError.shape.construct && file.evidence(subject, [KnownRequestError.shape.construct])
  if (declared) return { certainty: declared.certainty, steps: declared.steps }
  const binding = subject.type === 'Identifier' ? file.module.binding(subject) : undefined
  if (!binding) return undefined
  for (const { node: error, evidence } of mentionsOf(file, 'PrismaClientKnownRequestError')) {
    const check = parentOf(error)
    if (check?.type !== 'BinaryExpression' || check.operator !== 'instanceof' || check.left.type !== 'Identifier')
      continue
    if (file.module.binding(check.left) !== binding) continue
    const what = `it is asked whether \`${binding.name}\` is a PrismaClientKnownRequestError`
    const steps = [{ what, at: file.module.locate(check.start) }, ...evidence.steps]
    return { certainty: isUnder(check, subject) ? 'proven' : 'inferred', steps }
  }
  const query = file
    .calls([Delegate], ...Object.keys(DELEGATE_METHODS))
    .find(({ call }) => isGuardedWith(file, call, subject))
  if (!query) return undefined
  const what = `\`${binding.name}\` is what this query may throw`
  return { certainty: 'inferred', steps: [{ what, at: file.module.locate(query.call.start) }, ...query.evidence.steps] }
}

/** True where a condition lets something come only if the check in it holds: behind `&&`, in the branch of an `if`. */
function isUnder(check: Node, node: Node): boolean {
  for (let at = check, up = parentOf(at); up; at = up, up = parentOf(up)) {
    if (up.type === 'LogicalExpression' && up.operator === '&&') {
      if (up.left === at && contains(up.right as Node, node)) return true
    } else if (up.type === 'IfStatement' || up.type === 'ConditionalExpression')
      return up.test === at && contains(up.consequent as Node, node)
    else if (unwrap(up) !== unwrap(at)) return false
  }
  return false
}
