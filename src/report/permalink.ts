import type { Repository } from '../model/report.ts'
import type { Location } from '../model/trust.ts'

/** How the web pages of a host name lines of a file. */
interface Host {
  readonly name: RegExp
  readonly page: (commit: string, path: string) => string
  readonly lines: (first: number, last: number) => string
}

/** Where the addresses are documented: "Getting permanent links to files" (GitHub), and the like of the others. */
const HOSTS: readonly Host[] = [
  {
    name: /^https:\/\/[^/]*\bgithub\b/,
    page: (commit, path) => `blob/${commit}/${path}`,
    lines: (first, last) => (last > first ? `#L${first}-L${last}` : `#L${first}`),
  },
  {
    name: /^https:\/\/[^/]*\bgitlab\b/,
    page: (commit, path) => `-/blob/${commit}/${path}`,
    lines: (first, last) => (last > first ? `#L${first}-${last}` : `#L${first}`),
  },
  {
    name: /^https:\/\/[^/]*\bbitbucket\b/,
    page: (commit, path) => `src/${commit}/${path}`,
    lines: (first, last) => (last > first ? `#lines-${first}:${last}` : `#lines-${first}`),
  },
  {
    name: /^https:\/\/(?:codeberg\.org|[^/]*\b(?:gitea|forgejo)\b)/,
    page: (commit, path) => `src/commit/${commit}/${path}`,
    lines: (first, last) => (last > first ? `#L${first}-L${last}` : `#L${first}`),
  },
]

/**
 * The address that shows a place for ever. Undefined where the repository is not known, its host is none whose addresses
 * we know, or the file differs from the commit, so that its lines may be others there.
 */
export function permalink(repository: Repository | undefined, at: Location, endLine = at.line): string | undefined {
  if (!repository) return undefined
  const host = HOSTS.find(({ name }) => name.test(repository.url))
  const differs = repository.uncommitted.some((file) =>
    file.endsWith('/') ? at.file.startsWith(file) : file === at.file,
  )
  if (!host || differs) return undefined
  const path = pathInRepository(repository, at.file)
  return `${repository.url}/${host.page(repository.commit, encodedPath(path))}${host.lines(at.line, endLine)}`
}

/** The path of a project's file from the top of its repository. */
export function pathInRepository(repository: Repository | undefined, file: string): string {
  return repository === undefined || repository.folder === '.' ? file : `${repository.folder}/${file}`
}

/** A path as part of an address; also the characters that an address may have, but Markdown would take for its own. */
export function encodedPath(path: string): string {
  return path
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[!'()*~_]/g, hex))
    .join('/')
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
