import { DockerFile } from './dockerfile.ts'
import { EnvironmentFile } from './environment.ts'
import type { JavaScriptFile } from './javascript/file.ts'
import { JsonFile } from './json.ts'
import { PatchFile } from './patch.ts'
import { PrismaFile } from './prisma.ts'
import { ShellFile } from './shell.ts'
import { SqlFile } from './sql.ts'
import { VersionFile } from './versions.ts'
import { YamlFile } from './yaml.ts'

/** The kinds of file that a change can be about, and what a transform gets to ask. */
export interface Formats {
  javascript: JavaScriptFile
  json: JsonFile
  yaml: YamlFile
  dockerfile: DockerFile
  environment: EnvironmentFile
  shell: ShellFile
  versions: VersionFile
  patch: PatchFile
  prisma: PrismaFile
  sql: SqlFile
}

export type FormatId = keyof Formats
/** Every format but code: it is understood without the rest of the project. */
export type DataFormat = Exclude<FormatId, 'javascript'>
export type DataFile = Formats[DataFormat]

const READERS: { readonly [F in DataFormat]: new (path: string, text: string) => Formats[F] } = {
  json: JsonFile,
  yaml: YamlFile,
  dockerfile: DockerFile,
  environment: EnvironmentFile,
  shell: ShellFile,
  versions: VersionFile,
  patch: PatchFile,
  prisma: PrismaFile,
  sql: SqlFile,
}

/** What each format is called in a sentence. */
export const FORMAT_NAMES: Readonly<Record<FormatId, string>> = {
  javascript: 'JavaScript',
  json: 'JSON',
  yaml: 'YAML',
  dockerfile: 'a Dockerfile',
  environment: 'a file of variables',
  shell: 'a script',
  versions: 'a file of versions',
  patch: 'a patch',
  prisma: 'a Prisma schema',
  sql: 'SQL',
}

/** The names of each format; the first that fits decides. */
const NAMES: readonly (readonly [FormatId, RegExp])[] = [
  ['javascript', /\.(?:[cm]?[jt]s|[jt]sx)$/],
  ['dockerfile', /(?:^|[/.])(?:Dockerfile|Containerfile)(?:\.[^/]+)?$/],
  ['environment', /\.env(?:\.[^/]+)?$/],
  ['json', /\.json$/],
  ['yaml', /\.ya?ml$/],
  ['versions', /(?:^|\/)\.(?:nvmrc|node-version|tool-versions)$/],
  ['shell', /\.(?:sh|bash|zsh|ps1|cmd|bat|mk)$|(?:^|\/)(?:Procfile(?:\.[^/]+)?|(?:GNU)?[Mm]akefile|[Jj]ustfile)$/],
  ['patch', /\.patch$/],
  ['prisma', /\.prisma$/],
  ['sql', /\.sql$/],
]

/** Which format a path is of; the only list of file kinds. */
export function formatOf(path: string): FormatId | undefined {
  return NAMES.find(([, name]) => name.test(path))?.[0]
}

/** Reads a text as the format it is of. Throws when it cannot be read as that. */
export function readData(format: DataFormat, path: string, text: string): DataFile {
  return new READERS[format](path, text)
}
