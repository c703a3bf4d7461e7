import { readFileSync, realpathSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import semver from 'semver'
import type { Deprecation, Provider } from '../catalogue/provider.ts'
import { formatOf } from '../formats/index.ts'
import type { Look } from '../formats/javascript/file.ts'
import type { Kind } from '../formats/javascript/kinds.ts'
import type { JavaScriptModule } from '../formats/javascript/module.ts'
import { type CallSite, callSiteAt, callSitesIn } from '../formats/javascript/places.ts'
import type { Node } from '../formats/javascript/syntax.ts'
import type { TypeOracle } from '../formats/javascript/values.ts'
import type { ChangeId, Finding, ProjectPath } from '../model/finding.ts'
import type { Observation, Seen, UnplacedCall } from '../model/observation.ts'
import type { Hop, Location } from '../model/trust.ts'
import type { DeprecatedCall, Frame, RanAt, Watched } from './observe.ts'
import { mapReference } from './source-maps.ts'
import type { Sources } from './sources.ts'
import { withoutTests } from './verify.ts'

/** What the sightings of a run are made from. */
export interface SightingsInput {
  readonly watched: Watched
  readonly provider: Provider
  /** The changes of the run. */
  readonly changes: readonly ChangeId[]
  readonly sources: Sources
  /** The files that are looked at. */
  readonly files: Iterable<ProjectPath>
}

/** A deprecated call whose place in the source is known. */
interface Sighting {
  readonly said: string
  readonly deprecation: Deprecation
  readonly changes: readonly ChangeId[]
  readonly file: ProjectPath
  readonly site: CallSite
  /** True if the code at the place made the deprecated call itself; false if a package did that for it. */
  readonly isDirect: boolean
  /** Where the call was made: here, or in the package. */
  readonly at: Location
}

/** A finding as it is reported. */
type SeenFinding = Pick<Finding, 'change' | 'file'> & { readonly seen?: Seen }

/** A place of the project, or of a package; `file` is a path in the project, or absolute. */
interface Ran extends Location {
  readonly is: 'project' | 'package'
}

/**
 * The deprecated calls that were seen at run time, as places in the source: what they prove of the values that the calls
 * were made on, which findings they confirm, and which calls no finding stands for. Speaks of the files as they are on
 * disk, not of what is planned for them.
 */
export class Sightings {
  readonly #input: SightingsInput
  readonly #files: ReadonlySet<ProjectPath>
  readonly #root: string
  /** The changes of which the old version says something at the place that breaks. */
  readonly #observable: ReadonlySet<ChangeId>
  readonly #placed = new Map<ProjectPath, Sighting[]>()
  #isPlaced = false
  readonly #unplaced: (UnplacedCall & { readonly deprecation?: Deprecation })[] = []
  readonly #looked = new Set<ProjectPath>()
  readonly #seen = new Map<Finding, Seen>()

  constructor(input: SightingsInput) {
    this.#input = input
    this.#files = new Set(input.files)
    this.#root = realPath(input.sources.root)
    const { version } = input.watched
    const placed = (input.provider.deprecations ?? []).filter(
      ({ callees, since }) => callees.length > 0 && (!since || !version || semver.gte(version, since)),
    )
    this.#observable = new Set(placed.flatMap((deprecation) => this.#active(deprecation)))
  }

  /** Made when first asked for, so that what is parsed for it counts as parsed by the scan. */
  get #sightings(): ReadonlyMap<ProjectPath, readonly Sighting[]> {
    if (!this.#isPlaced) {
      this.#isPlaced = true
      for (const call of this.#input.watched.calls) this.#place(call)
    }
    return this.#placed
  }

  /** True if a deprecated call was seen in a file. */
  isIn(file: ProjectPath): boolean {
    return this.#sightings.has(file)
  }

  /** An oracle that answers with what was seen, and asks another one about the rest. */
  before(other: TypeOracle | undefined): TypeOracle {
    return {
      kindAt: (module, node, kinds) => this.#receiverAt(module, node) ?? other?.kindAt(module, node, kinds),
      get remarks() {
        return other?.remarks ?? []
      },
    }
  }

  /**
   * The findings of a file, those that were confirmed with what was seen as evidence; and one more for each call that none
   * of them stands for. `looks` is what the changes thought of other places.
   */
  merge(module: JavaScriptModule, findings: readonly Finding[], looks: readonly Look[]): Finding[] {
    this.#looked.add(module.path)
    let merged = [...findings]
    for (const sighting of this.#sightings.get(module.path) ?? []) {
      const own = findingsAt(sighting, module, merged)
      if (own.length > 0)
        merged = merged.map((finding) => (own.includes(finding) ? this.#confirm(finding, sighting) : finding))
      else if (sighting.deprecation.confirmsOnly) continue
      else if (sighting.isDirect) merged.push(this.#missed(sighting, looks))
      else this.#unplaced.push({ said: sighting.said, changes: sighting.changes, is: 'package', at: sighting.at })
    }
    return merged
  }

  /** What running the tests said about a finding; undefined where the old version says nothing of such calls. */
  seenOf(finding: Finding): Seen | undefined {
    const known = this.#seen.get(finding)
    if (known) return known
    const { state } = this.#input.watched
    const isWatched = state === 'complete' || state === 'in-part'
    const isSaidOf = formatOf(finding.file) === 'javascript' && this.#observable.has(finding.change)
    return isWatched && isSaidOf ? 'not-reached' : undefined
  }

  /** What is reported about all of it beside these findings, once every file was looked at. */
  observation(findings: readonly SeenFinding[]): Observation {
    const { state, reason, run } = this.#input.watched
    const count = (seen: Seen) => findings.filter((finding) => finding.seen === seen).length
    const leftOut = [...this.#sightings]
      .filter(([file]) => !this.#looked.has(file))
      .flatMap(([, sightings]) => sightings)
      .map(({ said, changes, at }): UnplacedCall => ({ said, changes, is: 'left-out', at }))
    return {
      state,
      reason,
      ...(run ? { run: withoutTests(run) } : {}),
      confirmed: count('confirmed'),
      notReached: count('not-reached'),
      onlyAtRunTime: count('only-at-run-time'),
      unplaced: [...this.#unplaced, ...leftOut].map((call) => withCandidates(call, findings)).sort(byPlace),
    }
  }

  #active({ changes }: Deprecation): readonly ChangeId[] {
    return changes
      .map((name): ChangeId => `${this.#input.provider.id}/${name}`)
      .filter((id) => this.#input.changes.includes(id))
  }

  #receiverAt(module: JavaScriptModule, node: Node): { kind: Kind; steps: Hop[] } | undefined {
    // offsets of a planned text are not those of the text that ran
    if (this.#input.sources.planned(module.path) !== undefined) return undefined
    for (const sighting of this.#sightings.get(module.path) ?? []) {
      const { receiver } = sighting.deprecation
      const { object } = sighting.site
      if (receiver && sighting.isDirect && object?.start === node.start && object.end === node.end)
        return { kind: receiver, steps: [stepOf(sighting)] }
    }
    return undefined
  }

  #confirm(finding: Finding, sighting: Sighting): Finding {
    const step = stepOf(sighting)
    const { steps } = finding.evidence
    const isKnown = steps.some(({ what }) => what === step.what)
    const confirmed = isKnown ? finding : { ...finding, evidence: { ...finding.evidence, steps: [...steps, step] } }
    this.#seen.set(confirmed, 'confirmed')
    return confirmed
  }

  #missed(sighting: Sighting, looks: readonly Look[]): Finding {
    const { said, changes, file, site } = sighting
    const isOpen = looks.some(
      ({ verdict, range }) => verdict === 'unknown' && range.start <= site.name.start && site.name.end <= range.end,
    )
    const finding: Finding = {
      change: changes[0]!,
      file,
      range: site.name,
      message: `the tests ran this, and the old version said "${said}"; change it by hand`,
      evidence: { certainty: 'proven', steps: [stepOf(sighting)] },
      notes: [
        isOpen
          ? 'the source alone did not tell that it is affected'
          : 'reading the source did not find this call, which is a miss of upgrade-kit and worth a report',
      ],
    }
    this.#seen.set(finding, 'only-at-run-time')
    return finding
  }

  // ---- from the stack to the source ---------------------------------------------------------------

  #place(call: DeprecatedCall): void {
    const said = `${call.namespace} deprecated ${call.message}`
    const deprecation = (this.#input.provider.deprecations ?? []).find(
      ({ namespace, message }) => namespace === call.namespace && message.test(call.message),
    )
    if (!deprecation) {
      this.#unplaced.push({ said, changes: [], is: 'unknown', ...at(this.#nearest(call)) })
      return
    }
    const changes = this.#active(deprecation)
    if (changes.length === 0) return
    const sighting = this.#sighting(call, said, deprecation, changes)
    if (!sighting) return
    const known = this.#placed.get(sighting.file)
    const isKnown = known?.some(
      (other) => other.deprecation === deprecation && other.site.name.start === sighting.site.name.start,
    )
    if (known && !isKnown) known.push(sighting)
    else if (!known) this.#placed.set(sighting.file, [sighting])
  }

  /** The call in the source; where there is none, notes why. */
  #sighting(
    call: DeprecatedCall,
    said: string,
    deprecation: Deprecation,
    changes: readonly ChangeId[],
  ): Sighting | undefined {
    let first: Ran | undefined
    for (const frame of call.frames) {
      const ran = this.#ran(frame)
      if (!ran) continue
      first ??= ran
      if (ran.is === 'package') continue
      const site = this.#siteAt(ran, deprecation)
      if (site) return { said, deprecation, changes, file: ran.file, site, isDirect: ran === first, at: place(first) }
      break
    }
    const isOfPackage = first?.is === 'package' && deprecation.callees.length > 0
    const isLeftOut = first?.is === 'project' && !this.#files.has(first.file)
    const is = isOfPackage ? 'package' : isLeftOut ? 'left-out' : 'not-placed'
    // one place can be said of in many words: `res.status("200")`, `res.status("404")`
    const isKnown = this.#unplaced.some((other) => other.deprecation === deprecation && isSamePlace(other.at, first))
    if (!isKnown) this.#unplaced.push({ said, changes, is, ...at(first), deprecation })
    return undefined
  }

  #nearest({ frames }: DeprecatedCall): Ran | undefined {
    return frames.map((frame) => this.#ran(frame)).find((ran) => ran !== undefined)
  }

  /** Where a frame stands in the source, as far as anybody says so; undefined for code that is in no file. */
  #ran(frame: Frame): Ran | undefined {
    const { file, line, column } = frame.source ?? mappedByFile(frame) ?? frame
    if (!path.isAbsolute(file)) return undefined
    const real = realPath(file)
    const inside = path.relative(this.#root, real).split(path.sep).join('/')
    const isOutside = inside.startsWith('../') || path.isAbsolute(inside)
    const isPackage = isOutside || /(?:^|\/)node_modules\//.test(inside)
    return { is: isPackage ? 'package' : 'project', file: isOutside ? real : inside, line, column }
  }

  #siteAt({ file, line, column }: Ran, { callees }: Deprecation): CallSite | undefined {
    if (callees.length === 0 || formatOf(file) !== 'javascript' || !this.#files.has(file)) return undefined
    const opened = this.#input.sources.open(file)
    if (opened.is !== 'module') return undefined
    const offset = opened.module.lines.offsetAt({ line, column })
    const isThere = offset !== undefined && opened.module.lines.positionAt(offset).column === column
    return isThere ? callSiteAt(opened.module, offset, callees) : undefined
  }
}

/** The findings that are about a call: within it and in no other such call within it, or about what it is called on. */
function findingsAt(
  { site, changes, deprecation }: Sighting,
  module: JavaScriptModule,
  findings: readonly Finding[],
): readonly Finding[] {
  const within = callSitesIn(module, deprecation.callees).filter(
    (other) =>
      other.name.start !== site.name.start && site.whole.start <= other.name.start && other.whole.end <= site.whole.end,
  )
  return findings.filter(({ change, range, evidence }) => {
    if (!changes.includes(change)) return false
    const isInside = site.whole.start <= range.start && range.end <= site.whole.end
    if (isInside) return !within.some(({ name, whole }) => name.start <= range.start && range.end <= whole.end)
    // an argument that is written down somewhere else
    const [nearest] = evidence.steps
    const receiver = site.object && module.locate(site.object.start)
    return receiver !== undefined && nearest?.at?.line === receiver.line && nearest.at.column === receiver.column
  })
}

/** A call of no known place may be one of the findings of its changes: in its file, if that is known. */
function withCandidates(
  { deprecation, ...call }: UnplacedCall & { readonly deprecation?: Deprecation },
  findings: readonly SeenFinding[],
): UnplacedCall {
  if (call.is !== 'not-placed') return call
  const isOfFile = deprecation !== undefined && deprecation.callees.length > 0
  const candidates = findings.filter(
    ({ change, file }) => call.changes.includes(change) && (!isOfFile || file === call.at?.file),
  ).length
  return candidates > 0 ? { ...call, candidates } : call
}

function byPlace(a: UnplacedCall, b: UnplacedCall): number {
  const key = ({ at: where, said }: UnplacedCall) =>
    [where?.file ?? '', where?.line ?? 0, where?.column ?? 0, said] as const
  const [left, right] = [key(a), key(b)]
  const index = left.findIndex((part, at) => part !== right[at])
  return index < 0 ? 0 : left[index]! < right[index]! ? -1 : 1
}

function isSamePlace(a: Location | undefined, b: Location | undefined): boolean {
  return a?.file === b?.file && a?.line === b?.line && a?.column === b?.column
}

function stepOf({ said, at: where }: Sighting): Hop {
  return { what: `seen at run time: ${said}`, at: where }
}

function place({ file, line, column }: Ran): Location {
  return { file, line, column }
}

function at(ran: Ran | undefined): { readonly at?: Location } {
  return ran ? { at: place(ran) } : {}
}

/** Through the source map that a compiled file names; undefined where there is none. */
function mappedByFile({ file, line, column }: RanAt): RanAt | undefined {
  if (!path.isAbsolute(file) || file.includes(`${path.sep}node_modules${path.sep}`)) return undefined
  try {
    const buffer = readFileSync(file)
    const reference = mapReference(buffer)
    if (!reference) return undefined
    const inline = /^data:[^,]*;base64,/.exec(reference.url)
    const map = path.resolve(path.dirname(file), inline ? '.' : decodeURIComponent(reference.url))
    const text = inline
      ? Buffer.from(reference.url.slice(inline[0].length), 'base64').toString('utf8')
      : readFileSync(map, 'utf8')
    const payload = JSON.parse(text) as SourceMapPayload
    const entry = new SourceMap(payload).findEntry(line - 1, column - 1)
    if (!('originalSource' in entry)) return undefined
    const source = entry.originalSource.startsWith('file:') ? fileURLToPath(entry.originalSource) : entry.originalSource
    const folder = inline ? path.dirname(file) : path.dirname(map)
    return {
      file: path.resolve(folder, payload.sourceRoot ?? '', source),
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    }
  } catch {
    return undefined
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}
