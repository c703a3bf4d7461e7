import type { PackageModel } from '../formats/javascript/kinds.ts'
import type { ProjectPath } from '../model/finding.ts'

/** What the text of a file says about whether values of a package can be in it. Judged without parsing anything. */
export interface Traces {
  /** A value of the package can come into being here: the file names the package, or has the shape of its users. */
  isSource(text: string): boolean
  /** Somebody may call something here by a name that values of the package usually have. */
  hasNames(text: string): boolean
}

/** The traces of packages, as their models describe them. */
export function tracesOf(models: readonly PackageModel[]): Traces {
  const source = union(models.flatMap((model) => [...namesOfPackages(model), model.shapeText.source]))
  const names = models.flatMap((model) => [...model.names.values()].flat())
  const any = names.map(literally).join('|')
  // as a receiver, or taken apart
  const named = union(any ? [`\\b(?:${any})\\b['"\\])!]*\\s*(?:\\?\\.|\\.|\\[)|=\\s*(?:${any})\\b`] : [])
  return { isSource: (text) => source.test(text), hasNames: (text) => named.test(text) }
}

/** Every string that could be a specifier with the package's name in it, and its global namespace. */
function namesOfPackages(model: PackageModel): string[] {
  const packages = [...model.specifiers, ...model.typePackages, ...(model.satellites ?? [])].map(literally)
  return [
    `['"\`](?:[@\\w./-]*[-/])?(?:${packages.join('|')})(?:[-/][\\w./-]*)?['"\`]`,
    ...(model.globalNamespace ? [`\\b${literally(model.globalNamespace)}\\s*\\.`] : []),
  ]
}

/**
 * Everything that is connected with one of these files: by imports in either direction, through any number of files. What
 * is not among them can hold no value that comes from there.
 */
export function connected(
  sources: Iterable<ProjectPath>,
  imports: ReadonlyMap<ProjectPath, ReadonlySet<ProjectPath>>,
): ReadonlySet<ProjectPath> {
  const neighbours = new Map<ProjectPath, ProjectPath[]>()
  const join = (from: ProjectPath, to: ProjectPath) => {
    const known = neighbours.get(from)
    if (known) known.push(to)
    else neighbours.set(from, [to])
  }
  for (const [target, importers] of imports)
    for (const importer of importers) {
      join(target, importer)
      join(importer, target)
    }
  const reached = new Set(sources)
  const waiting = [...reached]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop())
    for (const next of neighbours.get(at) ?? [])
      if (!reached.has(next)) {
        reached.add(next)
        waiting.push(next)
      }
  return reached
}

function union(sources: readonly string[]): RegExp {
  return sources.length > 0 ? new RegExp(sources.join('|')) : /(?!)/
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
