import {
  defineChange,
  type Evidence,
  fix,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { chosenMap } from './map/chosen.ts'
import type { ErrorKind, PaymentMap } from './map/types.ts'
import { calledWithin } from './sites/around.ts'
import { sdkModel } from './sites/model.ts'
import { facadeFor, isFacade, isTest, specifierFrom } from './sites/project.ts'

/** What of an error its code is, and what is no code: by the path from the error on. */
const CODE = /^(?:response\.(?:data\.|body\.)?)name$/
const STATUS = /^(?:httpStatusCode|response\.(?:status|statusCode|httpStatusCode))$/
const PROSE = /^response\.(?:data\.|body\.)?details\[\]\.issue$/

export default defineChange({
  title: 'Errors are told by other names and another status',
  why: 'In the old version the name of an error is its business code; in the new one the name is general, the code is an issue of its details, and business errors have the status 422. A comparison with the old code no longer holds, so the case that it is for is not handled.',
  since: '2.0.0',
  breakage: 'silent',
  source: 'https://developer.paypal.com/api/rest/responses/',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bresponse\b/, 'httpStatusCode'],
  *find(file, project) {
    const chosen = chosenMap(project)
    const { map } = chosen
    if (isTest(file.path) || isFacade(file.path, map)) return
    for (const { root, path, node } of errorReads(file)) {
      const evidence = errorEvidence(file, map, root)
      if (!evidence) continue
      if (PROSE.test(path)) {
        yield {
          at: node,
          message:
            'this is prose in the old version and a code in the new one; ask `isPaymentError` for the kind of error',
          evidence,
        }
        continue
      }
      const compared = comparison(node)
      if (STATUS.test(path)) {
        if (compared && literalText(compared.with) === '400')
          yield {
            at: compared.node,
            message:
              'business errors have the status 422 in the new version, and 400 in the old one; ask `isPaymentError` for the kind of error',
            evidence,
          }
        continue
      }
      const code = compared && literalText(compared.with)
      if (!compared || code === undefined) {
        if (isSwitched(node))
          yield {
            at: node,
            message:
              'the name of an error is no business code in the new version; ask `isPaymentError` for the kind of error',
            evidence,
          }
        continue
      }
      const kind = kindOf(map, code)
      if (!kind) {
        yield {
          at: compared.node,
          message: `it is not known what \`${code}\` is called in the new version; ask \`isPaymentError\` for the kind of error`,
          evidence,
        }
        continue
      }
      const facade = facadeFor(project, chosen)
      if (!facade) {
        yield {
          at: compared.node,
          message: `this is an error of the kind \`${kind}\`; ask \`isPaymentError\` for it`,
          evidence,
        }
        continue
      }
      const { isPaymentError } = facade.entry
      const quote = facade.style.format.quotes === 'single' ? "'" : '"'
      const test = `${compared.isNegative ? '!' : ''}${isPaymentError}(${root.name}, ${quote}${kind}${quote})`
      yield {
        at: compared.node,
        message: `\`${code}\` is an error of the kind \`${kind}\`, which has other names in the new version`,
        evidence,
        fix: {
          ...fix('review', `Ask \`${isPaymentError}\``, replace(compared.node, test)),
          requests: [
            {
              add: 'import',
              name: isPaymentError,
              from: specifierFrom(file.path, facade.entry, facade.style),
              named: true,
            },
            ...facade.requests,
          ],
        },
        notes: notesOn(map, kind, code),
      }
    }
  },
})

type IdNode = Extract<Node, { type: 'Identifier' }>

interface ErrorRead {
  readonly root: IdNode
  readonly path: string
  readonly node: Node
}

/** Reads of what errors of the old version have, whatever they are read from. */
function errorReads(file: JavaScriptFile): ErrorRead[] {
  const found: ErrorRead[] = []
  for (const name of ['name', 'issue', 'httpStatusCode', 'status', 'statusCode'])
    for (const member of file.module.membersNamed(name)) {
      const chain = chainOf(member)
      if (chain && [CODE, STATUS, PROSE].some((pattern) => pattern.test(chain.path))) found.push(chain)
    }
  return found.sort((a, b) => a.node.start - b.node.start)
}

function chainOf(member: Node): ErrorRead | undefined {
  let path = ''
  let at: Node = member
  while (isMember(at)) {
    const name = memberName(at)
    if (name === undefined) return undefined
    const part = at.computed && /^\d+$/.test(name) ? '[]' : name
    path = path === '' ? part : path.startsWith('[') ? part + path : `${part}.${path}`
    at = unwrap(at.object as Node)
  }
  return at.type === 'Identifier' ? { root: at, path, node: member } : undefined
}

function comparison(
  node: Node,
): { readonly node: Node; readonly with: Node; readonly isNegative: boolean } | undefined {
  const parent = parentOf(node)
  if (parent?.type !== 'BinaryExpression' || !/^[!=]==?$/.test(parent.operator)) return undefined
  const other = (parent.left === node ? parent.right : parent.left) as Node
  return { node: parent, with: unwrap(other), isNegative: parent.operator.startsWith('!') }
}

function isSwitched(node: Node): boolean {
  const parent = parentOf(node)
  return parent?.type === 'SwitchStatement' && parent.discriminant === node
}

function kindOf(map: PaymentMap, code: string): ErrorKind | undefined {
  const found = Object.entries(map.errors.kinds).find(([, codes]) => codes.v1?.includes(code))
  return found?.[0] as ErrorKind | undefined
}

function notesOn(map: PaymentMap, kind: ErrorKind, code: string): readonly string[] {
  const others = (map.errors.kinds[kind].v1 ?? []).filter((other) => other !== code)
  return others.length > 0 ? [`errors of this kind are also called ${others.join(', ')} in ${map.from.id}`] : []
}

/** Why a name holds an error of the provider: a callback of an operation, or what is caught around one. */
function errorEvidence(file: JavaScriptFile, map: PaymentMap, id: IdNode): Evidence | undefined {
  const binding = file.module.binding(id)
  const declaration = binding?.declarations[0]
  if (!binding || !declaration) return undefined
  if (binding.kind === 'parameter' && isFunction(declaration) && declaration.params[0] === binding.identifiers[0]) {
    const call = parentOf(declaration)
    if (!isCall(call)) return undefined
    const callee = unwrap(call.callee as Node)
    const direct = sdkCallAt(file, map, call)
    if (direct) return direct
    // `promise.catch((error) => …)`
    if (isMember(callee) && memberName(callee) === 'catch') return around(file, map, callee.object as Node)
    return undefined
  }
  if (declaration.type !== 'CatchClause') return undefined
  const statement = parentOf(declaration)
  return statement?.type === 'TryStatement' ? around(file, map, statement.block as Node) : undefined
}

function sdkCallAt(file: JavaScriptFile, map: PaymentMap, call: Node): Evidence | undefined {
  for (const { owner, member } of sdkModel(map).operations)
    for (const use of file.calls([owner], member)) if (use.call === call) return use.evidence
  return undefined
}

/** An operation that is called within a part of a program: other things may fail there, too. */
function around(file: JavaScriptFile, map: PaymentMap, part: Node): Evidence | undefined {
  return calledWithin(file, map, part)[0]?.evidence
}
