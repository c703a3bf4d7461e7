/** Answers to one kind of question, by what is asked about. */
export class Answers<K extends object, V> {
  /** Answers that hold wherever they are asked for. */
  readonly kept = new WeakMap<K, V>()
  /** Answers that left out questions which were open at the time; as good as a new answer while those are open. */
  readonly partial = new WeakMap<K, Partial<V>>()
  /** Questions that are being answered, with their depth. */
  readonly open = new Map<K, number>()
}

interface Partial<V> {
  readonly answer: V
  /** The depths of the questions that were left out, and the innermost of them. */
  readonly cuts: readonly number[]
  readonly innermost: number
  /** Which question was open at that depth. */
  readonly frame: number
}

/** More than any chain that people write; what is longer goes in circles that are never the same twice. */
const MAX_DEPTH = 120
const STEPS_PER_QUESTION = 6000

/**
 * Questions that lead to questions, and sometimes back to themselves. A question that is open already has nothing to add
 * to its own answer, so it is left out there; but what was answered meanwhile is then only part of the truth for anybody
 * else, and is not kept beyond that question. A question that takes too long ends everything it led to, for good: the
 * same long way is not gone again for the next question that comes by.
 */
export class Recursion {
  readonly #frames: number[] = []
  #count = 0
  #steps = 0
  /** Depths of the open questions that the present one led back to; below zero where it was too deep. */
  #cuts = new Set<number>()

  /** True if no question is open. */
  get isIdle(): boolean {
    return this.#frames.length === 0
  }

  /** True if the answer to the innermost open question leaves something out so far. */
  get isPartial(): boolean {
    return this.#cuts.size > 0
  }

  /** True where the innermost question leads too deep; its answer is then partial. */
  tooDeep(): boolean {
    if (this.#frames.length <= MAX_DEPTH) return false
    this.#cuts.add(-1)
    return true
  }

  /** Counts steps; true once the outermost question has used up what it may. */
  tooLong(steps = 1): boolean {
    this.#steps += steps
    return this.#steps > STEPS_PER_QUESTION
  }

  /** The answer, from memory if it is known; undefined if the question is open already. */
  ask<K extends object, V>(answers: Answers<K, V>, key: K, answer: () => V): V | undefined {
    const kept = answers.kept.get(key)
    if (kept !== undefined) return kept
    const open = answers.open.get(key)
    if (open !== undefined) {
      this.#cuts.add(open)
      return undefined
    }
    const partial = answers.partial.get(key)
    if (partial && this.#frames[partial.innermost] === partial.frame) {
      for (const cut of partial.cuts) this.#cuts.add(cut)
      return partial.answer
    }
    return this.#answer(answers, key, answer)
  }

  #answer<K extends object, V>(answers: Answers<K, V>, key: K, answer: () => V): V {
    const depth = this.#frames.length
    const outer = this.#cuts
    if (depth === 0) this.#steps = 0
    this.#cuts = new Set()
    this.#frames.push(this.#count++)
    answers.open.set(key, depth)
    try {
      const found = answer()
      this.#cuts.delete(depth)
      if (this.#cuts.size === 0 || depth === 0) answers.kept.set(key, found)
      else this.#keepPartial(answers, key, found)
      return found
    } finally {
      answers.open.delete(key)
      this.#frames.pop()
      for (const cut of this.#cuts) if (depth > 0) outer.add(cut)
      this.#cuts = outer
    }
  }

  #keepPartial<K extends object, V>(answers: Answers<K, V>, key: K, answer: V): void {
    const cuts = [...this.#cuts]
    const innermost = Math.max(...cuts)
    const frame = this.#frames[innermost]
    if (innermost >= 0 && frame !== undefined) answers.partial.set(key, { answer, cuts, innermost, frame })
  }
}
