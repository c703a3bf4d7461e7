/** One simple command of a script: what stands between `&&`, `||`, `;` and `|`. */
export interface Command {
  /** Variables that are set for this command alone, also by `cross-env` and `env`. */
  readonly env: Readonly<Record<string, string>>
  /** The program and its arguments, without quotes. */
  readonly words: readonly string[]
  /** It feeds or reads a pipe, or its output goes to a file. */
  readonly redirected: boolean
}

const OPERATORS = ['&&', '||', ';', '|', '\n']

/**
 * The simple commands of a script of package.json, in order. Undefined for whatever only a real shell can read: subshells,
 * substitutions, background jobs, here-documents.
 */
export function commandsOf(script: string): readonly Command[] | undefined {
  const tokens = tokensOf(script)
  if (!tokens) return undefined
  const commands: Command[] = []
  let words: string[] = []
  let redirected = false
  for (const token of [...tokens, { operator: ';' }]) {
    if ('word' in token) words.push(token.word)
    else if (token.operator === '>') redirected = true
    else {
      if (words.length > 0) commands.push(simple(words, redirected || token.operator === '|'))
      words = []
      redirected = token.operator === '|'
    }
  }
  return commands
}

type Token = { readonly word: string } | { readonly operator: string }

function tokensOf(script: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  let word: string | undefined
  const finish = () => {
    if (word !== undefined) tokens.push({ word })
    word = undefined
  }
  for (let at = 0; at < script.length; at++) {
    const char = script[at]!
    if (char === "'" || char === '"') {
      const end = closing(script, at)
      if (end < 0) return undefined
      const inner = script.slice(at + 1, end)
      if (char === '"' && /`|\$\(/.test(inner)) return undefined
      word = (word ?? '') + (char === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner)
      at = end
      continue
    }
    const operator = OPERATORS.find((one) => script.startsWith(one, at))
    if (operator) {
      finish()
      tokens.push({ operator })
      at += operator.length - 1
    } else if (char === ' ' || char === '\t' || char === '\r') finish()
    else if (char === '>') {
      // the number of the stream before it, and the file after it, are no arguments
      if (word !== undefined && !/^\d$/.test(word)) finish()
      word = undefined
      tokens.push({ operator: '>' })
      at += /^>{1,2}\s*&?\s*[^\s;|&]*/.exec(script.slice(at))![0].length - 1
    } else if (/[()`<&]/.test(char) || script.startsWith('$(', at) || (char === '#' && word === undefined)) {
      return undefined
    } else if (char === '\\' && at + 1 < script.length) word = (word ?? '') + script[++at]
    else word = (word ?? '') + char
  }
  finish()
  return tokens
}

function closing(script: string, start: number): number {
  const quote = script[start]!
  for (let at = start + 1; at < script.length; at++) {
    if (quote === '"' && script[at] === '\\') at++
    else if (script[at] === quote) return at
  }
  return -1
}

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s
const SETS_VARIABLES = new Set(['cross-env', 'env'])

/** A command without the variables in front of it, whoever sets them. */
function simple(words: readonly string[], redirected: boolean): Command {
  const env: Record<string, string> = {}
  let rest = [...words]
  for (;;) {
    const set = ASSIGNMENT.exec(rest[0] ?? '')
    if (set) env[set[1]!] = set[2]!
    else if (!SETS_VARIABLES.has(rest[0] ?? '') || rest.length === 1) break
    rest = rest.slice(1)
  }
  return { env, words: rest, redirected }
}
