import {
  argumentsOf,
  type CallNode,
  children,
  type DataFile,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  parentOf,
  type Quoting,
  type Range,
  type ShellWord,
  shellCommands,
} from '#kit'

/** One word of a command, with what goes when it is taken out of it. */
export interface Word {
  readonly text: string
  /** What stands for the text, without quotes around it. */
  readonly range: Range
  /** With what separates it from the word before it. */
  readonly removal: Range
}

/** A call of Prisma's command line, wherever it stands. */
export interface Command {
  /** `prisma`, or `prisma2`; the name alone, without path and version. */
  readonly program: Word
  /** Behind `@`: `4.16.2` of `npx prisma@4.16.2`. */
  readonly version: Word | undefined
  /** `['migrate', 'dev']`; as many as there are. */
  readonly names: readonly string[]
  /** The words of `names`. */
  readonly subcommand: readonly Word[]
  /** Everything behind the program but `names`. */
  readonly args: readonly Word[]
  /** For a person: `scripts.build`. */
  readonly where: string
  /** False where the text of the command is put together, so that a word cannot be taken out of it. */
  readonly isPlain: boolean
  /** True where the text is certainly run. */
  readonly isRun: boolean
  /** True where something is piped into it. */
  readonly isPiped: boolean
}

/** Any command of a file, as words. */
export interface Words {
  readonly words: readonly Word[]
  readonly where: string
  readonly isPlain: boolean
  readonly isRun: boolean
  readonly isPiped: boolean
}

const SUBCOMMANDS: Readonly<Record<string, RegExp>> = {
  db: /^(?:push|pull|seed|execute)$/,
  migrate: /^(?:dev|deploy|reset|resolve|status|diff|save|up|down)$/,
}
const ALONE = /^(?:generate|format|validate|studio|init|introspect|version|debug|doctor|dev|platform|mcp|-v|--version)$/
/** What runs the program that is named behind it, or stands before it otherwise. */
const RUNNERS =
  /^(?:npx|pnpx|bunx|npm|pnpm|yarn|bun|exec|dlx|run|x|workspace|sudo|time|env|node|dotenv|dotenvx|cross-env|env-cmd|nohup|then|do|else|if|CMD|!|--)$/
const PROGRAM =
  /^(?:(?<path>(?:[@-]*|\S*\/\.bin\/|\S*[\\/]\.bin[\\/]))(?<name>prisma2?)(?:@(?<version>\S+))?|\S*node_modules[\\/](?<script>prisma)[\\/]build[\\/]index(?:\.js)?)$/d
/** What says a text and does not run it. */
const SAYS = /^[@-]*(?:echo|printf)$/
/** What runs commands that are handed to it as one text: `sh -c "…"`, `concurrently "…" "…"`. */
const RUNS_TEXTS =
  /^(?:\S*\/)?(?:(?:ba|da|z|a|k)?sh|eval|ssh|concurrently|conc|start-server-and-test|server-test|start-test|nodemon|onchange|chokidar|tsc-watch|cross-env-shell)$/
/** Keys of YAML whose values are read by people. */
const FOR_PEOPLE = /^(?:name|display_?name|title|description|summary|message)$/i

/** Every call of Prisma's command line in a file. */
export function prismaCommands(file: DataFile | JavaScriptFile): Command[] {
  return allCommands(file).flatMap((command) => prismaIn(command))
}

function prismaIn({ words, ...rest }: Words): Command[] {
  return words.flatMap((word, index): Command[] => {
    const match = PROGRAM.exec(word.text)
    if (!match) return []
    const [before, behind] = [words.slice(0, index), words.slice(index + 1)]
    const named = behind.filter(({ text }) => !text.startsWith('-') || /^(?:-v|--version)$/.test(text))
    const [first, second] = named
    const group = SUBCOMMANDS[first?.text ?? '']
    const isGroup = group !== undefined && second !== undefined && group.test(second.text)
    if (!isGroup && !ALONE.test(first?.text ?? '')) return []
    if (!isGroup && !isProgramPosition(before) && match.groups!.path === '') return []
    if (before.some(({ text }) => SAYS.test(text))) return []
    if (/^(?:i|add|install|uninstall|remove|rm|cp|mv|mkdir|cd|ls|cat|echo|COPY|git)$/.test(before.at(-1)?.text ?? ''))
      return []
    const subcommand = isGroup ? [first!, second] : [first!]
    const part = (name: 'name' | 'script' | 'version'): Word | undefined => {
      const at = match.indices!.groups![name]
      if (!at) return undefined
      const range = { start: word.range.start + at[0], end: word.range.start + at[1] }
      return { text: match.groups![name]!, range, removal: range }
    }
    return [
      {
        ...rest,
        program: (part('name') ?? part('script'))!,
        version: part('version'),
        names: subcommand.map(({ text }) => text),
        subcommand,
        args: argumentsBehind(behind, subcommand),
        isPlain: rest.isPlain && word.range.end - word.range.start === word.text.length,
      },
    ]
  })
}

/** The words that Prisma reads itself; what stands behind `--` is for the seed script. */
function argumentsBehind(behind: readonly Word[], subcommand: readonly Word[]): Word[] {
  const last = behind.indexOf(subcommand.at(-1)!)
  const end = behind.findIndex(({ text }, index) => index > last && text === '--')
  return behind.slice(0, end < 0 ? undefined : end).filter((one) => !subcommand.includes(one))
}

/** True if what stands before a word lets it be the name of a program. */
function isProgramPosition(before: readonly Word[]): boolean {
  const last = before.at(-1)?.text
  if (last === undefined || /^[A-Za-z_]\w*=/.test(last) || /:$/.test(last)) return true
  return RUNNERS.test(last.replace(/^[@-]+(?=\w)/, '')) || last.startsWith('-')
}

/** Every command of a file: of scripts, of strings that are handed to a shell, of lists of words. */
export function allCommands(file: DataFile | JavaScriptFile): Words[] {
  switch (file.format) {
    case 'shell':
      return inText(file.text, { start: 0, end: file.text.length }, 'plain', file.path)
    case 'dockerfile':
      return file.instructions
        .filter(({ keyword }) => /^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK)$/.test(keyword))
        .flatMap(
          ({ keyword, rest }) =>
            inList(file.text, rest, keyword) ??
            inText(file.text, hereDocument(file.text, rest) ?? rest, 'plain', keyword),
        )
    case 'json':
      return file.scalars().flatMap(({ path, value, inner }) => {
        if (typeof value !== 'string' || (isManifest(file.path) && path[0] !== 'scripts')) return []
        return inText(file.text, inner, 'escaped', `\`${path.join('.')}\``)
      })
    case 'yaml': {
      const scalars = file.scalars()
      const listed = new Map<string, Word[]>()
      const found = scalars.flatMap(({ path, value, range, style }) => {
        const [key, index] = [path.at(-2), path.at(-1)!]
        if (/^\d+$/.test(index) && /^(?:command|entrypoint|args|cmd)$/i.test(key ?? '')) {
          const name = path.slice(0, -1).join('.')
          listed.set(name, [...(listed.get(name) ?? []), { text: value, range, removal: range }])
          if (!/\s/.test(value.trim())) return []
        }
        if (FOR_PEOPLE.test(path.at(-1)!)) return []
        const text = style === 'block' ? unfolded(file.text, range) : file.text
        return inText(text, range, style === 'double' ? 'escaped' : 'plain', `\`${path.join('.')}\``)
      })
      const lists = [...listed].map(
        ([name, words]): Words => ({
          words,
          where: `\`${name}\``,
          isPlain: false,
          isRun: true,
          isPiped: false,
        }),
      )
      return [...found, ...lists]
    }
    case 'javascript':
      return inCode(file)
    default:
      return []
  }
}

function isManifest(path: string): boolean {
  return /(?:^|\/)package\.json$/.test(path)
}

function inText(text: string, within: Range, quoting: Quoting, where: string, isRun = true): Words[] {
  return shellCommands(text, within, quoting).flatMap((words): Words[] => {
    const before = text.slice(within.start, words[0]!.start)
    const isHandedOn = words.some((word) => RUNS_TEXTS.test(word.text)) && !words.some((word) => SAYS.test(word.text))
    const inner = isHandedOn
      ? words.flatMap((word) => {
          const [, quote, texts] = /^(\\?["'])([\s\S]*\s[\s\S]*)\1$/.exec(text.slice(word.start, word.end)) ?? []
          if (quote === undefined || texts === undefined || !/\bprisma2?\b/.test(texts)) return []
          const start = word.start + quote.length
          return inText(text, { start, end: start + texts.length }, quoting, where, isRun)
        })
      : []
    const own: Words = {
      words: words.map((word, index) => asWord(word, words[index - 1])),
      where,
      isPlain: true,
      isRun,
      isPiped: /(?<!\|)\|\s*$/.test(before) || /<\s*$/.test(before),
    }
    return [own, ...inner]
  })
}

/** `RUN <<EOF`: the lines that are run; undefined where there are none, or where they are handed to something else. */
function hereDocument(text: string, { start, end }: Range): Range | undefined {
  const head = /^(?:--\S+\s+)*(?:(?:\S*\/)?(?:ba|a)?sh\s+(?:-\S+\s+)*)?<<-?\s*(["']?)\w+\1[ \t]*\r?\n/.exec(
    text.slice(start, end),
  )
  return head ? { start: start + head[0].length, end } : undefined
}

/** A text whose lines of a folded block (`>-`) are one line, of the same length. */
function unfolded(text: string, { start, end }: Range): string {
  const [head = '', indent] = /^>[^\r\n]*\r?\n(?:[ \t]*\r?\n)*([ \t]+)/.exec(text.slice(start, end)) ?? []
  if (indent === undefined) return text
  const body = text.slice(start + head.length, end)
  const next = new RegExp(`\\r?\\n(?=${indent}\\S)`, 'g')
  return text.slice(0, start + head.length) + body.replace(next, (line) => ' '.repeat(line.length)) + text.slice(end)
}

function asWord({ text, start, end }: ShellWord, previous: ShellWord | undefined): Word {
  return { text, range: { start, end }, removal: { start: previous?.end ?? start, end } }
}

/** `["npx", "prisma", "migrate", "deploy"]` of a Dockerfile; undefined where it is no such list. */
function inList(text: string, { start, end }: Range, where: string): Words[] | undefined {
  const list = text.slice(start, end)
  if (!/^\[[\s\S]*\]$/.test(list)) return undefined
  const items = [...list.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
  const last = items.at(-1)
  if (items.length > 2 && /^(?:\/bin\/)?(?:ba|a)?sh$/.test(items[0]![1]!) && last) {
    const from = start + last.index + 1
    return inText(text, { start: from, end: from + last[1]!.length }, 'escaped', where)
  }
  const words = items.map((item, index): Word => {
    const [from, previous] = [start + item.index, items[index - 1]]
    return {
      text: item[1]!,
      range: { start: from + 1, end: from + item[0].length - 1 },
      removal: {
        start: previous ? start + previous.index + previous[0].length : from,
        end: from + item[0].length,
      },
    }
  })
  return [{ words, where, isPlain: true, isRun: true, isPiped: false }]
}

const RUNS = /^(?:exec|spawn|fork|execa|run|sh|shell|cmd|command|\$)/i

/** `execSync('prisma …')`, `spawn('npx', ['prisma', …])`, `` $`prisma …` ``; and other strings that are such a command. */
function inCode({ module }: JavaScriptFile): Words[] {
  const found: Words[] = []
  const open: Node[] = [module.program]
  for (let node = open.pop(); node; node = open.pop()) {
    if (isCall(node)) found.push(...inCall(node))
    if (node.type === 'StringLiteral' || node.type === 'TemplateLiteral') found.push(...inString(module.text, node))
    open.push(...children(node))
  }
  return found.sort((a, b) => a.words[0]!.range.start - b.words[0]!.range.start)
}

function inString(text: string, node: Node): Words[] {
  const range = { start: node.start + 1, end: node.end - 1 }
  const written = text.slice(range.start, range.end)
  if (!/\bprisma2?\b/.test(written) || written.includes('\\')) return []
  const parent = parentOf(node)
  const callee =
    parent?.type === 'TaggedTemplateExpression'
      ? (parent.tag as Node)
      : isCall(parent)
        ? (parent.callee as Node)
        : undefined
  const isRun = callee !== undefined && RUNS.test(nameOf(callee))
  const quote = text[node.start] as string
  const isQuoted = quote !== '`' && written.includes(quote)
  return isQuoted ? [] : inText(text, range, 'plain', isRun ? `\`${nameOf(callee!)}()\`` : 'a string', isRun)
}

/** `spawn('npx', ['prisma', 'generate'])`. */
function inCall(call: CallNode): Words[] {
  const [program, list] = argumentsOf(call)
  const name = nameOf(call.callee as Node)
  const first = literalText(program)
  if (first === undefined || list?.type !== 'ArrayExpression' || !RUNS.test(name)) return []
  const items = list.elements.map((item) => item as Node | null)
  const range = (node: Node) => ({ start: node.start + 1, end: node.end - 1 })
  const words = items.flatMap((item, index): Word[] => {
    const text = literalText(item)
    if (!item) return []
    const previous = items[index - 1]
    const removal = previous ? { start: previous.end, end: item.end } : { start: item.start, end: item.end }
    // what is put together is a word, too, that nobody knows
    return [{ text: text ?? '\0', range: range(item), removal }]
  })
  const head: Word = { text: first, range: range(program!), removal: range(program!) }
  return [{ words: [head, ...words], where: `\`${name}()\``, isPlain: true, isRun: true, isPiped: false }]
}

function nameOf(callee: Node): string {
  if (isMember(callee)) return memberName(callee) ?? ''
  return callee.type === 'Identifier' ? callee.name : ''
}
