import { posix } from 'node:path'
import type { ProjectPath } from '../model/finding.ts'
import { type IsFile, isRelative, relativeFile } from './relative-files.ts'

/** What a text says of other modules, without being parsed: comments and strings say it as well. */
export interface Specifiers {
  /** Of `import … from 'x'`, `export … from 'x'`, `require('x')`, `import('x')`. */
  readonly mentioned: readonly string[]
  /** Of `declare module 'x' { … }`: what the module hands out has more members then. */
  readonly augmented: readonly string[]
}

/** The same, each once, with the relative ones followed. */
export interface Imports {
  /** Files of the project. */
  readonly files: readonly ProjectPath[]
  /** Specifiers that are not relative. */
  readonly others: readonly string[]
  readonly augmented: readonly string[]
}

const AUGMENTED = /\bdeclare\s+module\s*(['"])([^'"`*\n]+)\1/g
const MENTION = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(['"`])([^'"`\n]+)\1/g

/** The specifiers in a text, each as often as it stands there. */
export function specifiersIn(text: string): Specifiers {
  return { mentioned: allOf(MENTION, text), augmented: text.includes('declare') ? allOf(AUGMENTED, text) : [] }
}

/** Where the specifiers in the text of a file lead. */
export function importsOf(from: ProjectPath, { mentioned, augmented }: Specifiers, isFile: IsFile): Imports {
  const folder = posix.dirname(from)
  const files = new Set<ProjectPath>()
  const others = new Set<string>()
  for (const specifier of mentioned) {
    const file = isRelative(specifier) ? relativeFile(isFile, folder, specifier) : undefined
    if (file !== undefined) files.add(file)
    else if (!isRelative(specifier)) others.add(specifier)
  }
  return { files: [...files], others: [...others], augmented: [...new Set(augmented)] }
}

function allOf(pattern: RegExp, text: string): string[] {
  const found: string[] = []
  for (const [, , specifier] of text.matchAll(pattern)) found.push(specifier!)
  return found
}
