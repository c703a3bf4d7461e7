import {
  argumentsOf,
  type Draft,
  type DraftEdit,
  defineChange,
  type Evidence,
  fix,
  insertAfter,
  insertBefore,
  isCall,
  type JavaScriptFile,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
} from '#kit'
import { type ChosenMap, chosenMap } from './map/chosen.ts'
import type { SdkFacts } from './map/types.ts'
import { namedCalls } from './sites/handed-in.ts'
import { isOnlyForOthers } from './sites/loads.ts'
import { sdkModel } from './sites/model.ts'
import {
  asksForOperations,
  facadeFor,
  isFacade,
  isLoading,
  isTest,
  isWrapped,
  type PackageFacade,
  sitesSurvey,
  specifierFrom,
} from './sites/project.ts'

export default defineChange({
  title: 'The SDK of the old version has no successor that can be put in its place',
  why: 'It speaks only the old version of the API, which the provider is going to switch off. The façade has the same members: with the flag off it hands every call on to the SDK.',
  since: '2.0.0',
  breakage: 'throws',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/paypal|stripe|mollie/i, /require\s*\(|\bimport\b/],
  *find(file, project) {
    const chosen = chosenMap(project)
    if (isTest(file.path) || isFacade(file.path, chosen.map)) return
    yield* ofUnknownClients(file, project, chosen)
    for (const sdk of chosen.map.sdk ?? []) {
      const loads = file.module.mentions.filter(({ specifier }) => specifier === sdk.package)
      if (loads.length === 0 && sdk.client === 'object') continue
      const facade = facadeFor(project, chosen)
      if (facade?.entry.sdk?.kind === 'wrap' && !facade.isOver) yield* wrapped(file, project, chosen, sdk, facade)
      // a client that speaks both is there for other things
      else if (chosen.map.to.transport !== 'sdk')
        for (const { node } of loads) yield* swapped(file, project, chosen, sdk, node, facade)
    }
  },
})

function messageOf(sdk: SdkFacts, { map }: ChosenMap): string {
  return `\`${sdk.package}\` speaks only ${map.from.id} of ${map.provider.title}`
}

// ---- a client that nobody is seen to make ---------------------------------------------------------

/** Where no file of a package makes a client, whoever calls it may hand in one of the old version. */
function* ofUnknownClients(file: JavaScriptFile, project: ProjectFacts, chosen: ChosenMap): Iterable<Draft> {
  const { map } = chosen
  const files = project.survey(sitesSurvey(map))
  if (files.some(({ sdk, facade }) => sdk.length > 0 || facade)) return
  for (const { call, path } of namedCalls(file, map))
    yield {
      at: call,
      message: `this looks like \`${path}\` of the SDK of ${map.provider.title}, and no client is made here: see that whoever hands it in has the one of a façade`,
      evidence: {
        certainty: 'guessed',
        steps: [{ what: 'only its names say what it is', at: file.module.locate(call.start!) }],
      },
    }
}

/**
 * The calls that go through what a file loads: its own, and with the first file that loads the SDK those of all files that
 * are handed it.
 */
function callsThrough(file: JavaScriptFile, project: ProjectFacts, { map }: ChosenMap): Pick<Draft, 'calls' | 'notes'> {
  const files = project.survey(sitesSurvey(map)).filter(({ path }) => !isTest(path) && !isFacade(path, map))
  const loading = files.filter(({ loadsSdk }) => loadsSdk).map(({ path }) => path)
  const isFirst = [...loading].sort()[0] === file.path
  const own = files.filter(({ path, loadsSdk }) => path === file.path || (isFirst && !loadsSdk))
  const calls = own.flatMap((one) => one.calls)
  if (calls.length === 0) return {}
  const counts = new Map<string, number>()
  for (const { operation } of calls) counts.set(operation, (counts.get(operation) ?? 0) + 1)
  const named = [...counts].map(([operation, count]) => (count === 1 ? operation : `${operation} (${count})`))
  return { calls, notes: [`what is asked of it: ${named.join(', ')}`] }
}

// ---- a module that is the client ----------------------------------------------------------------

function* swapped(
  file: JavaScriptFile,
  project: ProjectFacts,
  chosen: ChosenMap,
  sdk: SdkFacts,
  node: Node,
  facade: PackageFacade | undefined,
): Iterable<Draft> {
  if (node.type === 'ImportDeclaration' && (node.importKind === 'type' || node.specifiers.length === 0)) return
  if (parentOf(node)?.type === 'ExpressionStatement') return
  if (sdk.client === 'object' && isOnlyForOthers(file, sdk, node)) return
  const evidence: Evidence = {
    certainty: 'proven',
    steps: [{ what: `the module '${sdk.package}'`, at: file.module.locate(node.start) }],
  }
  const message = messageOf(sdk, chosen)
  const name = facade?.entry.sdk?.name
  if (!facade || name === undefined || facade.isOver) {
    const why = facade?.isOver
      ? `${chosen.map.from.id} is gone from the façade; ask the façade for it by hand`
      : 'no façade can be made for it'
    yield { at: node, message: `${message}; ${why}`, evidence }
    return
  }
  const from = specifierFrom(file.path, facade.entry, facade.style)
  // a class of our own has what the map knows; an object hands everything else on
  const beyond = sdk.client === 'object' ? [] : project.survey(sitesSurvey(chosen.map)).flatMap((one) => one.beyond)
  if (beyond.length > 0) {
    const what = [...new Set(beyond)].map((one) => `\`${one}\``).join(', ')
    yield {
      at: node,
      message: `${message}; the façade \`${name}\` in '${from}' has no ${what}, which this package uses: write that for ${chosen.map.to.id} by hand, then import the façade`,
      evidence,
    }
    return
  }
  const edits = importEdits(file, node, name, from, sdk.package)
  if (typeof edits === 'string') {
    yield { at: node, message: `${message}; import the façade \`${name}\` from '${from}' by hand: ${edits}`, evidence }
    return
  }
  yield {
    at: node,
    message: `${message}; import the façade, which has the same members`,
    evidence,
    ...callsThrough(file, project, chosen),
    fix: { ...fix('safe', `Import \`${name}\` from the façade`, ...edits), requests: facade.requests },
  }
}

/** The edits that make a file get the façade where it got the SDK, or why a person has to. */
function importEdits(
  file: JavaScriptFile,
  node: Node,
  name: string,
  from: string,
  packageName: string,
): readonly DraftEdit[] | string {
  const quoted = (text: string, like: Node) => {
    const quote = file.source(like)[0] ?? "'"
    return quote + text + quote
  }
  const binding = (local: string) => (local === name ? `{ ${name} }` : `{ ${name}: ${local} }`)
  if (node.type === 'ImportDeclaration') {
    const [only] = node.specifiers
    if (node.specifiers.length !== 1 || !only) return 'it imports the module and parts of it at once'
    if (only.type === 'ImportSpecifier' && (only.imported.type !== 'Identifier' || only.imported.name !== 'default'))
      return 'it imports parts of the module'
    const local = only.local.name
    const imported = local === name ? `{ ${name} }` : `{ ${name} as ${local} }`
    const types = typeUses(file, only.local as Node)
    const start = file.text.indexOf('import', node.start) + 'import'.length
    const semicolon = file.source(node).endsWith(';') ? ';' : ''
    return [
      replace({ start, end: node.source.start! }, ` ${imported} from `),
      replace(node.source as Node, quoted(from, node.source as Node)),
      ...(types.length > 0
        ? [
            insertAfter(
              node,
              `\nimport type * as ${local}Types from ${quoted(packageName, node.source as Node)}${semicolon}`,
            ),
            ...types.map((id) => replace(id, `${local}Types`)),
          ]
        : []),
    ]
  }
  if (node.type === 'TSImportEqualsDeclaration') {
    const local = node.id.name
    if (typeUses(file, node.id as Node).length > 0) return 'its types are used under the same name'
    const imported = local === name ? `{ ${name} }` : `{ ${name} as ${local} }`
    const semicolon = file.source(node).endsWith(';') ? ';' : ''
    return [replace(node, `import ${imported} from '${from}'${semicolon}`)]
  }
  if (!isCall(node) || (node.callee as Node).type === 'Import') return 'it is loaded on demand, or handed on'
  const [specifier] = argumentsOf(node)
  const declarator = parentOf(node)
  if (!specifier) return 'it is loaded in an unusual way'
  if (declarator?.type === 'VariableDeclarator' && declarator.init === node && declarator.id.type === 'Identifier')
    return [replace(declarator.id as Node, binding(declarator.id.name)), replace(specifier, quoted(from, specifier))]
  return [replace(specifier, quoted(from, specifier)), insertAfter(node, `.${name}`)]
}

/** The places where a name stands for the types of its package: `paypal.Payment`. */
function typeUses(file: JavaScriptFile, id: Node): Node[] {
  if (id.type !== 'Identifier') return []
  const binding = file.module.scopes.lookup(id.name, id)
  return file.module.identifiersNamed(id.name).filter((use) => {
    const parent = parentOf(use)
    return (
      parent?.type === 'TSQualifiedName' && parent.left === use && file.module.scopes.lookup(use.name, use) === binding
    )
  })
}

// ---- a client that is made ----------------------------------------------------------------------

function* wrapped(
  file: JavaScriptFile,
  project: ProjectFacts,
  chosen: ChosenMap,
  sdk: SdkFacts,
  facade: PackageFacade,
): Iterable<Draft> {
  const { module } = sdkModel(chosen.map)
  const wrap = facade.entry.sdk!.name
  const isUsed = project.survey(sitesSurvey(chosen.map)).some(asksForOperations)
  if (!isUsed) return
  for (const { call, evidence } of file.callsOf(module)) {
    if (isLoading(call) || isWrapped(call, wrap)) continue
    const from = specifierFrom(file.path, facade.entry, facade.style)
    yield {
      at: call,
      message: `${messageOf(sdk, chosen)} through the members that this client is used for; wrap it`,
      evidence,
      ...callsThrough(file, project, chosen),
      fix: {
        ...fix('safe', `Wrap the client in \`${wrap}\``, insertBefore(call, `${wrap}(`), insertAfter(call, ')')),
        requests: [{ add: 'import', name: wrap, from, named: true }, ...facade.requests],
      },
    }
  }
}
