import {
  argumentsOf,
  contains,
  type Draft,
  type DraftFix,
  defineChange,
  fix,
  type Hop,
  isBelow,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
  type Survey,
  unwrap,
} from '#kit'
import { guardedBy, isGuardedWith } from './client/errors.ts'
import { Delegate, Namespace } from './client/kinds.ts'
import { isVisible, loadsRemovedRuntime, type Mention, mentionsOf, namespaceIn } from './client/names.ts'
import type { QueryCall } from './client/queries.ts'
import { NAME, rejecting } from './client/reject.ts'
import { reaches } from './schema/project.ts'

const CODE = "{ code: 'P2025' }"

export default defineChange({
  title: '`NotFoundError` was removed',
  why: 'The `…OrThrow` methods throw a `PrismaClientKnownRequestError` with code P2025. `Prisma.NotFoundError` is undefined, so `e instanceof Prisma.NotFoundError` throws a TypeError inside of the catch block and hides the error that was caught; a comparison of names is never true again.',
  since: '6.0.0',
  breakage: 'silent',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#removed-notfounderror',
  guideSays: 'It imports `NotFoundError` from the client in one place, which never exported it.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['NotFoundError'],
  names: ['NotFoundError'],
  *find(file, project) {
    if (!reaches(project, '6.0.0')) return
    for (const mention of mentionsOf(file, 'NotFoundError')) yield draftOf(file, project, mention)
    yield* nameChecks(file, project)
  },
})

/** The queries of a project that throw where nothing is found. Plain data. */
const THROWING: Survey<readonly { readonly what: string; readonly at: NonNullable<Hop['at']> }[]> = {
  of: 'project',
  mentions: [/\bfind(?:Unique|First)OrThrow\b/, NAME],
  reach: 'package',
  look: (files) =>
    [...files].flatMap((file) =>
      throwingIn(file).map(({ call }) => ({
        what: `\`${file.source(call.callee)}\` throws the error of this name`,
        at: file.module.locate(call.start),
      })),
    ),
}

/** The queries of a file that throw where nothing is found. */
function throwingIn(file: JavaScriptFile): Pick<QueryCall, 'call' | 'evidence'>[] {
  return [
    ...file.calls([Delegate], 'findUniqueOrThrow', 'findFirstOrThrow'),
    ...rejecting(file).flatMap(({ call, says }) => (says === 'true' ? [call] : [])),
  ]
}

/** Before 4.14, NotFoundError had no code: what is written holds only from then on. */
function isTooOld(project: ProjectFacts): boolean {
  const installed = project.installed('@prisma/client')?.version
  const declared = project.declared('@prisma/client')
  return installed !== undefined ? isBelow(installed, '4.14.0') : declared !== undefined && isBelow(declared, '4.14.0')
}

function draftOf(file: JavaScriptFile, project: ProjectFacts, mention: Mention): Draft {
  const { node, evidence } = mention
  const draft = {
    at: node,
    message: '`NotFoundError` is gone; look at the code P2025 of `PrismaClientKnownRequestError`',
    evidence,
  }
  const known = knownError(file, mention)
  if (!known)
    return { ...draft, notes: ['`Prisma` is another thing in this file, so that its errors need another name'] }
  const written = rewrite(file, mention, known.name)
  if (!written) return draft
  const isEarly = isTooOld(project) && project.settings.stage === 'before-bump'
  if (isEarly) return { ...draft, notes: ['before Prisma 4.14 this error has no code: install 4.16 first'] }
  const isOther = written.fix.applicability === 'safe' && isOfOtherBundle(file, mention)
  const drop = mention.local === undefined ? [] : [{ dropIfUnused: 'import' as const, name: mention.local }]
  return {
    ...draft,
    ...(written.notes ? { notes: written.notes } : isOther ? { notes: [OTHER_BUNDLE] } : {}),
    fix: {
      ...written.fix,
      ...(isOther ? { applicability: 'review' as const } : {}),
      requests: [...known.requests, ...drop],
    },
  }
}

const OTHER_BUNDLE =
  '4.16 has a class of its own in `@prisma/client/runtime`: nothing that a query throws was `instanceof` it, and it is from here on, so that the branch behind the question is taken now'

/** True for the class of a bundle that no query of 4.16 throws errors of, asked by as a value. */
function isOfOtherBundle(file: JavaScriptFile, { holder, isType }: Mention): boolean {
  if (isType || (holder && file.evidence(holder, [Namespace]))) return false
  return file.module.mentions.some(({ specifier, node }) => loadsRemovedRuntime(file, specifier, node))
}

/** How the class is written that is thrown now, and what has to be imported for it. */
function knownError(file: JavaScriptFile, { holder, node }: Mention) {
  const name = 'PrismaClientKnownRequestError'
  if (holder && file.evidence(holder, [Namespace])) return { name: `${file.source(holder)}.${name}`, requests: [] }
  const namespace = namespaceIn(file)
  if (!namespace || !isVisible(file, namespace.name, node)) return undefined
  return { name: `${namespace.name}.${name}`, requests: namespace.requests }
}

interface Written {
  readonly fix: DraftFix
  readonly notes?: readonly string[]
}

function rewrite(file: JavaScriptFile, { node, isType }: Mention, known: string): Written | undefined {
  const parent = parentOf(node)
  if (!parent) return undefined
  const isHeritage = parent.type === 'TSExpressionWithTypeArguments' || parent.type === 'TSTypeQuery'
  if (isType && !isHeritage) return { fix: fix('safe', 'Name the error that is thrown now', replace(node, known)) }
  if (parent.type === 'BinaryExpression' && parent.operator === 'instanceof' && parent.right === node)
    return instanceOf(file, parent as Node & { type: 'BinaryExpression' }, known)
  if (parent.type === 'NewExpression' && parent.callee === node)
    return construction(file, parent as Node & { type: 'NewExpression' }, known)
  return expectation(parent, node)
}

/** `e instanceof NotFoundError` → `e instanceof Known && e.code === 'P2025'`. */
function instanceOf(
  file: JavaScriptFile,
  check: Node & { type: 'BinaryExpression' },
  known: string,
): Written | undefined {
  const left = unwrap(check.left as Node)
  // what is asked for twice must be the same both times
  if (left.type !== 'Identifier' && !(isMember(left) && isPlain(left))) return undefined
  const subject = file.source(left)
  const text = `${subject} instanceof ${known} && ${subject}.code === 'P2025'`
  const title = 'Look at the code of the error'
  const edit = replace(check, needsParentheses(check) ? `(${text})` : text)
  const others = left.type === 'Identifier' ? otherCalls(file, left) : undefined
  if (others === 'only-throwing') return { fix: fix('safe', title, edit) }
  return {
    fix: fix('review', title, edit),
    notes: [
      'P2025 is also what `update`, `delete` and connected records throw; before, only the `…OrThrow` methods threw this error',
    ],
  }
}

/** `a.b.c` and `this.error`, without calls and brackets. */
function isPlain(node: Node): boolean {
  if (!isMember(node)) return node.type === 'Identifier' || node.type === 'ThisExpression'
  return memberName(node) !== undefined && isPlain(unwrap(node.object as Node))
}

function needsParentheses(check: Node): boolean {
  const parent = parentOf(check)
  if (!parent || (check as { extra?: { parenthesized?: boolean } }).extra?.parenthesized) return false
  if (parent.type === 'LogicalExpression') return parent.operator !== '&&'
  return (
    /^(?:BinaryExpression|UnaryExpression|ConditionalExpression|AwaitExpression|SpreadElement|TSAsExpression|TSSatisfiesExpression)$/.test(
      parent.type,
    ) && !(parent.type === 'ConditionalExpression' && parent.test === check)
  )
}

/** What is called in the block that an error is caught of: nothing but queries that throw where nothing is found, or more. */
function otherCalls(file: JavaScriptFile, id: Node & { type: 'Identifier' }): 'only-throwing' | 'others' | undefined {
  const clause = file.module.binding(id)?.declarations[0]
  const statement = clause?.type === 'CatchClause' ? parentOf(clause) : undefined
  if (statement?.type !== 'TryStatement') return undefined
  const within = file.module.calls.filter(
    (call) => call.start >= statement.block.start! && call.end <= statement.block.end!,
  )
  const throwing = file.calls([Delegate], 'findUniqueOrThrow', 'findFirstOrThrow').map(({ call }) => call)
  const isHarmless = (call: Node) => {
    let callee = isCall(call) ? unwrap(call.callee as Node) : call
    while (isMember(callee)) callee = unwrap(callee.object as Node)
    if (isCall(callee)) return false
    return (
      callee.type === 'Identifier' &&
      !file.module.binding(callee) &&
      /^(?:console|JSON|Number|String|Boolean|parseInt|parseFloat|Math|Object|Array)$/.test(callee.name)
    )
  }
  const others = within.filter((call) => !throwing.includes(call) && !isHarmless(call))
  return within.some((call) => throwing.includes(call)) && others.length === 0 ? 'only-throwing' : 'others'
}

/** `new NotFoundError('m')`, which lives in tests. */
function construction(
  file: JavaScriptFile,
  made: Node & { type: 'NewExpression' },
  known: string,
): Written | undefined {
  const given = argumentsOf(made)
  const [message] = given
  if (given.length !== 1 || !message || message.type === 'SpreadElement') return undefined
  const version = `${known.slice(0, known.lastIndexOf('.'))}.prismaVersion.client`
  // `new require('…').Prisma` would call something else
  const callee = known.includes('(') ? `(${known})` : known
  const text = `new ${callee}(${file.source(message)}, { code: 'P2025', clientVersion: ${version} })`
  return { fix: fix('review', 'Make the error that is thrown now', replace(made, text)) }
}

/** `expect(p).rejects.toThrow(NotFoundError)`: its class alone says less than its code. */
function expectation(call: Node, node: Node): Written | undefined {
  if (!isCall(call, false) || call.arguments[0] !== node || call.arguments.length !== 1) return undefined
  const callee = call.callee as Node
  if (!isMember(callee) || !/^(?:toThrow|toThrowError|toBeInstanceOf)$/.test(memberName(callee) ?? '')) return undefined
  const rejects = callee.object as Node
  if (!isMember(rejects) || memberName(rejects) !== 'rejects') return undefined
  const range = { start: (callee.property as Node).start, end: call.end }
  return { fix: fix('review', 'Expect the code of the error', replace(range, `toMatchObject(${CODE})`)) }
}

/** `e.name === 'NotFoundError'`, where what is caught can be thrown by a query. */
function* nameChecks(file: JavaScriptFile, project: ProjectFacts): Iterable<Draft> {
  const here = throwingIn(file)
  for (const name of [...file.module.membersNamed('name')]) {
    const compared = comparedWith(name)
    if (!compared) continue
    const subject = subjectOf(name)
    const guarded = here.find(({ call }) => isGuardedWith(file, call, subject))?.evidence
    const { start, end } = compared.whole
    const draft = { at: { start, end }, message: 'no error of Prisma has this name any more; look at the code P2025' }
    if (guarded) {
      const isOpen = !file.isTypeScript && compared.operator !== undefined
      const edit = () => replace(compared.whole, `${file.source(subject)}?.code ${compared.operator} 'P2025'`)
      yield {
        ...draft,
        evidence: guarded,
        ...(isOpen ? { fix: fix('review', 'Look at the code of the error', edit()) } : {}),
      }
    } else if (mayBeOfQuery(file, subject)) {
      const [first] = project.survey(THROWING)
      if (!first) continue
      const seen: Hop = { what: 'which error this is, only its name says', at: file.module.locate(start) }
      yield {
        ...draft,
        evidence: { certainty: 'guessed', steps: [seen, first] },
        notes: ['errors of one’s own and of other packages that have this name keep it: ask for the code as well'],
      }
    }
  }
}

/** False for the error of code in which nothing is called that could lead to a query. */
function mayBeOfQuery(file: JavaScriptFile, subject: Node): boolean {
  const guarded = guardedBy(file, subject)
  if (!guarded) return true
  return file.module.calls.some(
    (call) =>
      contains(guarded, call) &&
      file.origins
        .valueOf(file.module, unwrap(call.callee as Node))
        .some((v) => v.is !== 'foreign' && !(v.is === 'unknown' && v.from !== undefined)),
  )
}

/** `e` of `e.name` and of `e.constructor.name`. */
function subjectOf(name: Node): Node {
  const object = isMember(name) ? unwrap(name.object as Node) : name
  return isMember(object) && memberName(object) === 'constructor' ? unwrap(object.object as Node) : object
}

function comparedWith(name: Node): { readonly whole: Node; readonly operator?: string } | undefined {
  const parent = parentOf(name)
  if (parent?.type === 'BinaryExpression' && /^[!=]==?$/.test(parent.operator)) {
    const other = parent.left === name ? parent.right : parent.left
    return literalText(other) === 'NotFoundError' ? { whole: parent, operator: parent.operator } : undefined
  }
  if (parent?.type !== 'SwitchStatement' || parent.discriminant !== name) return undefined
  const branch = parent.cases.find(({ test }) => test && literalText(test) === 'NotFoundError')
  return branch?.test ? { whole: branch.test as Node } : undefined
}
