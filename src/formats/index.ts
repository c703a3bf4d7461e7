import type { JavaScriptFile } from './javascript/file.ts'
import type { JsonFile } from './json.ts'
import type { YamlFile } from './yaml.ts'

/** The kinds of file that a change can be about, and what a transform gets to ask. */
export interface Formats {
  javascript: JavaScriptFile
  json: JsonFile
  yaml: YamlFile
}

export type FormatId = keyof Formats

/** Which format a path is of; the only list of file kinds. */
export function formatOf(path: string): FormatId | undefined {
  if (/\.(?:[cm]?[jt]s|[jt]sx)$/.test(path)) return 'javascript'
  if (path.endsWith('.json')) return 'json'
  if (/\.ya?ml$/.test(path)) return 'yaml'
  return undefined
}
