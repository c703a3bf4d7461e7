import {
  type BreakingFacts,
  type Change,
  type DataFile,
  type Draft,
  type DraftEdit,
  defineChange,
  fix,
  type JavaScriptFile,
  type ProjectFacts,
  replace,
} from '#kit'
import { concerns, reaches } from '../schema/project.ts'
import { type Command, prismaCommands, type Word } from './commands.ts'

/** What a change says of one word of a command. */
export interface CommandProblem {
  readonly at: Word
  /** What to do; lower case, no full stop. */
  readonly message: string
  /** Absent where only a person can decide. */
  readonly fix?: {
    readonly title: string
    /** Takes the word out where there is nothing to put in its place. */
    readonly text: string | undefined
    readonly applicability?: 'safe' | 'review'
    /** The last word that goes with it, for a flag and its value. */
    readonly until?: Word
  }
  readonly notes?: readonly string[]
}

/** The kinds of file that commands stand in. */
export const COMMAND_FORMATS = ['json', 'yaml', 'dockerfile', 'shell', 'javascript'] as const

/** A change that is about calls of Prisma's command line. */
export function commandChange(
  facts: BreakingFacts & { readonly stage?: string },
  mentions: readonly (string | RegExp)[],
  problems: (command: Command) => Iterable<CommandProblem>,
): Change {
  return defineChange({
    ...facts,
    format: COMMAND_FORMATS,
    restsOn: 'dependency',
    mentions,
    *find(file: DataFile | JavaScriptFile, project: ProjectFacts): Iterable<Draft> {
      if (!concerns(project) || ![facts.since, ...(facts.again ?? [])].some((since) => reaches(project, since))) return
      for (const command of prismaCommands(file))
        for (const problem of problems(command)) yield draftOf(problem, command, file)
    },
  })
}

function draftOf(
  { at, message, fix: wanted, notes }: CommandProblem,
  command: Command,
  file: { readonly path: string },
): Draft {
  const draft = {
    at: at.range,
    message,
    evidence: {
      certainty: command.isRun ? ('proven' as const) : ('inferred' as const),
      steps: [
        { what: `\`${command.program.text} ${command.names.join(' ')}\` in ${command.where} (${file.path})` },
        ...(command.isRun ? [] : [{ what: 'a text that reads like a command' }]),
      ],
    },
    ...(notes ? { notes } : {}),
  }
  if (!wanted || !command.isPlain) return draft
  const edit: DraftEdit =
    wanted.text !== undefined
      ? replace(at.range, wanted.text)
      : replace({ start: at.removal.start, end: (wanted.until ?? at).removal.end }, '')
  return { ...draft, fix: fix(command.isRun ? (wanted.applicability ?? 'safe') : 'review', wanted.title, edit) }
}

/** True for `prisma <names>`; fewer names stand for all that begin so. */
export function isCommand({ names }: Command, ...wanted: readonly string[]): boolean {
  return wanted.every((name, index) => names[index] === name)
}

/** The arguments with one of these names, as `--flag` or `--flag=value`. */
export function flags({ args }: Command, ...names: readonly string[]): Word[] {
  return args.filter(({ text }) => names.includes(text.split('=')[0]!))
}
