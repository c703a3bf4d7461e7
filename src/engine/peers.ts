import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import semver from 'semver'
import { areDisjoint } from '../catalogue/ranges.ts'
import type { SelectedRecipe } from '../catalogue/select.ts'
import type { Version } from '../model/change.ts'
import type { ProjectPath } from '../model/finding.ts'
import { UserError } from '../model/user-error.ts'
import { packageManager } from './install.ts'
import {
  declarations,
  installedPackage,
  type PackageFolder,
  type Packages,
  parseManifest,
  SECTIONS,
} from './packages.ts'
import type { PlannedFile } from './plan.ts'

/** A dependency of the project that, as it is installed now, does not accept the version that is going to be declared. */
export interface PeerConflict {
  readonly name: string
  readonly version: Version
  /** What its package.json says of the provider. */
  readonly accepts: string
  readonly provider: string
  /** The range of the provider that is going to be declared. */
  readonly wanted: string
  /** The package.json that declares both. */
  readonly manifest: ProjectPath
  /** True if the package manager of this project refuses to install that from scratch. */
  readonly blocks: boolean
  /** What the catalogue knows to do. */
  readonly advice?: string
}

/**
 * The dependencies whose `peerDependencies` exclude what the planned manifests ask for. Only those that the project
 * declares itself: measured with npm 10 and 11, for a dependency of a dependency a second copy is installed. npm installs
 * over an existing lock file with a warning, and it is the next `npm ci` that is refused.
 */
export async function peerConflicts(
  packages: Packages,
  recipe: SelectedRecipe,
  files: ReadonlyMap<ProjectPath, PlannedFile>,
): Promise<PeerConflict[]> {
  const planned = [...files.keys()].some((file) => /(?:^|\/)(?:pnpm-workspace\.yaml|\.yarnrc\.yml)$/.test(file))
  const conflicts: PeerConflict[] = []
  for (const pkg of packages.folders) {
    const after = pkg.path && files.get(pkg.path)?.after
    if (after === undefined && !planned) continue
    const found = conflictsOf(pkg, after, recipe)
    const blocks = found.length > 0 && (await isStrict(pkg))
    conflicts.push(...found.map((conflict) => ({ ...conflict, blocks })))
  }
  return conflicts
}

/** Throws a UserError for conflicts that block the installation; `force` lets them pass. */
export function mustInstall(conflicts: readonly PeerConflict[], force: boolean): void {
  const blocking = conflicts.filter(({ blocks }) => blocks)
  if (blocking.length === 0 || force) return
  const advice = blocking.flatMap((conflict) => (conflict.advice ? [`${conflict.name}: ${conflict.advice}.`] : []))
  throw new UserError(
    `${blocking.map(describeConflict).join('; ')}. The package manager will refuse that, so nothing was written.`,
    [...advice, 'Upgrade or remove it first; or use --force to write all the same, and settle it in `overrides`.'].join(
      '\n',
    ),
  )
}

/** One conflict as a sentence without a full stop. */
export function describeConflict({ name, version, accepts, provider, wanted, manifest }: PeerConflict): string {
  return `${name} ${version} accepts ${provider} ${accepts}, and ${manifest} is to ask for ${wanted}`
}

function conflictsOf(
  pkg: PackageFolder,
  after: string | undefined,
  recipe: SelectedRecipe,
): Omit<PeerConflict, 'blocks'>[] {
  const provider = recipe.provider.packages[0]!
  const manifest = after === undefined ? pkg.manifest : parseManifest(after)
  const now = { ...pkg, manifest }
  const [declared] = declarations(now, [provider])
  if (!declared || declared.section === 'peerDependencies') return []
  const to = semver.coerce(recipe.to)!
  // where a catalog is written in the same run, what it will say is not what it says now
  const wanted = declared.catalog || !semver.validRange(declared.range) ? `^${to.version}` : declared.range!
  const names = new Set(SECTIONS.slice(0, 3).flatMap((section) => Object.keys(manifest.dependencies[section])))
  return [...names].flatMap((name) => {
    const installed = installedPackage(pkg, name)
    const accepts = installed?.peerDependencies[provider]
    const section = SECTIONS.find((one) => Object.hasOwn(manifest.dependencies[one], name))!
    const spec = manifest.dependencies[section][name]!
    const stays = semver.validRange(spec) === null || (installed && semver.satisfies(installed.version, spec))
    if (!installed || !accepts || !stays || name === provider || !areDisjoint(accepts, wanted)) return []
    if (overrides(pkg, name, provider)) return []
    const companions = recipe.provider.companions ?? {}
    const known = Object.hasOwn(companions, name) ? companions[name] : undefined
    return [
      {
        name,
        version: installed.version,
        accepts,
        provider,
        wanted,
        manifest: pkg.path!,
        ...(known
          ? { advice: known.accepts ? `${known.accepts} is the first that works; ${known.advice}` : known.advice }
          : {}),
      },
    ]
  })
}

/** True if the root of the project says by `overrides` which provider this dependency gets. */
function overrides(pkg: PackageFolder, name: string, provider: string): boolean {
  return pkg.levels.some(({ directory }) => {
    const { overrides: said } = readJson(path.join(directory, 'package.json'))
    if (typeof said !== 'object' || said === null) return false
    const own = (said as Record<string, unknown>)[name]
    return provider in said || (typeof own === 'object' && own !== null && provider in own)
  })
}

/** npm unless told otherwise; pnpm if told so; yarn and bun only warn. */
async function isStrict(pkg: PackageFolder): Promise<boolean> {
  const { name, folder } = await packageManager(pkg.directory)
  const says = (file: string, setting: RegExp) => {
    const places = [...new Set([pkg.directory, folder])].map((place) => path.join(place, file)).filter(existsSync)
    return places.some((place) => setting.test(readFileSync(place, 'utf8')))
  }
  if (name === 'npm') return !says('.npmrc', /^\s*legacy-peer-deps\s*=\s*"?true/m)
  if (name !== 'pnpm') return false
  return (
    says('.npmrc', /^\s*strict-peer-dependencies\s*=\s*"?true/m) ||
    says('pnpm-workspace.yaml', /^strictPeerDependencies:\s*true/m)
  )
}

function readJson(file: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}
