import type { Assignment } from '../formats/assignments.ts'
import type { DockerFile } from '../formats/dockerfile.ts'
import { type ImageReference, imageReference } from '../formats/images.ts'
import type { DataFile } from '../formats/index.ts'
import type { JsonFile } from '../formats/json.ts'
import { type ShellWord, shellCommands } from '../formats/shell.ts'
import type { YamlFile } from '../formats/yaml.ts'
import type { Range } from '../model/finding.ts'
import { isBelow } from './ranges.ts'

/** A place that chooses a version of Node, as it is written there. */
export interface NodeVersion {
  readonly version: string
  readonly range: Range
  /** What kind of place it is, for a person. */
  readonly where: string
}

/** Names of the lines that have long-term support. Source: https://nodejs.org/en/about/previous-releases */
const LINES: Readonly<Record<string, number>> = {
  argon: 4,
  boron: 6,
  carbon: 8,
  dubnium: 10,
  erbium: 12,
  fermium: 14,
  gallium: 16,
}

/** The major version if all that a version, range, tag or name stands for is older than `lowest`. */
export function olderThan(version: string, lowest: number): string | undefined {
  const text = version.trim()
  const line = LINES[/^(?:lts[/-])?([a-z]+)(?:-.*)?$/i.exec(text)?.[1]?.toLowerCase() ?? '']
  if (line !== undefined) return line < lowest ? `${line}` : undefined
  const exact = /^v?(\d+)(?:\.(?:\d+|[xX*])){0,2}(?:-[a-z].*)?$/.exec(text)
  if (exact) return Number(exact[1]) < lowest ? exact[1] : undefined
  return isBelow(text, `${lowest}.0.0`) ? text : undefined
}

/** Every place of a file that chooses a version of Node; package.json has its own. */
export function nodeVersions(file: DataFile): NodeVersion[] {
  const found = versionsIn(file)
  return found.filter(({ range }, index) => found.findIndex((other) => other.range.start === range.start) === index)
}

function versionsIn(file: DataFile): NodeVersion[] {
  switch (file.format) {
    case 'versions':
      return file
        .versions()
        .filter(({ tool }) => /^node(?:js)?$/.test(tool))
        .map(({ version, range }) => ({ version, range, where: 'the version that developers and CI install' }))
    case 'environment':
      return file.assignments().flatMap(fromVariable)
    case 'shell':
      return [...file.assignments().flatMap(fromVariable), ...file.commands().flatMap(fromCommand)]
    case 'dockerfile':
      return fromDockerfile(file)
    case 'json':
    case 'yaml':
      return fromConfiguration(file)
    default:
      return []
  }
}

function fromDockerfile(file: DockerFile): NodeVersion[] {
  const images = file.images().flatMap(({ range, from, ...image }) => {
    const version = nodeOf(image)
    if (version === undefined) return []
    const argument = from.find(({ value }) => value !== '' && version.startsWith(value))
    return [{ version, range: argument?.range ?? range, where: 'the image that the program runs in' }]
  })
  return [...images, ...file.assignments().flatMap(fromVariable), ...file.commands().flatMap(fromCommand)]
}

/** The version of Node in an image: `node:16-alpine`, `cimg/node:16.20`, `gcr.io/distroless/nodejs16-debian11`. */
function nodeOf({ name, tag }: ImageReference): string | undefined {
  const path = name.toLowerCase()
  const inName = /(?:^|\/)(?:ubi\d+\/|distroless\/)?nodejs-?(\d+)(?:-|$)/.exec(path)?.[1]
  if (inName) return inName
  if (tag === undefined || tag.includes('$')) return undefined
  if (/(?:^|\/)(?:javascript|typescript)-node$/.test(path)) return tag.replace(/^\d+(?:\.\d+)*-(?=\d)/, '')
  return /(?:^|\/)(?:node|alpine-node|aws-lambda-nodejs|lambda\/nodejs)$/.test(path) ? tag : undefined
}

function fromVariable({ name, value, range }: Assignment): NodeVersion[] {
  return /^NODE(?:JS)?_VERSION$/i.test(name) ? [{ version: value, range, where: `the variable ${name}` }] : []
}

/** `nvm install 16`, `npx -p node@16 …`, `curl …/setup_16.x`. */
function fromCommand(words: readonly ShellWord[]): NodeVersion[] {
  const where = 'the version that a command installs'
  const named = words.flatMap((word) => {
    const version = /^node@(.+)$/.exec(word.text)?.[1] ?? /\/setup_(\d+)\.x\b/.exec(word.text)?.[1]
    return version === undefined ? [] : [{ version, range: word, where }]
  })
  const at = words.findIndex(({ text }) => /^(?:nvm|fnm|nodenv|n|asdf)$/.test(text))
  const rest = at < 0 || (words[at]!.text === 'n' && at > 0) ? [] : words.slice(at + 1)
  const chosen = rest.find(({ text }) => /^v?\d+(?:\.\d+|\.x)*$|^lts\/[a-z]+$/.test(text))
  const isForNode = words[at]?.text !== 'asdf' || rest.some(({ text }) => text === 'nodejs')
  return chosen && isForNode ? [...named, { version: chosen.text, range: chosen, where }] : named
}

function fromConfiguration(file: JsonFile | YamlFile): NodeVersion[] {
  return file.scalars().flatMap((scalar) => {
    const value = String(scalar.value)
    const range = 'inner' in scalar ? scalar.inner : scalar.range
    const where = place(scalar.path, value, (...path) => valueAt(file, path))
    if (where) return [{ version: where.version, range, where: where.is }]
    const quoting = file.text[range.start - 1] === '"' ? ('escaped' as const) : ('plain' as const)
    const commands = shellCommands(file.text, range, quoting)
    return commands.flatMap(fromCommand)
  })
}

function valueAt(file: JsonFile | YamlFile, path: readonly string[]): string {
  const value = file.format === 'json' ? file.at(...path)?.value : file.value(...path)
  return typeof value === 'string' ? value : ''
}

/** What the value at a path of keys and indexes says of Node; `read` gives the values beside it. */
function place(
  path: readonly string[],
  value: string,
  read: (...path: readonly string[]) => string,
): { readonly version: string; readonly is: string } | undefined {
  const keys = path.filter((key) => !/^\d+$/.test(key))
  const key = keys.at(-1) ?? ''
  const beside = path.slice(0, -1)
  const is = `\`${key}\``
  if (/^node(?:js)?[-_]?version$/i.test(key) || key === 'node_js') return { version: value, is }
  if (/^node(?:js)?$/i.test(key) && keys.some((above) => /^(?:matrix|runtime-versions)$/.test(above)))
    return { version: value, is }
  if (/^(?:image|container)$/.test(key) || (key === 'name' && keys.at(-2) === 'image')) {
    const version = nodeOf(imageReference(value))
    return version === undefined ? undefined : { version, is: `the image in ${is}` }
  }
  const runtime = /^runtime$/i.test(key) ? /^nodejs(\d+)(?:\.x)?$/.exec(value)?.[1] : undefined
  if (runtime !== undefined) return { version: runtime, is }
  const task = /^(?:versionSpec|version)$/.test(key) && keys.at(-2) === 'inputs'
  if (task && /^(?:NodeTool|UseNode)@/.test(read(...beside.slice(0, -1), 'task'))) return { version: value, is }
  if (key === 'version' && /(?:^|\/)features\/node(?::|$)/.test(keys.at(-2) ?? '')) return { version: value, is }
  if (key === 'value' && /^NODE_VERSION$/.test(read(...beside, 'key'))) return { version: value, is: '`NODE_VERSION`' }
  if (key === 'tag' && /^node\//.test(read(...beside, 'name'))) return { version: value, is }
  const variable = /^NODE(?:JS)?_VERSION=(.+)$/i.exec(value)?.[1]
  return variable === undefined ? undefined : { version: variable, is: 'the variable NODE_VERSION' }
}
