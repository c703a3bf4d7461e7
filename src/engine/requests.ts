import { addImport, dropUnusedImport } from '../formats/javascript/imports.ts'
import { JavaScriptModule } from '../formats/javascript/module.ts'
import { parseJavaScript } from '../formats/javascript/parse.ts'
import { JsonFile } from '../formats/json.ts'
import type { ChangeId, ProjectPath, Request } from '../model/finding.ts'
import { applyEdits, normaliseNewlines } from '../text/edits.ts'
import { dominantLineEnding } from '../text/lines.ts'
import { literally } from '../text/pattern.ts'

/** A request and the change that makes it. */
export interface Asked {
  readonly request: Exclude<Request, { readonly add: 'file' } | { readonly remove: 'file' }>
  readonly change: ChangeId
}

/** A file after its requests were settled. */
export interface Settled {
  readonly file: ProjectPath
  readonly text: string
  readonly changes: readonly ChangeId[]
}

/**
 * Settles what only the whole file can decide, after all other edits are known: each import and dependency is added once
 * however many fixes ask for it, and dropped only when nothing uses it any more. `code`: every file that may use a
 * dependency.
 */
export function settle(
  asked: readonly Asked[],
  textOf: (file: ProjectPath) => string,
  code: readonly ProjectPath[],
): Settled[] {
  const files = new Map<ProjectPath, Asked[]>()
  for (const one of asked) files.set(one.request.file, [...(files.get(one.request.file) ?? []), one])
  const settled = new Map<ProjectPath, string>()
  const current = (file: ProjectPath) => settled.get(file) ?? textOf(file)
  const isDropped = ({ request }: Asked) => 'dropIfUnused' in request && request.dropIfUnused === 'dependency'
  // a dependency is still used by an import that goes, until it is gone
  const ordered = [...files].sort(([, a], [, b]) => Number(a.some(isDropped)) - Number(b.some(isDropped)))
  const found = ordered.flatMap(([file, requests]): Settled[] => {
    const before = textOf(file)
    const unique = requests.filter(
      (one, index) =>
        requests.findIndex((other) => JSON.stringify(other.request) === JSON.stringify(one.request)) === index,
    )
    const isKept = ({ request }: Asked) =>
      'dropIfUnused' in request && request.dropIfUnused === 'dependency' && isUsed(request, current, code)
    const text = unique.reduce((at, one) => (isKept(one) ? at : apply(file, at, one.request)), before)
    if (text === before) return []
    settled.set(file, text)
    return [{ file, text, changes: [...new Set(requests.map(({ change }) => change))] }]
  })
  const order = [...files.keys()]
  return found.sort((a, b) => order.indexOf(a.file) - order.indexOf(b.file))
}

/** What stands before the name of a module that is loaded, or that a test puts something in the place of. */
const LOADS = String.raw`(?:\bfrom|\bimport|\b(?:require|import|resolve|[mM]ock|doMock|unmock|module|requireActual|importActual|importOriginal|proxyquire)\s*\()\s*`

/** True if a package is still named by code below its package.json, or by anything there but the lists of dependencies. */
function isUsed(
  request: Extract<Request, { dropIfUnused: string }>,
  textOf: (file: ProjectPath) => string,
  code: readonly ProjectPath[],
): boolean {
  const { name, file: manifest, loadedOnly } = request
  const folder = manifest.slice(0, -'package.json'.length)
  const declared = textOf(manifest)
  // declarations are there for whoever names the package, and the package is not there for its declarations
  const typed = /^@types\//.test(name)
    ? name
        .slice('@types/'.length)
        .replace('__', '/')
        .replace(/^(?=.*\/)/, '@')
    : undefined
  const isTyped = declared.includes(`"@types/${name.replace(/^@/, '').replace('/', '__')}"`)
  const before = loadedOnly ? LOADS : ''
  const quoted = new RegExp(
    `${before}(['"\`])(?:${[name, ...(typed ? [typed] : [])].map(literally).join('|')})(?:/[^'"\`\\n]*)?\\1`,
  )
  const types = new RegExp(`\\bimport\\s+type\\b[^'";]*\\bfrom\\s*(['"])${literally(name)}\\1`, 'g')
  const elsewhere = new RegExp(`(?<!"|"@types/)${literally(name)}|(?<!"@types/)${literally(name)}(?!"\\s*:)`)
  return (
    elsewhere.test(declared) ||
    code.some((file) => {
      if (!file.startsWith(folder)) return false
      const text = readable(file, textOf)
      return quoted.test(isTyped ? text.replace(types, '') : text)
    })
  )
}

/** The text of a file; nothing for one that cannot be read, which is reported elsewhere. */
function readable(file: ProjectPath, textOf: (file: ProjectPath) => string): string {
  try {
    return textOf(file)
  } catch {
    return ''
  }
}

function apply(file: ProjectPath, text: string, request: Asked['request']): string {
  if ('add' in request && request.add === 'dependency') return addDependency(file, text, request)
  if ('dropIfUnused' in request && request.dropIfUnused === 'dependency')
    return dropDependency(file, text, request.name)
  const parsed = parseJavaScript(text, file)
  if (parsed.is === 'failed') return text
  const module = new JavaScriptModule(file, text, parsed.ast)
  const edit =
    'add' in request
      ? request.add === 'import'
        ? addImport(module, request.name, request.from, request.named)
        : undefined
      : dropUnusedImport(module, request.name)
  return edit ? applyEdits(text, [{ ...edit, text: normaliseNewlines(edit.text, dominantLineEnding(text)) }]) : text
}

/** Adds `"name": "range"` in alphabetical order, in the file's indentation; creates the section when there is none. */
function addDependency(file: ProjectPath, text: string, request: Extract<Request, { add: 'dependency' }>): string {
  const json = new JsonFile(file, text)
  const section = request.dev ? 'devDependencies' : 'dependencies'
  if (json.at('dependencies', request.name) ?? json.at('devDependencies', request.name)) return text
  const entry = `${JSON.stringify(request.name)}: ${JSON.stringify(request.range)}`
  const entries = json.entries(section)
  const next = entries.find((existing) => existing.key > request.name)
  const separator = (at: number) => /[\r\n]+[ \t]*$/.exec(text.slice(0, at))?.[0] ?? ' '
  if (next)
    return applyEdits(text, [
      { start: next.keyRange.start, end: next.keyRange.start, text: `${entry},${separator(next.keyRange.start)}` },
    ])
  const last = entries.at(-1)
  if (last)
    return applyEdits(text, [
      { start: last.value.end, end: last.value.end, text: `,${separator(last.keyRange.start)}${entry}` },
    ])
  const end = json.entries().at(-1)
  if (!end) return text
  const outer = separator(end.keyRange.start)
  const inner = outer + (/[ \t]+$/.exec(outer)?.[0] ?? '')
  return applyEdits(text, [
    { start: end.value.end, end: end.value.end, text: `,${outer}"${section}": {${inner}${entry}${outer}}` },
  ])
}

function dropDependency(file: ProjectPath, text: string, name: string): string {
  const json = new JsonFile(file, text)
  for (const section of ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']) {
    const entries = json.entries(section)
    const index = entries.findIndex((entry) => entry.key === name)
    const entry = entries[index]
    if (!entry) continue
    const next = entries[index + 1]
    const previous = entries[index - 1]
    if (next) return applyEdits(text, [{ start: entry.keyRange.start, end: next.keyRange.start, text: '' }])
    if (previous) return applyEdits(text, [{ start: previous.value.end, end: entry.value.end, text: '' }])
    const whole = json.at(section)!
    return applyEdits(text, [{ start: whole.start, end: whole.end, text: '{}' }])
  }
  return text
}
