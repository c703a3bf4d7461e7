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

const ABOUT_STATUS =
  'business errors have the status 422 in the new version, and 400 in the old one; ask `isPaymentError` for the kind of error'
const ABOUT_NAME =
  'the name of an error is no business code in the new version; ask `isPaymentError` for the kind of error'

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
      const named = nameOf(node)
      if (named) {
        // what a name is compared with is not rewritten: the name may go elsewhere, too
        for (const use of usesOf(file, named)) {
          const by = comparison(use)
          const code = by && literalText(by.with)
          const isCode = code !== undefined && (CODE.test(path) || (STATUS.test(path) && code === '400'))
          if (isCode || (CODE.test(path) && isLookedUp(use)))
            yield { at: by?.node ?? use, message: STATUS.test(path) ? ABOUT_STATUS : ABOUT_NAME, evidence }
        }
        continue
      }
      const compared = comparison(node)
      if (STATUS.test(path)) {
        if (compared && literalText(compared.with) === '400')
          yield {
            at: compared.node,
            message: ABOUT_STATUS,
            evidence,
          }
        continue
      }
      const code = compared && literalText(compared.with)
      if (!compared || code === undefined) {
        if (isLookedUp(node)) yield { at: node, message: ABOUT_NAME, evidence }
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
  // `const { name } = error.response`
  for (const name of ['name', 'httpStatusCode', 'status', 'statusCode'])
    for (const property of file.module.patternKeysNamed(name)) {
      const pattern = parentOf(property)
      const declarator = pattern && parentOf(pattern)
      if (declarator?.type !== 'VariableDeclarator' || !declarator.init) continue
      const chain = chainOf(unwrap(declarator.init as Node), name)
      if (chain && [CODE, STATUS].some((one) => one.test(chain.path))) found.push({ ...chain, node: property as Node })
    }
  return found.sort((a, b) => a.node.start - b.node.start)
}

/** From an error to what is read of it: `last` is read of the expression, where it is no member itself. */
function chainOf(member: Node, last = ''): ErrorRead | undefined {
  let path = last
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

/** True where a table, a list or the cases of a `switch` say what a value is for. */
function isLookedUp(node: Node): boolean {
  const parent = parentOf(node)
  if (parent?.type === 'SwitchStatement') return parent.discriminant === node
  if (isMember(parent)) return parent.computed && parent.property === node
  if (parent?.type === 'BinaryExpression') return parent.operator === 'in' && parent.left === node
  if (!isCall(parent) || parent.callee === node) return false
  const callee = unwrap(parent.callee as Node)
  return isMember(callee) && /^(?:includes|indexOf|has|get|test)$/.test(memberName(callee) ?? '')
}

/** The name that a value is given: `const code = error.response.name`, `const { name } = error.response`. */
function nameOf(node: Node): IdNode | undefined {
  const id =
    node.type === 'ObjectProperty'
      ? (node.value as Node)
      : ((parent) => (parent?.type === 'VariableDeclarator' && parent.init === node ? (parent.id as Node) : undefined))(
          parentOf(node),
        )
  return id?.type === 'Identifier' ? id : undefined
}

function usesOf(file: JavaScriptFile, id: IdNode): readonly Node[] {
  const binding = file.module.scopes.lookup(id.name, id)
  return binding ? file.module.references(binding).filter((one) => one !== id) : []
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
