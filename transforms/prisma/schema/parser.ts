import { createRequire } from 'node:module'
import { type Parser, type ParserProblem, PrismaFile } from '#kit'
import { schemasOf } from './facts.ts'

// three megabytes of WebAssembly: loaded when a schema is going to be written
const load = createRequire(import.meta.url)
const prisma = () => load('@prisma/prisma-schema-wasm') as { lint(files: string): string }

interface Diagnostic {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly is_warning: boolean
}

/**
 * The parser of Prisma 6.19.3: the package is published per commit of the engines, and this is the one that
 * `@prisma/engines@6.19.3` asks for.
 */
export const parser: Parser = {
  format: 'prisma',
  problems(files) {
    const schemas = schemasOf([...files].map(([path, text]) => new PrismaFile(path, text)))
    return schemas.flatMap(({ root, files: members }) =>
      lint(members.map((path) => [path, files.get(path)!])).map((message): ParserProblem => ({ file: root, message })),
    )
  },
}

function lint(files: readonly (readonly [path: string, text: string])[]): string[] {
  const all = JSON.parse(prisma().lint(JSON.stringify(files))) as Diagnostic[]
  return all.filter((one) => !one.is_warning).map(({ text }) => text)
}
