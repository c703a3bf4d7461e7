import type * as t from '@babel/types'
import { exportsOf } from './exports.ts'
import type { JavaScriptModule } from './module.ts'
import { argumentsOf, isCall, type Node, parentOf } from './syntax.ts'

interface ImportEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * The edit that makes a default import available under a name: `import name from 'from'`, or
 * `const name = require('from')` in CommonJS, after the last import of the file in its style of quotes and semicolons.
 * Undefined when the file already has it.
 */
export function addImport(module: JavaScriptModule, name: string, from: string): ImportEdit | undefined {
  if (importOf(module, name, from)) return undefined
  const quote =
    /import[^'"]*'|require\('/.test(module.text) || !/import[^'"]*"|require\("/.test(module.text) ? "'" : '"'
  const esm = exportsOf(module).esm || module.program.sourceType === 'module'
  const imports = (module.program.body as readonly Node[]).filter(isTopLevelImport)
  const semicolon = imports.length === 0 || imports.some((node) => module.source(node).endsWith(';')) ? ';' : ''
  const statement = esm
    ? `import ${name} from ${quote}${from}${quote}${semicolon}`
    : `const ${name} = require(${quote}${from}${quote})${semicolon}`
  const last = imports.at(-1)
  if (last) return { start: last.end, end: last.end, text: `\n${statement}` }
  const first = (module.program.directives.at(-1) as Node | undefined)?.end
  if (first !== undefined) return { start: first, end: first, text: `\n${statement}` }
  const interpreter = (module.program.interpreter as (t.InterpreterDirective & Node) | null | undefined)?.end
  if (interpreter !== undefined) return { start: interpreter, end: interpreter, text: `\n${statement}` }
  return { start: 0, end: 0, text: `${statement}\n` }
}

/** The edit that removes an import whose name is used nowhere any more; undefined while it is used. */
export function dropUnusedImport(module: JavaScriptModule, name: string): ImportEdit | undefined {
  const binding = module.scopes.at(module.program)?.bindings.get(name)
  const declaration = binding?.declarations[0]
  if (!binding || !declaration || module.references(binding).length > 0) return undefined
  const statement = parentOf(declaration)
  const only =
    statement?.type === 'ImportDeclaration'
      ? statement.specifiers.length === 1
      : statement?.type === 'VariableDeclaration' && statement.declarations.length === 1
  if (!statement || !only || parentOf(statement) !== module.program) return undefined
  const after = /^[ \t]*(?:\r\n|\r|\n)/.exec(module.text.slice(statement.end))?.[0].length ?? 0
  return { start: statement.start, end: statement.end + after, text: '' }
}

function importOf(module: JavaScriptModule, name: string, from: string): boolean {
  const declaration = module.scopes.at(module.program)?.bindings.get(name)?.declarations[0]
  return module.mentions.some(
    (mention) =>
      mention.specifier === from &&
      declaration !== undefined &&
      (parentOf(declaration) === mention.node || ('init' in declaration && declaration.init === mention.node)),
  )
}

function isTopLevelImport(statement: Node): boolean {
  if (statement.type === 'ImportDeclaration') return true
  return (
    statement.type === 'VariableDeclaration' &&
    statement.declarations.some(
      ({ init }) =>
        isCall(init) &&
        init.callee.type === 'Identifier' &&
        init.callee.name === 'require' &&
        argumentsOf(init).length === 1,
    )
  )
}
