import type { PrismaFile, PrismaSetting, PrismaValue, ProjectFacts, Range } from '#kit'
import { listOf } from './facts.ts'
import { reaches } from './project.ts'

/**
 * Flags that a generator no longer needs, with the version from which on they are always on, or gone. Linted with the
 * schema parsers of 45 releases from 4.7 to 6.19.3.
 */
const GENERALLY_AVAILABLE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['interactiveTransactions', 'transactionApi', 'dataProxy', 'referentialIntegrity', 'referentialActions'],
      ...['namedConstraints', 'nativeTypes', 'microsoftSqlServer', 'mongoDb', 'mongodb', 'cockroachdb', 'nApi', 'napi'],
      ...['extendedIndexes', 'improvedQueryRaw', 'filterJson', 'orderByRelation', 'orderByAggregateGroup'],
      ...['selectRelationCount', 'uncheckedScalarInputs', 'middlewares', 'createMany', 'groupBy', 'connectOrCreate'],
      ...['distinct', 'aggregateApi', 'atomicNumberOperations', 'clientExtensions', 'filteredRelationCount'],
      'orderByNulls',
    ].map((flag) => [flag, '4.16.0']),
  ),
  extendedWhereUnique: '5.0.0',
  fieldReference: '5.0.0',
  jsonProtocol: '5.0.0',
  fullTextIndex: '6.0.0',
  tracing: '6.1.0',
  omitApi: '6.2.0',
  prismaSchemaFolder: '6.7.0',
  deno: '6.8.0',
  multiSchema: '6.13.0',
  driverAdapters: '6.16.0',
  queryCompiler: '6.16.0',
}

/** Flags that 6.19.3 still knows as previews. */
const STILL_PREVIEW = new Set([
  ...['views', 'postgresqlExtensions', 'nativeDistinct', 'relationJoins', 'typedSql', 'strictUndefinedChecks'],
  ...['reactNative', 'shardKeys', 'schemaEngineDriverAdapters', 'fullTextSearchPostgres', 'metrics', 'fullTextSearch'],
])

/** What is to become of one flag. */
export type Verdict = 'needless' | 'preview' | 'unknown'

/** Databases on which `fullTextSearch` is always on, or does nothing. */
const WITHOUT_FULL_TEXT_FLAG = /^(?:mysql|sqlite|mongodb|sqlserver|cockroachdb)$/

/** Judges a flag for the version that is to be reached. */
export function judgeFlag(flag: string, provider: string | undefined, project: Pick<ProjectFacts, 'to'>): Verdict {
  if (flag === 'fullTextSearch')
    return reaches(project, '6.0.0') && WITHOUT_FULL_TEXT_FLAG.test(provider ?? '') ? 'needless' : 'preview'
  const since = Object.hasOwn(GENERALLY_AVAILABLE, flag) ? GENERALLY_AVAILABLE[flag] : undefined
  if (since !== undefined) return reaches(project, since) ? 'needless' : 'preview'
  return STILL_PREVIEW.has(flag) ? 'preview' : 'unknown'
}

/** The version from which on a flag is needless, where that is known. */
export function needlessSince(flag: string): string | undefined {
  return flag === 'fullTextSearch' ? '6.0.0' : GENERALLY_AVAILABLE[flag]
}

type Flag = PrismaValue & { readonly is: 'string' }

/**
 * What takes flags out of a list, per flag; those that stand together share one range. Where nothing is left, the whole
 * setting goes, with its line.
 */
export function removals(
  file: PrismaFile,
  setting: PrismaSetting,
  isGone: (flag: string) => boolean,
): readonly { readonly flag: Flag; readonly range: Range }[] {
  const flags = listOf(setting.value)
  // anything but strings in the list is an error in every version, and left to whoever wrote it
  if (setting.value.is === 'array' && setting.value.items.length > flags.length) return []
  const last = flags.findLast(({ value }) => !isGone(value))
  if (!last) return flags.map((flag) => ({ flag, range: file.removal(setting) }))
  return flags.flatMap((flag, index) => {
    if (!isGone(flag.value)) return []
    if (flag.start > last.start) return [{ flag, range: { start: last.end, end: flags.at(-1)!.end } }]
    return [{ flag, range: { start: flag.start, end: flags[index + 1]!.start } }]
  })
}
