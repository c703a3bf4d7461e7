import type { PackageModel } from '../formats/javascript/kinds.ts'
import type { JavaScriptModule } from '../formats/javascript/module.ts'
import type { Neighbours } from '../formats/javascript/origins.ts'
import { type ShapeReach, shapeReach } from '../formats/javascript/shape-reach.ts'
import type { ProjectPath } from '../model/finding.ts'
import { literally, type TextPattern } from '../text/pattern.ts'

/** What a file says by itself about whether values of a package can be in it. Three patterns are about its text. */
export interface Traces {
  /** The file names the package: any value of it can come into being here. */
  readonly packages: TextPattern
  /** Something in the file looks like a function of a user of the package. */
  readonly shapes: TextPattern
  /** Something here that has the name which values of the package usually have is asked for a member that they have. */
  readonly names: TextPattern
  /** What becomes of the values of such functions, in a file that was parsed. */
  shapeReach(module: JavaScriptModule, neighbours: Pick<Neighbours, 'dependencies'>): ShapeReach
}

/** The traces of packages, as their models describe them. */
export function tracesOf(models: readonly PackageModel[]): Traces {
  return {
    packages: { pattern: union(models.flatMap(patternsOfPackages)), words: wordsOfPackages(models) },
    shapes: { pattern: union(models.map((model) => model.shapeText.source)) },
    names: { pattern: union(models.flatMap(guesses)) },
    shapeReach: (module, neighbours) => shapeReach(models, neighbours, module),
  }
}

/** A member of a usual name, as text: `req.param`, `this.res?.['send']`, and what is taken out of it, `const { body } = req`. */
function guesses({ names, members }: PackageModel): string[] {
  const asked = [...names].flatMap(([kind, usual]) => {
    const those = [...(members.get(kind) ?? [])]
    return those.length > 0 && usual.length > 0 ? [{ usual: anyOf(usual), members: anyOf(those) }] : []
  })
  if (asked.length === 0) return []
  return [
    ...asked.map(
      (one) => `\\b${one.usual}\\b['"\\])!]*\\s*(?:\\?\\.|\\.|(?=\\[))\\s*(?:\\[\\s*['"\`])?${one.members}\\b`,
    ),
    `\\}\\s*(?::[^=;{}\\n]{0,200})?=\\s*[\\w.$]*\\b(?:${asked.map(({ usual }) => usual).join('|')})\\b`,
  ]
}

function anyOf(words: readonly string[]): string {
  return `(?:${words.map(literally).join('|')})`
}

/** Every string that could be a specifier with the package's name in it, and its global namespace. */
function patternsOfPackages(model: PackageModel): string[] {
  const packages = namesOfPackages(model).map(literally)
  const words = (model.words ?? []).map((word) => literally(word).replace(/[a-z]/gi, inAnyCase))
  return [
    ...(packages.length > 0 ? [`['"\`](?:[@\\w./-]*[-/])?(?:${packages.join('|')})(?:[-/][\\w./-]*)?['"\`]`] : []),
    ...words,
    ...(model.traces ? [model.traces.source] : []),
    ...(model.globalNamespace ? [`\\b${literally(model.globalNamespace)}\\s*\\.`] : []),
  ]
}

function namesOfPackages({ specifiers, typePackages, satellites = [], modules = {} }: PackageModel): string[] {
  const others = Object.keys(modules).filter((name) => !name.startsWith('/'))
  return [...specifiers, ...typePackages, ...satellites, ...others]
}

/** What a text has to have in it if it names a package; undefined where that can be anything. */
function wordsOfPackages(models: readonly PackageModel[]): readonly string[] | undefined {
  if (models.some(({ traces, words = [] }) => traces !== undefined || words.length > 0)) return undefined
  const names = models.flatMap((model) => [...namesOfPackages(model), model.globalNamespace ?? []].flat())
  return names.filter((name) => !names.some((other) => other !== name && name.includes(other)))
}

/** Which files import which: the imported one → the files that import it. */
export type Importers = ReadonlyMap<ProjectPath, ReadonlySet<ProjectPath>>

/** The files that the values of shapes are handed to, and whether functions give them back to the files that import theirs. */
export interface HandedFiles {
  readonly files: readonly ProjectPath[]
  readonly isReturned: boolean
}

/** How a value of the packages can get into a file: from anywhere, only from a function that looks like one of theirs, or not. */
export type Reach = 'package' | 'shape' | 'nothing'

/** How far the parameter of a function that only looks like one of ours is followed into what its file imports. */
const SHAPE_REACH = 2

/**
 * The files in which a value of the package can be, and how it may have got there. Where the package is named, values come into being, and may go
 * anywhere that imports lead, in either direction, through any number of files. Where there is only a shape, the value is
 * the parameter of a function: it goes to the files that it is handed to, or to all that the file imports and that import
 * it. `reachOf` is asked of those files alone that nothing leads to from where the package is named.
 */
export function connected(
  naming: Iterable<ProjectPath>,
  shaped: Iterable<ProjectPath>,
  reachOf: (file: ProjectPath) => 'none' | 'anywhere' | HandedFiles,
  importers: Importers,
): ReadonlyMap<ProjectPath, Exclude<Reach, 'nothing'>> {
  const imports = new Map<ProjectPath, ProjectPath[]>()
  for (const [target, from] of importers)
    for (const importer of from) {
      const known = imports.get(importer)
      if (known) known.push(target)
      else imports.set(importer, [target])
    }
  const reached = new Map<ProjectPath, Exclude<Reach, 'nothing'>>()
  for (const file of naming) reached.set(file, 'package')
  const waiting = [...reached.keys()]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop())
    for (const next of [...(imports.get(at) ?? []), ...(importers.get(at) ?? [])])
      if (!reached.has(next)) {
        reached.set(next, 'package')
        waiting.push(next)
      }
  const reach = (file: ProjectPath) => reached.has(file) || reached.set(file, 'shape')
  const reaches = [...shaped].filter((file) => !reached.has(file)).map((file) => [file, reachOf(file)] as const)
  for (const [file, how] of reaches) if (how !== 'none') reach(file)
  const away = reaches.flatMap(([file, how]) => (how === 'anywhere' ? [file] : []))
  const returning = reaches.flatMap(([file, how]) => (typeof how !== 'string' && how.isReturned ? [file] : []))
  for (const file of [...away, ...returning]) for (const importer of importers.get(file) ?? []) reach(importer)
  const handed = reaches.flatMap(([, how]) => (typeof how === 'string' ? [] : how.files))
  let frontier = [...handed, ...away.flatMap((file) => imports.get(file) ?? [])]
  for (let step = 1; step <= SHAPE_REACH; step++) {
    frontier = frontier.filter((file) => !reached.has(file))
    for (const file of frontier) reach(file)
    frontier = frontier.flatMap((file) => imports.get(file) ?? [])
  }
  return reached
}

function inAnyCase(letter: string): string {
  return `[${letter.toLowerCase()}${letter.toUpperCase()}]`
}

function union(sources: readonly string[]): RegExp {
  return sources.length > 0 ? new RegExp(sources.join('|')) : /(?!)/
}
