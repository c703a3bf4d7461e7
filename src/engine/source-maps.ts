import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { ProjectPath } from '../model/finding.ts'

const REFERENCE = /^\/\/[#@] sourceMappingURL=(\S*)\s*$/
/** More than this is no map of a file that a person could have written: 8 MiB. */
const MAX_MAP_BYTES = 8 << 20

/** The line at the end of a compiled file that says where its source map is. */
export interface MapReference {
  /** Where the line starts, in bytes. */
  readonly start: number
  readonly url: string
}

/** The reference to a source map in the last line of a text that is not blank. */
export function mapReference(buffer: Buffer): MapReference | undefined {
  let end = buffer.length
  while (end > 0 && buffer[end - 1]! <= 32) end -= 1
  const start = end === 0 ? 0 : buffer.lastIndexOf(10, end - 1) + 1
  // most files end in a bracket: the line is only read when it starts like a comment
  if (buffer[start] !== 47 || buffer[start + 1] !== 47) return undefined
  const [, url] = REFERENCE.exec(buffer.toString('latin1', start, end)) ?? []
  return url === undefined ? undefined : { start, url }
}

/**
 * False only where the map of a compiled file names its sources and the project has none of them: then the compiled file
 * is the only form of the code that there is, as in a package that was published and unpacked. True also for a map that
 * cannot be read or that names no files, because nothing speaks for the compiled file then.
 * @param root absolute
 * @param files of the project; one of the same name counts as the source, unless it lies in the same output folder
 */
export function hasSource(
  reference: MapReference,
  file: ProjectPath,
  root: string,
  files: Iterable<ProjectPath>,
): boolean {
  const folder = path.join(root, path.posix.dirname(file))
  const sources = sourcesOf(reference.url, folder)
  if (!sources || sources.length === 0) return true
  const own = path.join(root, file)
  if (sources.some((source) => path.resolve(folder, source) !== own && existsSync(path.resolve(folder, source))))
    return true
  const tails = sources.map((source) => `/${stem(source.replace(/^(?:\.{1,2}\/)+(?:[^/]+\/(?=.))?/, ''))}`)
  const compiled = `/${stem(file)}`
  const tail = tails.find((each) => compiled.endsWith(each))
  const output = tail === undefined ? path.posix.dirname(compiled) : compiled.slice(0, -tail.length)
  for (const other of files) {
    const name = `/${stem(other)}`
    const isOutput = output.length > 1 && name.startsWith(`${output}/`)
    if (!isOutput && other !== file && tails.some((each) => name.endsWith(each))) return true
  }
  return false
}

/** The files that a map was made from, as it names them; undefined when it cannot be read or names other things. */
function sourcesOf(url: string, folder: string): string[] | undefined {
  try {
    const inline = /^data:[^,]*;base64,/.exec(url)
    const text = inline
      ? Buffer.from(url.slice(inline[0].length), 'base64').toString('utf8')
      : readFileSync(path.join(folder, decodeURIComponent(url)), 'utf8')
    if (text.length > MAX_MAP_BYTES) return undefined
    const map = JSON.parse(text) as { sources?: unknown; sourceRoot?: unknown }
    const start = typeof map.sourceRoot === 'string' ? map.sourceRoot : ''
    if (!Array.isArray(map.sources)) return undefined
    const sources = map.sources.map((source) => path.posix.join(start, String(source)))
    // `webpack://…`, or a path of the machine that it was built on
    return sources.some((source) => /^(?:[a-z][\w+.-]*:|\/)/i.test(source)) ? undefined : sources
  } catch {
    return undefined
  }
}

function stem(file: string): string {
  return file.replace(/(?:\.d)?\.[cm]?[jt]sx?$/, '')
}
