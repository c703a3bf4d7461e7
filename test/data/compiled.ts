/** What `npm run build` made: loaded by Node as it is, like everything that a person runs. */
import { existsSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The file of a compiled module of `src/`, by its path there without `.ts`. Throws an Error if nothing was built. */
export function compiledFile(module: string): string {
  const file = fileURLToPath(new URL(`../../dist/src/${module}.js`, import.meta.url))
  if (!existsSync(file)) throw new Error('dist/ is missing: npm run build')
  return file
}

/** A compiled module: `await compiled<typeof import('../src/engine/session.ts')>('engine/session')`. */
export function compiled<T>(module: string): Promise<T> {
  return import(pathToFileURL(compiledFile(module)).href) as Promise<T>
}
