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
