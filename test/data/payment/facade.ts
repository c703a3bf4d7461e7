/** Façades that were generated into a folder of their own, to be run as the customer would. */
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateFacade } from '../../../transforms/payment/facade/generate.ts'
import type { Facade, FacadeRequest, ProjectStyle } from '../../../transforms/payment/facade/types.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

export const COMMONJS: ProjectStyle = {
  language: 'javascript',
  modules: 'commonjs',
  importExtension: '',
  tests: 'none',
  format: { indent: '  ', quotes: 'single', semicolons: true, lineWidth: 100, trailingCommas: 'all', newline: '\n' },
}

// biome-ignore lint/suspicious/noExplicitAny: code that was made a moment ago
export type Loaded = any

/** A folder outside of the repository in which packages are found as in it. */
export function projectFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'upgrade-kit-facade-')))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Writes a façade, with changes to its text if there are any. */
export function writeFacade(
  folder: string,
  request: Omit<FacadeRequest, 'style' | 'folder' | 'mapName'> & Partial<FacadeRequest>,
  change: (file: string, text: string) => string = (_file, text) => text,
): Facade {
  const facade = generateFacade({ style: COMMONJS, folder: 'payments', mapName: request.map.provider.id, ...request })
  for (const [path, text] of facade.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), change(path, text))
  }
  return facade
}

/** Loads the façade of a folder anew, as a process that was started just now. */
export function loadFacade(folder: string, file = 'payments/index.js'): Loaded {
  const load = createRequire(join(folder, 'index.js'))
  for (const path of Object.keys(load.cache)) if (path.startsWith(join(folder, 'payments'))) delete load.cache[path]
  return load(join(folder, file))
}
