import { type Certainty, type Hop, weaker } from '../../model/trust.ts'
import type { Kind } from './kinds.ts'
import type { JavaScriptModule } from './module.ts'
import type { ClassNode, FunctionNode, Node } from './syntax.ts'

/** One link of a chain of evidence, nearest first; turned into `Hop`s when somebody wants to read it. */
export interface Trail {
  /** In words; made only when somebody reads it, because most trails are never read. */
  readonly what: string | (() => string)
  readonly module: JavaScriptModule
  readonly offset: number
  readonly next: Trail | undefined
}

/** The primitive types that can be told apart without running anything. */
export type Primitive = 'string' | 'number' | 'boolean' | 'null' | 'undefined' | 'bigint' | 'symbol' | 'regexp'

/** What an expression may be at run time, as far as declarations tell. */
export type Shape =
  /**
   * A value of a package that a provider describes. `own`: an object of a class of the project that extends one of the
   * package's; what that class has itself comes first.
   */
  | {
      readonly is: 'kind'
      readonly kind: Kind
      readonly own?: { readonly module: JavaScriptModule; readonly node: ClassNode }
    }
  | { readonly is: 'function'; readonly module: JavaScriptModule; readonly node: FunctionNode }
  | { readonly is: 'class'; readonly module: JavaScriptModule; readonly node: ClassNode }
  /** An object made by `new` from a class or from a constructor function of the project. */
  | { readonly is: 'instance'; readonly module: JavaScriptModule; readonly node: ClassNode | FunctionNode }
  | { readonly is: 'object'; readonly module: JavaScriptModule; readonly node: Node }
  | { readonly is: 'array'; readonly module: JavaScriptModule; readonly node: Node }
  /** What `require` of a project file gives, or the namespace of its exports. */
  | { readonly is: 'exports'; readonly module: JavaScriptModule; readonly transpiledDefault?: boolean }
  | {
      readonly is: 'primitive'
      readonly type: Primitive
      readonly value?: string | number | boolean
      /** The string literal or template that writes it. */
      readonly at?: { readonly module: JavaScriptModule; readonly node: Node }
    }
  /** Known, and not a value of any described package: a global, a Node built-in, a package known to be another thing. */
  | { readonly is: 'foreign'; readonly what: string }
  | {
      readonly is: 'unknown'
      readonly why: string
      /** The package it comes from, where that is known. */
      readonly from?: string
      /** It is, or is a member of, what callers outside of the project hand over; or they may, and a value stands in for it. */
      readonly byCallers?: 'alone' | 'or default'
    }

export type Value = Shape & { readonly certainty: Certainty; readonly trail: Trail | undefined }

/** Answers for receivers that scopes cannot tell: the kind of an expression or a pattern, by the type checker. */
export interface TypeOracle {
  /**
   * `kinds`: what is asked for, if not any. Where values of none of them have a type of their own, there is no answer. `fits`:
   * the type is none of the package, and a value of the package could be handed in as one of it.
   */
  kindAt(
    module: JavaScriptModule,
    node: Node,
    kinds?: readonly Kind[],
  ): { readonly kind: Kind; readonly steps: readonly Hop[] } | 'not-ours' | 'fits' | undefined
  /** What a reader of the report should know of questions that were not answered. */
  readonly remarks?: readonly string[]
}

/** A value with nothing in between. */
export function value(shape: Shape, trail?: Trail): Value {
  return { ...shape, certainty: 'proven', trail }
}

/** The same value, one hop further away. */
export function through(values: readonly Value[], what: Trail['what'], module: JavaScriptModule, at: Node): Value[] {
  return values.map((v) => ({ ...v, trail: { what, module, offset: at.start, next: v.trail } }))
}

/** The same values, with no more than this certainty. */
export function atMost(values: readonly Value[], certainty: Certainty): Value[] {
  return certainty === 'proven' ? [...values] : values.map((v) => ({ ...v, certainty: weaker(v.certainty, certainty) }))
}

/**
 * The same values beside what stands in for them where they are missing. What callers outside of the project give instead of
 * it (`given || express()`) is meant to be of the same kind.
 */
export function withDefault(values: readonly Value[], fallback: readonly Value[]): Value[] {
  const isTelling = fallback.some((v) => v.is === 'kind')
  return values.map((v) => (isTelling && v.is === 'unknown' && v.byCallers ? { ...v, byCallers: 'or default' } : v))
}

/** Turns a trail into hops with places. */
export function hops(trail: Trail | undefined): Hop[] {
  const found: Hop[] = []
  for (let step = trail; step; step = step.next)
    found.push({ what: typeof step.what === 'string' ? step.what : step.what(), at: step.module.locate(step.offset) })
  return found
}

/** True if two values are the same as far as anybody can tell. */
export function isSame(a: Value, b: Value): boolean {
  if (a.is !== b.is) return false
  switch (a.is) {
    case 'kind':
      return b.is === 'kind' && a.kind === b.kind && a.own?.node === b.own?.node
    case 'primitive':
      return b.is === 'primitive' && a.type === b.type && a.value === b.value && a.at?.node === b.at?.node
    case 'foreign':
      return b.is === 'foreign' && a.what === b.what
    case 'unknown':
      return b.is === 'unknown' && a.why === b.why && a.byCallers === b.byCallers
    case 'exports':
      return b.is === 'exports' && a.module === b.module
    default:
      return 'node' in b && a.node === b.node
  }
}

/** Alternatives without repetition; the first, most certain one is kept. */
export function distinct(values: readonly Value[]): Value[] {
  const kept: Value[] = []
  for (const v of values) {
    const index = kept.findIndex((k) => isSame(k, v))
    if (index < 0) kept.push(v)
    else if (
      kept[index]!.certainty !== v.certainty &&
      weaker(kept[index]!.certainty, v.certainty) === kept[index]!.certainty
    )
      kept[index] = v
  }
  return kept
}
