/** Where a project sets up its façade, and what it takes out of it. */
import { argumentsOf, type JavaScriptFile, keyName, type Node, type Range, type Survey, unwrap } from '#kit'
import type { FacadeStage } from '../facade/types.ts'
import type { PaymentMap } from '../map/types.ts'
import { isFacadeSpecifier, namesGiven, takenBy } from './facade-uses.ts'
import { facadeNames } from './names.ts'
import { isFacade } from './project.ts'

/** Options of `configurePayments` that are about a rollout, and those that are about the old version. */
const OF_ROLLOUT = ['rollout', 'allowlist', 'denylist']
const OF_OLD_VERSION = ['shadow', 'fallback']

/** What a façade exports that goes with the flag. */
const WITH_THE_FLAG = ['openFeatureRollout', 'bucketOf']

/** What one file does to set the façade up. */
export interface SetUp {
  readonly path: string
  /** The options that it gives, call by call. */
  readonly options: readonly (readonly Option[])[]
  /** What it takes out of the façade and uses for more than such options. */
  readonly uses: readonly string[]
  /** What it takes out of the façade, and all that its options name, so that an import can go with them. */
  readonly names: readonly string[]
}

const surveys = new WeakMap<PaymentMap, Survey<readonly SetUp[]>>()

/** The files that set a façade up. */
export function setUpSurvey(map: PaymentMap): Survey<readonly SetUp[]> {
  const found = surveys.get(map) ?? {
    mentions: [facadeNames(map).configure, ...WITH_THE_FLAG],
    look: (files: Iterable<JavaScriptFile>) => [...files].flatMap((file) => setUpIn(file, map) ?? []),
  }
  surveys.set(map, found)
  return found
}

/** Options that are read no more at a stage. */
export function optionsGoneAt(stage: FacadeStage): readonly string[] {
  return stage === 'dual' ? [] : stage === 'writes' ? OF_ROLLOUT : [...OF_ROLLOUT, ...OF_OLD_VERSION]
}

function setUpIn(file: JavaScriptFile, map: PaymentMap): SetUp | undefined {
  if (isFacade(file.path, map)) return undefined
  const loads = file.module.mentions.filter(({ specifier }) => isFacadeSpecifier(specifier, map))
  if (loads.length === 0) return undefined
  const given = (name: string) => loads.flatMap(({ node }) => namesGiven(node, name))
  const referencesTo = (name: string) =>
    given(name).flatMap((id) => {
      const binding = file.module.scopes.lookup(id.name, id)
      return binding ? file.module.references(binding) : []
    })
  const configured = new Set<Node>(referencesTo(facadeNames(map).configure))
  const options = file.module.calls
    .filter((call) => configured.has(call.callee as Node))
    .flatMap((call): (readonly Option[])[] => {
      const object = argumentsOf(call)[0] && unwrap(argumentsOf(call)[0]!)
      if (object?.type !== 'ObjectExpression') return []
      return [
        object.properties.map((property) => ({
          name: property.type === 'SpreadElement' ? undefined : keyName(property),
          at: { start: property.start!, end: property.end! },
        })),
      ]
    })
  const going = options.flat().filter(({ name }) => name !== undefined && OF_ROLLOUT.includes(name))
  const uses = WITH_THE_FLAG.filter((name) =>
    referencesTo(name).some((one) => !going.some(({ at }) => at.start <= one.start && one.end <= at.end)),
  )
  const words = going.flatMap(({ at }) => file.text.slice(at.start, at.end).match(/[A-Za-z_$][\w$]*/g) ?? [])
  return {
    path: file.path,
    options,
    uses,
    names: [...new Set([...loads.flatMap(({ node }) => takenBy(node)), ...words])],
  }
}

interface Option {
  readonly name: string | undefined
  readonly at: Range
}

/** What to take out of the options of `configurePayments` so that some are no longer there, with the commas that go with them. */
export function withoutOptions(options: readonly Option[], gone: readonly string[]): Range[] {
  const found: Range[] = []
  const isGone = ({ name }: Option) => name !== undefined && gone.includes(name)
  for (let at = 0; at < options.length; at++) {
    if (!isGone(options[at]!)) continue
    const first = at
    while (options[at + 1] && isGone(options[at + 1]!)) at++
    const next = options[at + 1]
    const start = next ? options[first]!.at.start : (options[first - 1]?.at.end ?? options[first]!.at.start)
    found.push({ start, end: next?.at.start ?? options[at]!.at.end })
  }
  return found
}
