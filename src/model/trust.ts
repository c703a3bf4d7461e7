/** A place in a file: path relative to the project root with forward slashes, 1-based line and column (UTF-16 units). */
export interface Location {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** How sure we are that this code talks to this package. A fact about the match. */
export type Certainty =
  /** An unbroken chain of declarations, calls and types leads to the package. */
  | 'proven'
  /** A strong shape: one link of the chain is a convention, or a value of the package stands in for an unknown one. */
  | 'inferred'
  /** Only the name fits, or it may also be something else. Never written. */
  | 'guessed'

/** One link of a chain of evidence, in words, with the place that shows it. */
export interface Hop {
  readonly what: string
  readonly at?: Location
}

/** Why we believe it, one hop per line, nearest first. `upgrade-kit explain` prints exactly this. */
export interface Evidence {
  readonly certainty: Certainty
  readonly steps: readonly Hop[]
}

/** May the machine write this on its own? A fact about the rewrite. Ordered: safe > review > manual. */
export type Applicability =
  /** Same behaviour for every program in which the evidence holds; comments survive. */
  | 'safe'
  /** Parses, and is what most people want; a person has to read it. */
  | 'review'
  /** Shown as a hint, never written. */
  | 'manual'

const CERTAINTIES: readonly Certainty[] = ['proven', 'inferred', 'guessed']
const APPLICABILITIES: readonly Applicability[] = ['safe', 'review', 'manual']

/** The weaker of two certainties: a chain is as strong as its weakest link. */
export function weaker(a: Certainty, b: Certainty): Certainty {
  return CERTAINTIES.indexOf(a) >= CERTAINTIES.indexOf(b) ? a : b
}

/** True if `applicability` is at least as trustworthy as `required`. */
export function isAtLeast(applicability: Applicability, required: Applicability): boolean {
  return APPLICABILITIES.indexOf(applicability) <= APPLICABILITIES.indexOf(required)
}

/** What is left of an applicability when the match itself is not certain: a guess may never be written. */
export function capApplicability(applicability: Applicability, certainty: Certainty): Applicability {
  return certainty === 'guessed' ? 'manual' : applicability
}
