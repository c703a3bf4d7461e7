import {
  argumentsOf,
  type DraftEdit,
  defineChange,
  type Evidence,
  enclosingFunction,
  fix,
  indentationAt,
  insertAfter,
  isCall,
  isMember,
  type JavaScriptFile,
  keyName,
  literalText,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { chosenMap } from './map/chosen.ts'
import type { PaymentMap } from './map/types.ts'
import { calledWithin } from './sites/around.ts'
import { facadeFor, isFacade, isTest, specifierFrom } from './sites/project.ts'

export default defineChange({
  title: 'The buyer is sent back with another parameter',
  why: 'The address that the buyer returns to gets the id of what was approved under another name, so a handler that reads the old one gets nothing and the payment is never taken.',
  since: '2.0.0',
  breakage: 'silent',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['paymentId', 'query'],
  *find(file, project) {
    const chosen = chosenMap(project)
    const { map } = chosen
    if (isTest(file.path) || isFacade(file.path, map)) return
    for (const redirect of map.redirects ?? []) {
      const [holder, name] = redirect.read.split('.') as [string, string]
      const fallback = redirect.fallback.split('.').at(-1)!
      for (const { node, query, edits, parameters, beside } of readsOf(file, holder, name)) {
        if (isHandledAlready(file, node, fallback)) continue
        const message = `${map.to.id} brings it as \`${fallback}\``
        const evidence = returnEvidence(file, map, node, redirect.beside?.split('.').at(-1))
        if (!evidence) continue
        if (parameters !== undefined) {
          const quote = file.source(node).includes('"') ? '"' : "'"
          const read = `${file.source(node)} ?? ${file.source(query)}.get(${quote}${fallback}${quote})`
          const both = standsAlone(node) ? read : `(${read})`
          yield {
            at: node,
            message: `${message}; read it where the other is missing`,
            evidence,
            ...(parameters && evidence.certainty !== 'guessed'
              ? { fix: fix('review', `Read \`${fallback}\` where there is none`, replace(node, both)) }
              : {}),
          }
          continue
        }
        const taken = evidence.certainty === 'guessed' ? undefined : beside?.(fallback)
        if (taken) {
          yield {
            at: node,
            message: `${message}; take it where the other is missing`,
            evidence,
            fix: fix('review', `Take \`${fallback}\` where there is none`, ...taken),
          }
          continue
        }
        const facade = evidence.certainty === 'guessed' ? undefined : facadeFor(project, chosen)
        const returnId = facade?.entry.returnId
        if (!facade || returnId === undefined || !edits) {
          yield { at: node, message: `${message}; read it where the other is missing`, evidence }
          continue
        }
        yield {
          at: node,
          message: `${message}; let the façade read whichever is there`,
          evidence,
          fix: {
            ...fix('review', `Read it with \`${returnId}\``, ...edits(`${returnId}(${file.source(query)})`)),
            requests: [
              {
                add: 'import',
                name: returnId,
                from: specifierFrom(file.path, facade.entry, facade.style),
                named: true,
              },
              ...facade.requests,
            ],
          },
        }
      }
    }
  },
})

interface QueryRead {
  readonly node: Node
  readonly query: Node
  readonly edits?: (text: string) => DraftEdit[]
  /** Takes another parameter beside this one, where it is handed over. */
  readonly beside?: (fallback: string) => DraftEdit[] | undefined
  /** It is a `get` of the parameters of an address; true if it can be written twice. */
  readonly parameters?: boolean
}

/** What else parameters of an address are called: they are told, and never rewritten. */
const PARAMETERS = /^(?:quer(?:y|ies)|queryStringParameters|queryParam(?:eter)?s|searchParams)$/
/** What gives parameters, or takes one out of them by its name: `getQuery(event)`, `qs.parse(text)`, `c.req.query('x')`. */
const GIVES_PARAMETERS = /quer(?:y|ies)|searchParams|^parse$/i
const TAKES_PARAMETER = /^(?:quer(?:y|ies)|param|queryParam|getQuery|getQueryParam|Query|QueryParam)$/

/** `req.query.paymentId`, `const { paymentId } = req.query`, and `@Query('paymentId')`. */
function readsOf(file: JavaScriptFile, holder: string, name: string): QueryRead[] {
  const found: QueryRead[] = []
  const isQuery = (node: Node): boolean => {
    const inner = unwrap(node)
    if (inner.type === 'Identifier') {
      // `@Query() query`, of whatever it is a parameter
      if (inner.name === holder) return true
      const binding = file.module.binding(inner)
      const declaration = binding?.kind === 'const' ? binding.declarations[0] : undefined
      return declaration?.type === 'VariableDeclarator' && declaration.id.type === 'Identifier' && declaration.init
        ? isMember(unwrap(declaration.init as Node)) && isQuery(declaration.init as Node)
        : false
    }
    return isMember(inner) && memberName(inner) === holder && isPlain(inner)
  }
  /** Parameters that cannot be written once more. */
  const isOtherQuery = (node: Node): boolean => {
    const inner = unwrap(node)
    if (isMember(inner)) return PARAMETERS.test(memberName(inner) ?? '')
    if (inner.type === 'Identifier') {
      if (PARAMETERS.test(inner.name)) return true
      const binding = file.module.binding(inner)
      const declaration = binding?.kind === 'const' ? binding.declarations[0] : undefined
      const isNamed = declaration?.type === 'VariableDeclarator' && declaration.id.type === 'Identifier'
      return isNamed && declaration.init ? isOtherQuery(declaration.init as Node) : false
    }
    if (inner.type === 'AwaitExpression') return isOtherQuery(inner.argument as Node)
    return isCall(inner) && GIVES_PARAMETERS.test(calledName(inner) ?? '')
  }
  for (const member of file.module.membersNamed(name)) {
    const parent = parentOf(member)
    if (parent?.type === 'AssignmentExpression' && parent.left === member) continue
    const query = unwrap(member.object as Node)
    if (isQuery(query)) found.push({ node: member, query, edits: (text) => [replace(member, text)] })
    else if (isOtherQuery(query)) found.push({ node: member, query })
  }
  // `url.searchParams.get('paymentId')`, of whatever the parameters are called
  for (const call of file.module.calls) {
    const callee = unwrap(call.callee as Node)
    if (!isMember(callee) || memberName(callee) !== 'get' || call.arguments.length !== 1) continue
    if (literalText(unwrap(call.arguments[0] as Node)) !== name) continue
    const holder = callee.object as Node
    const inner = unwrap(holder)
    const isParameters = isMember(inner)
      ? memberName(inner) === 'searchParams'
      : inner.type === 'Identifier' && /params|query/i.test(inner.name)
    if (isParameters) found.push({ node: call, query: holder, parameters: isPlain(inner) })
  }
  // `c.req.query('paymentId')`, `req.param('paymentId')`, `@Query('paymentId')`
  for (const call of file.module.calls) {
    const [only] = argumentsOf(call)
    if (!only || literalText(unwrap(only)) !== name || !TAKES_PARAMETER.test(calledName(call) ?? '')) continue
    found.push({ node: call, query: call, beside: (fallback) => takenBeside(file, call, fallback) })
  }
  for (const property of file.module.patternKeysNamed(name)) {
    const pattern = parentOf(property)
    const declarator = pattern && parentOf(pattern)
    if (pattern && declarator && isTakenElsewhere(pattern, declarator, isQuery, isOtherQuery)) {
      found.push({ node: property, query: property })
      continue
    }
    if (declarator?.type !== 'VariableDeclarator' || !declarator.init || pattern?.type !== 'ObjectPattern') continue
    const query = unwrap(declarator.init as Node)
    if (!isQuery(query)) continue
    const local = property.value.type === 'Identifier' ? property.value.name : undefined
    const others = pattern.properties.filter((other) => other !== property)
    const hasRest = others.some((other) => other.type === 'RestElement')
    if (local === undefined || hasRest) {
      found.push({ node: property, query })
      continue
    }
    const index = pattern.properties.indexOf(property)
    const next = pattern.properties[index + 1] as Node | undefined
    const previous = pattern.properties[index - 1] as Node | undefined
    const removed = next
      ? { start: property.start, end: next.start }
      : { start: previous?.end ?? property.start, end: property.end }
    found.push({
      node: property,
      query,
      edits: (text) =>
        others.length === 0
          ? [replace(declarator, `${local} = ${text}`)]
          : [replace(removed, ''), insertAfter(declarator, `, ${local} = ${text}`)],
    })
  }
  return found
}

/**
 * A handler of Nest that is handed the parameter is handed the other one as well: `@Query('paymentId') id: string`. Nothing
 * where it is not seen to be one, or where the name is taken.
 */
function takenBeside(file: JavaScriptFile, call: Node, fallback: string): DraftEdit[] | undefined {
  const callee = isCall(call) ? unwrap(call.callee as Node) : undefined
  const imported = callee?.type === 'Identifier' ? file.module.binding(callee)?.declarations[0] : undefined
  const source = imported?.type === 'ImportSpecifier' ? parentOf(imported) : undefined
  if (callee?.type !== 'Identifier' || source?.type !== 'ImportDeclaration' || source.source.value !== '@nestjs/common')
    return undefined
  const decorator = parentOf(call)
  const param = decorator && parentOf(decorator)
  const method = param && parentOf(param)
  if (decorator?.type !== 'Decorator' || param?.type !== 'Identifier' || method?.type !== 'ClassMethod')
    return undefined
  const last = method.params.at(-1) as Node | undefined
  const isAlone = param.decorators?.length === 1 && argumentsOf(call as never).length === 1
  const isPlainList = isAlone && last !== undefined && last.type !== 'RestElement'
  const isTaken = file.module
    .identifiersNamed(fallback)
    .some((id) => method.start! <= id.start && id.end <= method.end!)
  if (!isPlainList || isTaken) return undefined
  const quote = file.source(argumentsOf(call as never)[0]!)[0]!
  const type = file.isTypeScript ? '?: string' : ''
  const body = method.body as Node & { readonly body: readonly Node[] }
  const [first] = body.body
  if (!first || file.text.slice(body.start, first.start).indexOf('\n') < 0) return undefined
  const end = /;\s*$/.test(file.source(first)) ? ';' : ''
  const gap = `\n${indentationAt(file.text, first.start)}`
  return [
    insertAfter(last, `, @${callee.name}(${quote}${fallback}${quote}) ${fallback}${type}`),
    insertAfter(
      { start: body.start, end: body.start + 1 },
      `${gap}if (${fallback}) ${param.name} ??= ${fallback}${end}`,
    ),
  ]
}

/** Taken out of parameters in a way that is not rewritten: `({ query: { paymentId } }) =>`, `({ paymentId } = req.query)`. */
function isTakenElsewhere(
  pattern: Node,
  outer: Node,
  isQuery: (node: Node) => boolean,
  isOtherQuery: (node: Node) => boolean,
): boolean {
  if (outer.type === 'ObjectProperty') return PARAMETERS.test(keyName(outer) ?? '')
  if (outer.type === 'AssignmentPattern' && outer.left === pattern) {
    const around = parentOf(outer)
    return around?.type === 'ObjectProperty' && PARAMETERS.test(keyName(around) ?? '')
  }
  if (outer.type === 'AssignmentExpression' && outer.left === pattern)
    return isQuery(outer.right as Node) || isOtherQuery(outer.right as Node)
  if (outer.type === 'VariableDeclarator' && outer.init)
    return !isQuery(outer.init as Node) && isOtherQuery(outer.init as Node)
  const decorators = 'decorators' in pattern ? (pattern.decorators as readonly Node[] | null | undefined) : undefined
  return decorators?.some((one) => one.type === 'Decorator' && calledName(one.expression as Node) === 'Query') ?? false
}

/** `query` of `c.req.query('x')`, `Query` of `Query('x')`. */
function calledName(call: Node): string | undefined {
  if (!isCall(call)) return undefined
  const callee = unwrap(call.callee as Node)
  return callee.type === 'Identifier' ? callee.name : isMember(callee) ? memberName(callee) : undefined
}

function isPlain(node: Node): boolean {
  const inner = unwrap(node)
  if (inner.type === 'Identifier' || inner.type === 'ThisExpression') return true
  return isMember(inner) && !inner.computed && isPlain(inner.object as Node)
}

/** True where an expression with an operator needs no brackets. */
function standsAlone(node: Node): boolean {
  const parent = parentOf(node)
  return (
    parent?.type === 'VariableDeclarator' ||
    parent?.type === 'ReturnStatement' ||
    parent?.type === 'ObjectProperty' ||
    (isCall(parent) && parent.callee !== node)
  )
}

/** True where the other parameter is read as well: `req.query.paymentId || req.query.token`. */
function isHandledAlready(file: JavaScriptFile, node: Node, fallback: string): boolean {
  const parent = parentOf(node)
  return parent?.type === 'LogicalExpression' && new RegExp(`\\b${fallback}\\b`).test(file.source(parent))
}

/** A handler that is returned to: one that carries on with an operation of the map. */
function returnEvidence(
  file: JavaScriptFile,
  map: PaymentMap,
  node: Node,
  beside: string | undefined,
): Evidence | undefined {
  const fn = enclosingFunction(node)
  const [next] = fn
    ? calledWithin(file, map, fn).filter(({ operation }) => map.operations[operation]?.binding.startsWith('follows'))
    : []
  if (next)
    return {
      certainty: 'inferred',
      steps: [
        { what: `the handler goes on with \`${next.operation}\``, at: file.module.locate(next.at.start) },
        ...next.evidence.steps,
      ],
    }
  if (fn && beside !== undefined && new RegExp(`\\b${beside}\\b`).test(file.source(fn)))
    return {
      certainty: 'inferred',
      steps: [
        {
          what: `the handler reads \`${beside}\` as well, which comes with it`,
          at: file.module.locate(fn.start + file.source(fn).search(new RegExp(`\\b${beside}\\b`))),
        },
      ],
    }
  const word = map.provider.id.split('-')[0]!
  return new RegExp(word, 'i').test(file.text)
    ? {
        certainty: 'guessed',
        steps: [{ what: `only the name says that this is what ${map.provider.title} brings back` }],
      }
    : undefined
}
