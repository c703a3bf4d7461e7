/** A part of a regular expression, as far as generating strings needs it. */
type Part =
  | { readonly is: 'text'; readonly text: string }
  /** One character that passes the test. */
  | { readonly is: 'set'; readonly test: RegExp }
  | { readonly is: 'sequence'; readonly parts: readonly Part[] }
  | { readonly is: 'choice'; readonly options: readonly Part[] }
  | { readonly is: 'repeat'; readonly part: Part; readonly min: number; readonly max: number }

const NOTHING: Part = { is: 'sequence', parts: [] }

/** A deterministic stream of numbers in [0, 1) (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A seed that depends on nothing but the text (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** What characters without a fixed value are drawn from; letters, digits, separators and escapes, by weight. */
const POOL = ['a', 'b', 'x', 'A', '1', '2', '-', '.', '/', '/', '_', '~', '%20', '%2F', '%C3%A9']

/**
 * A generator of strings that match a regular expression, or nearly: assertions are ignored, escapes count as one
 * character. `extra` characters are drawn as often as the built-in ones. Same expression and numbers, same strings.
 */
export function sampler(regexp: RegExp, extra: readonly string[], random: () => number): () => string {
  const part = new RegExpParser(regexp.source, regexp.flags.includes('i') ? 'i' : '').parse()
  const pool = [...POOL, ...extra]
  const candidates = new Map<RegExp, readonly string[]>()
  const candidatesOf = (test: RegExp) => {
    let fitting = candidates.get(test)
    if (!fitting) {
      fitting = pool.filter((unit) => Array.from(unit).every((char) => test.test(char)))
      if (fitting.length === 0) fitting = ASCII.filter((char) => test.test(char))
      candidates.set(test, fitting)
    }
    return fitting
  }
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  const write = (of: Part): string => {
    if (of.is === 'text') return of.text
    if (of.is === 'set') return pick(candidatesOf(of.test)) ?? ''
    if (of.is === 'choice') return write(pick(of.options) ?? NOTHING)
    if (of.is === 'repeat') return repeated(of)
    let out = ''
    for (const item of of.parts) out += write(item)
    return out
  }
  const repeated = ({ part: item, min, max }: Part & { is: 'repeat' }): string => {
    let out = ''
    let count = min
    while (count < max && count < min + 6 && random() < 0.68) count++
    for (let i = 0; i < count; i++) out += write(item)
    return out
  }
  return () => write(part)
}

/**
 * The longest string that a regular expression matches or rejects without delay, by its shape: some characters more
 * than its shortest match where repetitions are nested (exponential time) or many (polynomial), else `otherwise`.
 */
export function longestQuickInput(regexp: RegExp, otherwise: number): number {
  const part = new RegExpParser(regexp.source, '').parse()
  const { nested, open } = repetitions(part)
  if (nested) return shortest(part) + 9
  return open > 2 ? shortest(part) + 24 : otherwise
}

/** Whether an endless repetition holds another one, and how many of them go on over slashes. */
function repetitions(part: Part): { nested: boolean; endless: number; open: number } {
  if (part.is === 'text' || part.is === 'set') return { nested: false, endless: 0, open: 0 }
  const inner = inside(part).map(repetitions)
  const nested = inner.some((one) => one.nested)
  const endless = inner.reduce((sum, one) => sum + one.endless, 0)
  const open = inner.reduce((sum, one) => sum + one.open, 0)
  if (part.is !== 'repeat' || part.max !== Number.POSITIVE_INFINITY) return { nested, endless, open }
  const bySegment = beginsWithSlash(part.part) && open === 0
  return {
    nested: nested || (endless > 0 && !bySegment),
    endless: endless + 1,
    open: open + (crossesSlashes(part.part) ? 1 : 0),
  }
}

function inside(part: Part): readonly Part[] {
  if (part.is === 'sequence') return part.parts
  if (part.is === 'choice') return part.options
  return part.is === 'repeat' ? [part.part] : []
}

function beginsWithSlash(part: Part): boolean {
  if (part.is === 'sequence') return part.parts[0] !== undefined && beginsWithSlash(part.parts[0])
  return part.is === 'text' && part.text === '/'
}

function crossesSlashes(part: Part): boolean {
  return part.is === 'set' ? part.test.test('/') : inside(part).some(crossesSlashes)
}

function shortest(part: Part): number {
  if (part.is === 'set') return 1
  if (part.is === 'text') return part.text.length
  if (part.is === 'repeat') return part.min * shortest(part.part)
  const inner = inside(part).map(shortest)
  return part.is === 'choice' ? Math.min(...inner) : inner.reduce((sum, one) => sum + one, 0)
}

const ASCII = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))

/** Reads the source of a RegExp that compiled. Assertions and back references become nothing. */
class RegExpParser {
  readonly #source: string
  readonly #flags: string
  #at = 0

  constructor(source: string, flags: string) {
    this.#source = source
    this.#flags = flags
  }

  parse(): Part {
    const options: Part[] = []
    do options.push(this.#sequence())
    while (this.#take('|'))
    return options.length === 1 ? options[0]! : { is: 'choice', options }
  }

  #take(text: string): boolean {
    const found = this.#source.startsWith(text, this.#at)
    if (found) this.#at += text.length
    return found
  }

  #sequence(): Part {
    const parts: Part[] = []
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at]!)) parts.push(this.#quantified())
    return { is: 'sequence', parts }
  }

  #quantified(): Part {
    const part = this.#atom()
    const quantifier = /^(?:[?*+]|\{(\d+)(,?)(\d*)\})\??/.exec(this.#source.slice(this.#at, this.#at + 24))
    if (!quantifier) return part
    this.#at += quantifier[0].length
    const [sign, low = '0', comma, high] = quantifier
    if (sign[0] === '?') return { is: 'repeat', part, min: 0, max: 1 }
    if (sign[0] !== '{') return { is: 'repeat', part, min: sign[0] === '+' ? 1 : 0, max: Number.POSITIVE_INFINITY }
    const min = Math.min(Number(low), 64)
    return { is: 'repeat', part, min, max: comma ? Number(high || Number.POSITIVE_INFINITY) : min }
  }

  #atom(): Part {
    const char = this.#source[this.#at++]!
    if (char === '(') return this.#group()
    if (char === '[') return this.#class()
    if (char === '\\') return this.#escape()
    if (char === '^' || char === '$') return NOTHING
    if (char === '.') return { is: 'set', test: /^.$/ }
    return { is: 'text', text: char }
  }

  #group(): Part {
    const look = /^\?(?:<?[=!]|:|<[^>]*>)/.exec(this.#source.slice(this.#at, this.#at + 80))?.[0] ?? ''
    this.#at += look.length
    const inner = this.parse()
    this.#take(')')
    return /[=!]$/.test(look) ? NOTHING : inner
  }

  #class(): Part {
    const start = this.#at - 1
    while (this.#at < this.#source.length && this.#source[this.#at] !== ']') {
      this.#at += this.#source[this.#at] === '\\' ? 2 : 1
    }
    this.#at++
    return { is: 'set', test: new RegExp(`^${this.#source.slice(start, this.#at)}$`, this.#flags) }
  }

  #escape(): Part {
    const rest = this.#source.slice(this.#at)
    const code = /^(?:x[\da-f]{2}|u[\da-f]{4})/i.exec(rest)?.[0]
    if (code) {
      this.#at += code.length
      return { is: 'text', text: String.fromCharCode(Number.parseInt(code.slice(1), 16)) }
    }
    const reference = /^(?:[1-9]\d*|k<[^>]*>|c[a-z]|[bB])/i.exec(rest)?.[0]
    if (reference && !/^b?[dws]/i.test(reference)) {
      this.#at += reference.length
      return NOTHING
    }
    const char = rest[0]!
    this.#at++
    if (/[dDwWsS]/.test(char)) return { is: 'set', test: new RegExp(`^\\${char}$`) }
    return { is: 'text', text: char }
  }
}
