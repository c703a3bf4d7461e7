import { type Raised, raiseRange } from '#kit'

/**
 * The version to reach. Never the tag `latest`, which is 7. Packages that are published together have the same one.
 * Source: the npm registry, November 2026.
 */
const NEWEST: readonly (readonly [major: number, version: string])[] = [
  [5, '5.22.0'],
  [6, '6.19.3'],
]

/** Packages that are released with Prisma, under its version. */
const FAMILY =
  /^(?:prisma|@prisma\/(?:client|engines|internals|generator-helper|instrumentation|adapter-[\w-]+|nextjs-monorepo-workaround-plugin|migrate|get-platform|debug|fetch-engine|config|driver-adapter-utils|client-engine-runtime))$/

/** What stands beside Prisma with versions of its own, and the one that goes with 6. */
const BESIDE: Readonly<Record<string, string>> = { '@prisma/extension-read-replicas': '0.4.1' }

/** The newest version up to the one that a run is to reach; undefined below 5. */
export function targetFor(to: string): string | undefined {
  if (/^\d+\.\d+\.\d+$/.test(to)) return to
  return NEWEST.find(([major]) => `${major}` === to.split('.')[0])?.[1]
}

/** What is to become of one declared range. */
export interface Declared {
  readonly name: string
  readonly target: string
  readonly raised: Exclude<Raised, { readonly is: 'fine' }>
}

/**
 * Judges one `"key": "range"` of a manifest, an override or a catalog; undefined where it is none of the family or allows
 * the target. A tag, or whatever allows 7 as well, is left to a person: it would lead past the target.
 */
export function declaredRange(key: string, range: unknown, to: string): Declared | undefined {
  if (typeof range !== 'string') return undefined
  const name = /^npm:((?:@[^/]+\/)?[^@]+)@/.exec(range)?.[1] ?? key
  const target = Object.hasOwn(BESIDE, name) ? BESIDE[name] : FAMILY.test(name) ? targetFor(to) : undefined
  if (target === undefined) return undefined
  if (/^(?:\*|x|latest|next|>=?\s*[\d.]+)?$/.test(range.trim()))
    return { name, target, raised: { is: 'unclear', why: `\`${range}\` leads past ${target}, to whatever is newest` } }
  const raised = raiseRange(range, target)
  if (raised.is === 'fine') return undefined
  if (name === key || raised.is === 'unclear') return { name, target, raised }
  return { name, target, raised: { is: 'unclear', why: `\`${key}\` is an alias of ${name}` } }
}
