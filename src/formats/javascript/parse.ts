import { createRequire } from 'node:module'
import type { ParserOptions, ParserPlugin } from '@babel/parser'
import type * as t from '@babel/types'

// loaded when there is something to parse; `import` would first read all of the package to find its export names
const load = createRequire(import.meta.url)

/** What came of parsing a file. */
export type Parsed =
  | { readonly is: 'parsed'; readonly ast: t.File; readonly recovered: readonly SyntaxProblem[] }
  | { readonly is: 'failed'; readonly problem: SyntaxProblem }

/** Where a file does not parse; `offset` in UTF-16 units of the text without BOM. */
export interface SyntaxProblem {
  readonly message: string
  readonly offset: number
}

const SHARED: readonly ParserPlugin[] = [
  'decorators-legacy',
  'explicitResourceManagement',
  'decoratorAutoAccessors',
  'importReflection',
  'exportDefaultFrom',
]
const JSX_AND_FLOW: readonly ParserPlugin[] = ['jsx', 'flow', ...SHARED]
const JSX_ONLY: readonly ParserPlugin[] = ['jsx', ...SHARED]
const FLOW_ONLY: readonly ParserPlugin[] = ['flow', ...SHARED]
const TS: readonly ParserPlugin[] = ['typescript', ...SHARED]
const TSX: readonly ParserPlugin[] = ['typescript', 'jsx', ...SHARED]

/** True for the name of a file that a TypeScript compiler reads. */
export function isTypeScript(path: string): boolean {
  return /\.[mc]?tsx?$/.test(path)
}

/**
 * Plugin sets to try for a file, in order. Each distinct set makes Babel build another parser class, which costs cold
 * time, so there is one per kind of file. JavaScript is not read as TypeScript: `f(a < b, c > (d))` means another
 * thing there. It means another thing with Flow as well, but only where the file says that it is written in it.
 */
function ladder(path: string, text: string): readonly (readonly ParserPlugin[])[] {
  if (/\.[mc]?ts$/.test(path)) return [TS, TSX]
  if (path.endsWith('.tsx')) return [TSX, TS]
  const javascript = /@flow\b/.test(text) ? [JSX_AND_FLOW, JSX_ONLY] : [JSX_ONLY, JSX_AND_FLOW]
  return [...javascript, FLOW_ONLY, TSX, TS]
}

function options(plugins: readonly ParserPlugin[]): ParserOptions {
  return {
    plugins: [...plugins],
    sourceType: 'unambiguous',
    errorRecovery: true,
    attachComment: false,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowImportExportEverywhere: true,
    allowSuperOutsideMethod: true,
    allowUndeclaredExports: true,
    allowNewTargetOutsideFunction: true,
  }
}

/**
 * Parses JavaScript or TypeScript of any dialect, the dialect chosen by the extension of `path`. Never throws: the best
 * attempt is the first that needs no recovery, else the first that gives a tree at all, with the problems it met.
 * `extras.tokens`: the tree has all tokens too, comments among them.
 */
export function parseJavaScript(text: string, path: string, extras: Pick<ParserOptions, 'tokens'> = {}): Parsed {
  let best: Parsed | undefined
  for (const plugins of ladder(path, text)) {
    const attempt = attemptParse(text, { ...options(plugins), ...extras })
    if (attempt.is === 'parsed' && attempt.recovered.length === 0) return attempt
    if (!best || (best.is === 'failed' && attempt.is === 'parsed')) best = attempt
  }
  return best as Parsed
}

function attemptParse(text: string, settings: ParserOptions): Parsed {
  const { parse } = load('@babel/parser') as typeof import('@babel/parser')
  try {
    const ast = parse(text, settings)
    // Babel tries a module first, and keeps what it forgave there: `with`, `0755`, `var package` are fine in a script
    if (ast.errors?.length && ast.program.sourceType === 'script' && settings.sourceType !== 'script') {
      const script = attemptParse(text, { ...settings, sourceType: 'script', allowAwaitOutsideFunction: false })
      if (script.is === 'parsed' && script.recovered.length === 0) return script
    }
    return { is: 'parsed', ast, recovered: (ast.errors ?? []).map(problem) }
  } catch (error) {
    return { is: 'failed', problem: problem(error) }
  }
}

function problem(error: unknown): SyntaxProblem {
  const { message, pos } = error as { message?: string; pos?: number }
  return { message: (message ?? String(error)).replace(/ \(\d+:\d+\)$/, ''), offset: pos ?? 0 }
}
