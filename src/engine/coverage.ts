import { readdirSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProjectPath } from '../model/finding.ts'

/** What V8 writes for NODE_V8_COVERAGE when a process ends: https://nodejs.org/api/cli.html#node_v8_coveragedir */
interface Output {
  readonly result: readonly Script[]
}
interface Script {
  readonly url: string
  readonly functions: readonly {
    readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[]
  }[]
}

/** What ran of the project's own files while its tests did. */
export interface Coverage {
  /** Whether the code at an offset of a file's text has run; undefined where nothing can be said about it. */
  hasRun(file: ProjectPath, offset: number, text: string): boolean | undefined
  /** Whether the file was loaded at all. */
  isLoaded(file: ProjectPath): boolean
}

const MAX_BYTES = 200_000_000

/**
 * Reads what the processes of a test run wrote. Where some of them loaded one of `tests`, only those count: many runners
 * give every test file a process of its own. Undefined where nothing was written: the runner ends its processes early, or
 * measures coverage itself.
 */
export function readCoverage(folder: string, root: string, tests: ReadonlySet<ProjectPath>): Coverage | undefined {
  const processes = readOutputs(folder).map((output) => scriptsIn(output, root))
  const concerned = processes.filter((scripts) => [...tests].some((file) => scripts.has(file)))
  const known = (concerned.length > 0 ? concerned : processes).filter((scripts) => scripts.size > 0)
  if (known.length === 0) return undefined
  return {
    isLoaded: (file) => known.some((scripts) => scripts.has(file)),
    hasRun(file, offset, text) {
      const scripts = known.flatMap((one) => one.get(file) ?? [])
      // what was compiled in memory has other offsets
      const same = scripts.filter((script) => script.functions[0]?.ranges[0]?.endOffset === text.length)
      if (same.some((script) => countAt(script, offset) > 0)) return true
      return same.length === scripts.length && scripts.length > 0 ? false : undefined
    },
  }
}

function readOutputs(folder: string): Output[] {
  let left = MAX_BYTES
  return readdirSync(folder).flatMap((name): Output[] => {
    const file = join(folder, name)
    left -= statSync(file).size
    if (left < 0) return []
    try {
      return [JSON.parse(readFileSync(file, 'utf8'))]
    } catch {
      // the process was ended while it wrote
      return []
    }
  })
}

/** The project's own scripts; several of one file where a runner loads it anew for every test file. */
function scriptsIn({ result }: Output, root: string): Map<ProjectPath, Script[]> {
  const found = new Map<ProjectPath, Script[]>()
  for (const script of result) {
    const file = fileOf(script.url, root)
    if (file !== undefined) found.set(file, [...(found.get(file) ?? []), script])
  }
  return found
}

function fileOf(url: string, root: string): ProjectPath | undefined {
  let path: string
  try {
    path = url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : url
  } catch {
    return undefined
  }
  const inside = relative(root, path)
  if (!isAbsolute(path) || inside.startsWith('..') || isAbsolute(inside)) return undefined
  const file = inside.split(sep).join('/')
  return /(?:^|\/)node_modules\//.test(file) ? undefined : file
}

/** How often the innermost range around an offset has run. */
function countAt({ functions }: Script, offset: number): number {
  let innermost: Script['functions'][number]['ranges'][number] | undefined
  for (const { ranges } of functions)
    for (const range of ranges) {
      if (range.startOffset > offset || offset >= range.endOffset) continue
      const length = range.endOffset - range.startOffset
      // of two that are equal, the later one is inside of the other
      if (!innermost || length <= innermost.endOffset - innermost.startOffset) innermost = range
    }
  return innermost?.count ?? 0
}
