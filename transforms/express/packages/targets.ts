import { type Raised, raiseRange } from '#kit'

/** Where every package of the family is to go. Source: the npm registry, and the measurements behind this catalogue. */
const TARGETS: Readonly<Record<string, string>> = {
  express: '5.3.0',
  '@types/express': '5.0.6',
  '@types/express-serve-static-core': '5.1.3',
  '@types/serve-static': '2.2.0',
}

/** What is to become of one declared range. */
export interface Declared {
  readonly name: string
  readonly target: string
  readonly raised: Exclude<Raised, { readonly is: 'fine' }>
}

/**
 * Judges one `"key": "range"` of a manifest or catalog; undefined when it is none of the family or allows the target. An
 * alias under another name (`"express4": "npm:express@4"`) was given that name for a reason and is left to a person.
 */
export function declaredRange(key: string, range: unknown): Declared | undefined {
  if (typeof range !== 'string') return undefined
  const name = /^npm:((?:@[^/]+\/)?[^@]+)@/.exec(range)?.[1] ?? key
  const target = TARGETS[name]
  if (!target) return undefined
  const raised = raiseRange(range, target)
  if (raised.is === 'fine') return undefined
  if (name === key || raised.is === 'unclear') return { name, target, raised }
  const why = `\`${key}\` is an alias of ${name}, and code that asks for it by this name was not looked at`
  return { name, target, raised: { is: 'unclear', why } }
}
