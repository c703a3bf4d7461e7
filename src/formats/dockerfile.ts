import type { Range } from '../model/finding.ts'
import type { Assignment } from './assignments.ts'
import { type ImageReference, imageReference } from './images.ts'
import { type ShellWord, shellAssignments, shellCommands } from './shell.ts'

/** One instruction with all its continuation lines. */
export interface DockerInstruction extends Range {
  /** In capitals: `FROM`, `RUN`. */
  readonly keyword: string
  /** What stands behind the keyword. */
  readonly rest: Range
}

/** An image that a stage starts from or copies from. */
export interface DockerImage extends ImageReference {
  /** The reference as it stands in the file, variables included. */
  readonly range: Range
  /** The default values of `ARG` that the reference is put together of. */
  readonly from: readonly Assignment[]
}

/** A Dockerfile or Containerfile to ask questions of. */
export class DockerFile {
  readonly format = 'dockerfile'
  readonly path: string
  readonly text: string
  readonly instructions: readonly DockerInstruction[]

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
    this.instructions = readInstructions(text)
  }

  /** The images of `FROM`, `COPY --from` and `RUN --mount=from`, without stages of this file; `ARG` defaults are filled in. */
  images(): DockerImage[] {
    const stages = new Set<string>(['scratch'])
    const defaults = new Map<string, Assignment>()
    return this.instructions.flatMap((instruction): DockerImage[] => {
      const rest = this.text.slice(instruction.rest.start, instruction.rest.end)
      if (instruction.keyword === 'ARG')
        for (const assignment of this.#variables(instruction)) defaults.set(assignment.name, assignment)
      const pattern =
        instruction.keyword === 'FROM'
          ? /^(?:--\S+\s+)*(?<image>[^\s-]\S*)(?:\s+as\s+(?<stage>\S+))?/di
          : /^(?:COPY|RUN)$/.test(instruction.keyword)
            ? /--(?:from=|mount=\S*?\bfrom=)(?<image>[^\s,]+)/d
            : undefined
      const match = pattern?.exec(rest)
      const at = match?.indices?.groups?.image
      if (!match || !at) return []
      const written = match.groups!.image!
      const isStage = stages.has(written.toLowerCase()) || /^\d+$/.test(written)
      if (match.groups!.stage) stages.add(match.groups!.stage.toLowerCase())
      if (isStage) return []
      const { text, from } = filledIn(written, defaults)
      const range = { start: instruction.rest.start + at[0], end: instruction.rest.start + at[1] }
      return [{ ...imageReference(text), range, from }]
    })
  }

  /** The variables that `ENV` and `ARG` set, and those set in the commands of `RUN`, `CMD` and the like. */
  assignments(): Assignment[] {
    return this.instructions.flatMap((instruction) => this.#variables(instruction))
  }

  /** The shell commands of `RUN`, `CMD` and `ENTRYPOINT`, each as its words. */
  commands(): ShellWord[][] {
    return this.instructions
      .filter(({ keyword }) => RUNS.test(keyword))
      .flatMap(({ rest }) => shellCommands(this.text, this.#inList(rest) ?? rest))
  }

  #variables({ keyword, rest }: DockerInstruction): Assignment[] {
    if (keyword === 'ENV') {
      const [name = '', value] = /^(\w+)[ \t]+([\s\S]+)$/.exec(this.text.slice(rest.start, rest.end))?.slice(1) ?? []
      if (value !== undefined) return [{ name, value, range: { start: rest.end - value.length, end: rest.end } }]
    }
    if (keyword === 'ENV' || keyword === 'ARG') return shellAssignments(this.text, rest)
    return RUNS.test(keyword) ? shellAssignments(this.text, this.#inList(rest) ?? rest) : []
  }

  /** The command of `CMD ["sh", "-c", "command"]`. */
  #inList(rest: Range): Range | undefined {
    const text = this.text.slice(rest.start, rest.end)
    const command = /^\[\s*"(?:\/bin\/)?(?:ba)?sh"\s*,\s*"-\w*c"\s*,\s*"(.*)"\s*\]$/ds.exec(text)?.indices?.[1]
    return command && { start: rest.start + command[0], end: rest.start + command[1] }
  }
}

const RUNS = /^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK)$/

/** `${NAME}`, `$NAME` and `${NAME:-default}` by the defaults of `ARG`. */
function filledIn(written: string, defaults: ReadonlyMap<string, Assignment>): { text: string; from: Assignment[] } {
  const from: Assignment[] = []
  const text = written
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(/\$(?:\{(\w+)(?::[-+]([^}]*))?\}|(\w+))/g, (all, braced: string, otherwise: string, plain: string) => {
      const known = defaults.get(braced ?? plain)
      if (known) from.push(known)
      return known?.value ?? otherwise ?? all
    })
  return { text, from }
}

/** Lines joined by `\` (or by the character that `# escape=` names), without comments between them; here-documents included. */
function readInstructions(text: string): DockerInstruction[] {
  const joiner = /^(?:#[ \t]*\w+=.*\r?\n)*?#[ \t]*escape=(.)/i.exec(text)?.[1] ?? '\\'
  const lines = [...text.matchAll(/[^\r\n]*(?:\r\n|\n|\r|$)/g)].filter((line) => line[0] !== '')
  const instructions: DockerInstruction[] = []
  for (let i = 0; i < lines.length; i++) {
    const head = /^([ \t]*)([A-Za-z]+)(?:[ \t]+|(?=\r?\n|$))/.exec(lines[i]![0])
    if (!head) continue
    const start = lines[i]!.index + head[1]!.length
    const documents = [...lines[i]![0].matchAll(/<<-?(["']?)(\w+)\1/g)].map((match) => match[2]!)
    let last = i
    while (continues(lines[last]![0], joiner, last > i) && last + 1 < lines.length) last++
    for (const name of /^(?:RUN|COPY|ADD)$/i.test(head[2]!) ? documents : [])
      while (last + 1 < lines.length && lines[++last]![0].trim() !== name);
    const end = lines[last]!.index + lines[last]![0].trimEnd().length
    const from = Math.min(lines[i]!.index + head[0].length, end)
    instructions.push({ keyword: head[2]!.toUpperCase(), start, end, rest: { start: from, end } })
    i = last
  }
  return instructions
}

function continues(line: string, joiner: string, isInside: boolean): boolean {
  const text = line.trimEnd()
  return text.endsWith(joiner) || (isInside && (text === '' || text.trimStart().startsWith('#')))
}
