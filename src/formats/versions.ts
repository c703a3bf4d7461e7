import type { Range } from '../model/finding.ts'

/** A tool and the version of it that a project asks for. */
export interface ToolVersion {
  /** As written in `.tool-versions`; `node` in a file that is about Node alone. */
  readonly tool: string
  /** As written: `16`, `v16.13.0`, `lts/gallium`. */
  readonly version: string
  readonly range: Range
}

/** A file of versions to ask questions of: `.nvmrc`, `.node-version`, `.tool-versions`. */
export class VersionFile {
  readonly format = 'versions'
  readonly path: string
  readonly text: string

  constructor(path: string, text: string) {
    this.path = path
    this.text = text
  }

  /** Every version that is asked for; a tool with several (the first that is installed counts) has several. */
  versions(): ToolVersion[] {
    const lines = [...this.text.matchAll(/^[ \t]*([^#\r\n]*)/gm)]
    if (!this.path.endsWith('.tool-versions')) {
      const words = lines.flatMap((line) => wordsOf(line[1]!, line.index + line[0].length - line[1]!.length))
      return words.slice(0, 1).map(({ text, range }) => ({ tool: 'node', version: text, range }))
    }
    return lines.flatMap((line) => {
      const [tool, ...versions] = wordsOf(line[1]!, line.index + line[0].length - line[1]!.length)
      return tool ? versions.map(({ text, range }) => ({ tool: tool.text, version: text, range })) : []
    })
  }
}

function wordsOf(line: string, offset: number): { text: string; range: Range }[] {
  return [...line.matchAll(/\S+/g)].map((word) => {
    const start = offset + word.index
    return { text: word[0], range: { start, end: start + word[0].length } }
  })
}
