import {
  argumentsOf,
  type Draft,
  type DraftEdit,
  type DraftRequest,
  defineChange,
  fix,
  isCall,
  type JavaScriptFile,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { isObject } from './client/literals.ts'
import { linesOf } from './client/statements.ts'
import { type Made, madeOf } from './packages/imports.ts'

/** What each adapter is made of now, and what makes what it took before. */
const ADAPTERS: Readonly<Record<string, { readonly now: string; readonly made: RegExp }>> = {
  PrismaNeon: { now: 'new PrismaNeon({ connectionString })', made: /^Pool$/ },
  PrismaNeonHTTP: { now: 'new PrismaNeonHTTP(url, {})', made: /^neon$/ },
  PrismaLibSQL: { now: 'new PrismaLibSQL({ url, authToken })', made: /^createClient$/ },
}
const DRIVERS = /^(?:@neondatabase\/serverless|@libsql\/client(?:\/\w+)?)$/
/** Without a successor. */
const GONE = /^@prisma\/(?:pg-worker|adapter-pg-worker)$/

export default defineChange({
  title: 'Driver adapters must be made from settings',
  why: 'Adapters became factories in 6.6: `PrismaNeon`, `PrismaNeonHTTP` and `PrismaLibSQL` take what a connection is made of, and neither a pool nor a client. `PrismaPg` and `PrismaPlanetScale` take either, and `@prisma/adapter-pg-worker` ended with 6.10.',
  since: '6.6.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/6.6.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'sometimes',
  stage: 'bump',

  format: 'javascript',
  restsOn: 'dependency',
  mentions: ['@prisma/adapter-', '@prisma/pg-worker'],
  *find(file, project) {
    if (!project.inScope) return
    for (const one of madeOf(file, /^@prisma\/adapter-/)) {
      const [first] = one.arguments
      const adapter = Object.hasOwn(ADAPTERS, one.name) ? ADAPTERS[one.name] : undefined
      if (!adapter || !first || isObject(unwrap(first))) continue
      // what 6 takes: an address and its options
      if (one.name === 'PrismaNeonHTTP' && one.arguments.length > 1) continue
      yield draftOf(file, one, first, adapter)
    }
    for (const { specifier, node } of file.module.mentions)
      if (GONE.test(specifier))
        yield {
          at: node,
          message: `'${specifier}' ended with 6.10; use \`@prisma/adapter-pg\` and \`pg\``,
          evidence: {
            certainty: 'proven',
            steps: [{ what: `the module '${specifier}'`, at: file.module.locate(node.start) }],
          },
        }
  },
})

function draftOf(
  file: JavaScriptFile,
  { name, call, evidence }: Made,
  first: Node,
  adapter: { now: string; made: RegExp },
): Draft {
  const draft = { at: call, message: `an adapter is made from settings: \`${adapter.now}\``, evidence }
  const held = heldBy(file, first)
  const made = held?.made ?? unwrap(first)
  if (!isCall(made) || !isOfDriver(file, made, adapter.made))
    return { ...draft, notes: ['it is not seen here what the pool or client is made of'] }
  if (first.type === 'Identifier' && !held) return { ...draft, notes: ['the pool or client is used elsewhere, too'] }
  const [settings, ...others] = argumentsOf(made)
  const isHttp = name === 'PrismaNeonHTTP'
  if (!settings || settings.type === 'SpreadElement' || others.length > 0 || (!isHttp && !isObject(unwrap(settings))))
    return { ...draft, notes: ['what the pool or client is made of are no settings that can be handed on'] }
  const text = `${file.source(settings)}${isHttp ? ', {}' : ''}`
  const edits: DraftEdit[] = [replace(first, text), ...(held ? [replace(held.lines, '')] : [])]
  const callee = unwrap(made.callee as Node)
  const requests: DraftRequest[] = callee.type === 'Identifier' ? [{ dropIfUnused: 'import', name: callee.name }] : []
  return { ...draft, fix: { ...fix('review', 'Make it from the settings', ...edits), requests } }
}

/** What a constant is made of that nothing else uses, and the lines that it stands on. */
function heldBy(file: JavaScriptFile, node: Node) {
  const binding = node.type === 'Identifier' ? file.module.binding(node) : undefined
  const declaration = binding?.declarations[0]
  const list = declaration && parentOf(declaration)
  if (!binding || declaration?.type !== 'VariableDeclarator' || list?.type !== 'VariableDeclaration') return undefined
  if (list.kind !== 'const' || list.declarations.length > 1 || parentOf(list)?.type === 'ExportNamedDeclaration')
    return undefined
  const lines = linesOf(file, list)
  if (!lines || !declaration.init || file.module.references(binding).length > 1) return undefined
  return { made: unwrap(declaration.init), lines }
}

function isOfDriver(file: JavaScriptFile, made: Node, name: RegExp): boolean {
  for (const one of madeOf(file, DRIVERS)) if (one.call === made) return name.test(one.name)
  return false
}
