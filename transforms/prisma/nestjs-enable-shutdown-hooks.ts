import {
  type Draft,
  type DraftEdit,
  type DraftRequest,
  defineChange,
  type FunctionNode,
  fix,
  isClass,
  isFunction,
  isMember,
  type JavaScriptFile,
  type JavaScriptModule,
  keyName,
  literalText,
  type MemberCall,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { Client } from './client/kinds.ts'
import { linesOf } from './client/statements.ts'

export default defineChange({
  title: '`enableShutdownHooks()` of a Prisma service has nothing to wait for',
  why: 'The method that Nest projects gave their service registered `beforeExit`, which the usual engine no longer has. Since 5, the application ends the connections by its own hooks: `app.enableShutdownHooks()` and `onModuleDestroy`.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-the-beforeexit-hook-from-the-library-engine',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['enableShutdownHooks'],
  names: ['enableShutdownHooks'],
  *find(file) {
    for (const use of file.calls([Client], 'enableShutdownHooks')) yield draftOf(file, use)
  },
})

function draftOf(file: JavaScriptFile, use: MemberCall): Draft {
  const draft = {
    at: use.call,
    message: 'the service needs no hook of its own any more; call `app.enableShutdownHooks()`, and take the method out',
    evidence: use,
  }
  const [app] = use.arguments
  const awaited = parentOf(use.call)
  const statement = awaited?.type === 'AwaitExpression' ? parentOf(awaited) : awaited
  if (use.arguments.length !== 1 || app?.type !== 'Identifier' || statement?.type !== 'ExpressionStatement')
    return draft
  const service = serviceOf(file, use)
  if (service === undefined) return draft
  if (service !== 'of nestjs-prisma' && !isOnlyClosing(service.method))
    return { ...draft, notes: ['the method does more than to close the application'] }
  const method = service === 'of nestjs-prisma' ? [] : withoutMethod(file, use, service)
  if (!method) return { ...draft, notes: ['the method is called, or written, in a way that is not followed'] }
  const call = (statement as Node & { type: 'ExpressionStatement' }).expression as Node
  const isThere = file.module
    .membersNamed('enableShutdownHooks')
    .some((member) => member !== use.node && file.source(member.object) === app.name)
  const removal = isThere ? linesOf(file, statement) : undefined
  if (isThere && !removal) return draft
  const requests: DraftRequest[] =
    service === 'of nestjs-prisma'
      ? []
      : [{ dropIfUnused: 'import', name: 'INestApplication', file: service.module.path }]
  const { edits, drops } = withoutName(file, use)
  const written = removal ? replace(removal, '') : replace(call, `${app.name}.enableShutdownHooks()`)
  return {
    ...draft,
    fix: {
      ...fix('safe', 'Let the application listen itself', written, ...edits, ...method),
      requests: [...requests, ...drops],
    },
  }
}

/** The class that the method is called on an object of, and the method; the service of nestjs-prisma has one of its own. */
interface Service {
  readonly module: JavaScriptModule
  readonly method: FunctionNode
}

function serviceOf(file: JavaScriptFile, { object, node }: MemberCall): Service | 'of nestjs-prisma' | undefined {
  for (const v of file.origins.valueOf(file.module, node))
    if (v.is === 'function' && isClass(parentOf(parentOf(v.node) as Node))) return { module: v.module, method: v.node }
  const isForeign = file.evidence(object, [Client])?.steps.some(({ what }) => what.includes("'nestjs-prisma'"))
  return isForeign ? 'of nestjs-prisma' : undefined
}

/** `async enableShutdownHooks(app) { this.$on('beforeExit', async () => { await app.close() }) }`. */
function isOnlyClosing(method: FunctionNode): boolean {
  const [app] = method.params
  if (method.params.length !== 1 || app?.type !== 'Identifier' || method.body.type !== 'BlockStatement') return false
  const [only, ...others] = method.body.body
  if (others.length > 0 || only?.type !== 'ExpressionStatement') return false
  const call = unwrap(only.expression)
  if (call.type !== 'CallExpression' || !isMember(call.callee) || memberName(call.callee) !== '$on') return false
  const [event, handler] = call.arguments as Node[]
  if (call.callee.object.type !== 'ThisExpression' || literalText(event) !== 'beforeExit' || !isFunction(handler))
    return false
  const body = handler.body
  const [closing, ...more] = body.type === 'BlockStatement' ? body.body : [body]
  const expression = closing?.type === 'ExpressionStatement' ? closing.expression : closing
  const inner = expression?.type === 'AwaitExpression' ? expression.argument : expression
  return (
    more.length === 0 &&
    inner?.type === 'CallExpression' &&
    isMember(inner.callee) &&
    memberName(inner.callee) === 'close' &&
    inner.callee.object.type === 'Identifier' &&
    inner.callee.object.name === app.name &&
    inner.arguments.length === 0
  )
}

/** Takes the method out of its class; undefined where something else may call it. */
function withoutMethod(file: JavaScriptFile, use: MemberCall, { module, method }: Service): DraftEdit[] | undefined {
  const uses = file.origins.uses.of(module, method)
  if (uses.some((one) => one.is !== 'called' || one.call !== use.call)) return undefined
  const range = linesOf(module, method)
  const owner = parentOf(method)
  const named =
    owner && 'body' in owner ? (owner.body as unknown as Node[]).filter((one) => nameOf(one) === nameOf(method)) : []
  return range && named.length === 1 ? [replace(range, '', module.path)] : undefined
}

function nameOf(member: Node): string | undefined {
  return 'key' in member ? keyName(member as never) : undefined
}

/** Takes `const service = app.get(PrismaService)` out where nothing else uses the name. */
function withoutName(
  file: JavaScriptFile,
  { object }: MemberCall,
): { readonly edits: DraftEdit[]; readonly drops: DraftRequest[] } {
  const binding = object.type === 'Identifier' ? file.module.binding(object) : undefined
  const declaration = binding?.declarations[0]
  const list = declaration && parentOf(declaration)
  const range =
    declaration?.type === 'VariableDeclarator' && list?.type === 'VariableDeclaration' && list.declarations.length === 1
      ? linesOf(file, list)
      : undefined
  const [service] =
    declaration?.type === 'VariableDeclarator' && declaration.init?.type === 'CallExpression'
      ? declaration.init.arguments
      : []
  if (!binding || !range || file.module.references(binding).length > 1 || service?.type !== 'Identifier')
    return { edits: [], drops: [] }
  return { edits: [replace(range, '')], drops: [{ dropIfUnused: 'import', name: service.name }] }
}
