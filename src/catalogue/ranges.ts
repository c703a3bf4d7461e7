import semver from 'semver'

/** What became of a version range. */
export type Raised =
  /** The new range, in the style of the old one. */
  | { readonly is: 'raised'; readonly range: string }
  /** It allows the new version already, or names no version at all. */
  | { readonly is: 'fine' }
  /** A person has to decide. */
  | { readonly is: 'unclear'; readonly why: string }

/**
 * Raises a version range to a target version and keeps its style: `^4.18.2` → `^5.3.0`, `~4.18` → `~5.3`, `4.x` → `5.x`,
 * `4.18.2` → `5.3.0`, `npm:express@^4` → `npm:express@^5`. A range that allows the target stays as it is, and so does a
 * union for several majors. `workspace:`, `catalog:`, tags and addresses are not ranges: `fine` or `unclear`.
 */
export function raiseRange(spec: string, target: string): Raised {
  const alias = /^(npm:(?:@[^/]+\/)?[^@]+@)(.+)$/.exec(spec)
  if (alias) {
    const inner = raiseRange(alias[2]!, target)
    return inner.is === 'raised' ? { is: 'raised', range: alias[1]! + inner.range } : inner
  }
  const text = spec.trim()
  if (/^(?:workspace|catalog|link|portal|file|patch):/.test(text)) return { is: 'fine' }
  if (text === '' || text === '*' || /^[a-z][\w.-]*$/i.test(text)) return { is: 'fine' }
  if (semver.validRange(text) === null) return { is: 'unclear', why: `\`${spec}\` is not a range of versions` }
  if (semver.satisfies(target, text, { includePrerelease: true })) return { is: 'fine' }
  const lowest = semver.minVersion(text)
  if (lowest && semver.gt(lowest, target)) return { is: 'fine' }
  const simple = /^(\^|~|>=|=|v)?(\d+)(?:\.(\d+|x|X|\*))?(?:\.(\d+|x|X|\*)([-+][\w.+-]+)?)?$/.exec(text)
  if (!simple) return { is: 'unclear', why: `\`${spec}\` does not allow ${target}, and how to widen it is a decision` }
  const [, operator = '', , minor, patch] = simple
  const wanted = target.split('.') as [string, string, string]
  const part = (old: string | undefined, now: string) => (old === undefined ? '' : `.${/^\d/.test(old) ? now : old}`)
  return { is: 'raised', range: `${operator}${wanted[0]}${part(minor, wanted[1])}${part(patch, wanted[2])}` }
}

/** True if a range allows versions below `lowest`. */
export function allowsBelow(range: string, lowest: string): boolean {
  const min = semver.validRange(range) === null ? null : semver.minVersion(range)
  return min !== null && semver.lt(min, lowest)
}

/** True if a range allows nothing but versions below `lowest`; false for what is no range. */
export function isBelow(range: string, lowest: string): boolean {
  return semver.validRange(range) !== null && !semver.intersects(range, `>=${lowest}`)
}

/** True if a range allows both versions below a major version and that version itself: a library for several majors. */
export function isForBoth(range: string, target: string): boolean {
  const major = `${semver.major(target)}.0.0`
  return !/^\s*\*?\s*$/.test(range) && allowsBelow(range, major) && semver.satisfies(target, range)
}

/** True if no version is in both ranges; false where one of them is no range. Prereleases count. */
export function areDisjoint(a: string, b: string): boolean {
  if (semver.validRange(a) === null || semver.validRange(b) === null) return false
  return !semver.intersects(a, b, { includePrerelease: true })
}
