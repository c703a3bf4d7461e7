/** What the command line does with payment maps. */
import { bundledMap, bundledText } from './bundled.ts'
import { type Anchor, draftText, type OperationProposal, proposeMap } from './draft.ts'
import { lintMap } from './lint.ts'
import { loadMap, type MapProblem, type Read, readDocument } from './load.ts'
import { OpenApi } from './openapi.ts'
import { rowsOf } from './rows.ts'

/** Everything that is wrong with a map; `v1` and `v2` are OpenAPI documents. Throws for a document that is none. */
export function lint(text: string, v1: readonly unknown[], v2: readonly unknown[]): readonly MapProblem[] {
  const result = loadMap(text)
  if (result.is === 'failed') return result.problems
  const documents = v1.length + v2.length === 0 ? undefined : { v1: v1.map(openApi), v2: v2.map(openApi) }
  return lintMap(result, documents)
}

/** An OpenAPI document from its text, in YAML or JSON; or why it is none. */
export function document(text: string): Read {
  const read = readDocument(text)
  if (read.is === 'failed') return read
  const { value } = read
  const failed = (message: string): Read => ({ is: 'failed', message, line: 1, column: 1 })
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return failed('it is no OpenAPI document: it is no object')
  if ('swagger' in value)
    return failed(
      `it is Swagger ${String(value.swagger)}; convert it to OpenAPI 3 first, for example with swagger2openapi`,
    )
  return 'paths' in value ? read : failed('it is no OpenAPI document: it has no `paths`')
}

/** How many rows of each tag an operation has: rewritten, only where something is proven, only reported. */
export function tags(
  text: string,
): readonly { readonly operation: string; readonly A: number; readonly C: number; readonly R: number }[] {
  const result = loadMap(text)
  if (result.is === 'failed') return []
  const { map } = result
  return Object.keys(map.operations).map((operation) => {
    const rows = [...rowsOf(map, operation, 'request'), ...rowsOf(map, operation, 'response')]
    const count = (tag: 'A' | 'C' | 'R') => rows.filter((row) => !row.isContainer && row.tag === tag).length
    return { operation, A: count('A'), C: count('C'), R: count('R') }
  })
}

export { sentenceOf as describeCall } from '../sites/describe.ts'
export { isBlocking } from '../sites/preconditions.ts'

export interface Draft {
  readonly text: string
  readonly operations: readonly { readonly name: string; readonly old: string; readonly chosen: string | undefined }[]
  readonly fields: { readonly proposed: number; readonly open: number }
}

/** A draft of a map from the documents of both versions. */
export function draft(
  v1: readonly unknown[],
  v2: readonly unknown[],
  options: {
    readonly provider: string
    readonly pairs: Readonly<Record<string, string>>
    readonly anchors: readonly Anchor[]
  },
): Draft {
  const proposals = proposeMap(v1.map(openApi), v2.map(openApi), options)
  const requests = proposals.flatMap(({ request }) => request)
  return {
    text: draftText(proposals, options),
    operations: proposals.map(({ name, old, chosen }) => ({
      name,
      old: called(old),
      chosen: chosen && called(chosen),
    })),
    fields: {
      proposed: requests.filter(({ chosen }) => chosen).length,
      open: requests.filter(({ chosen }) => !chosen).length,
    },
  }
}

function called({ method, path }: OperationProposal['old']): string {
  return `${method} ${path}`
}

function openApi(value: unknown): OpenApi {
  return new OpenApi(value)
}

/** The text of a bundled map; `undefined` for a provider that is none of ours. */
export function bundled(provider: string): string | undefined {
  return bundledMap(provider) && bundledText(provider)
}
