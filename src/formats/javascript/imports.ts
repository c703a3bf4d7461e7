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
 * With `named`, `import { name } from 'from'` and `const { name } = require('from')`, joined to one that is there.
 * Undefined when the file already has it.
 */
export function addImport(module: JavaScriptModule, name: string, from: string, named = false): ImportEdit | undefined {
  if (named ? namedImport(module, name, from) === 'there' : importOf(module, name, from)) return undefined
  const joined = named ? namedImport(module, name, from) : undefined
  if (typeof joined === 'object') return joined
  const quote =
    /import[^'"]*'|require\('/.test(module.text) || !/import[^'"]*"|require\("/.test(module.text) ? "'" : '"'
  const esm = exportsOf(module).esm || module.program.sourceType === 'module'
  const imports = (module.program.body as readonly Node[]).filter(isTopLevelImport)
  // without another import to go by, as most lines of the file end
  const isUsual = /;[ \t]*$/m.test(module.text) || !/[\w)'"`][ \t]*$/m.test(module.text)
  const ends = imports.length === 0 ? isUsual : imports.some((node) => module.source(node).endsWith(';'))
  const semicolon = ends ? ';' : ''
  const bound = named ? `{ ${name} }` : name
  const statement = esm
    ? `import ${bound} from ${quote}${from}${quote}${semicolon}`
    : `const ${bound} = require(${quote}${from}${quote})${semicolon}`
  const last = imports.at(-1)
  if (last) return { start: last.end, end: last.end, text: `\n${statement}` }
  const first = (module.program.directives.at(-1) as Node | undefined)?.end
  if (first !== undefined) return { start: first, end: first, text: `\n${statement}` }
  const interpreter = (module.program.interpreter as (t.InterpreterDirective & Node) | null | undefined)?.end
  if (interpreter !== undefined) return { start: interpreter, end: interpreter, text: `\n${statement}` }
  return { start: 0, end: 0, text: `${statement}\n` }
}

/** Whether a file has a named import already, or the edit that adds the name to those that it has from there. */
function namedImport(module: JavaScriptModule, name: string, from: string): 'there' | ImportEdit | undefined {
  for (const { specifier, node } of module.mentions) {
    if (specifier !== from) continue
    if (node.type === 'ImportDeclaration') {
      if (node.importKind === 'type') continue
      const named = node.specifiers.filter((one) => one.type === 'ImportSpecifier')
      if (named.some((one) => one.local.name === name)) return 'there'
      const last = named.at(-1) as Node | undefined
      if (last) return { start: last.end, end: last.end, text: `, ${name}` }
    }
    const declarator = parentOf(node)
    if (
      declarator?.type === 'VariableDeclarator' &&
      declarator.init === node &&
      declarator.id.type === 'ObjectPattern'
    ) {
      const { properties } = declarator.id
      const isThere = properties.some(
        (one) => one.type === 'ObjectProperty' && one.value.type === 'Identifier' && one.value.name === name,
      )
      if (isThere) return 'there'
      const last = properties.at(-1) as Node | undefined
      if (last && last.type !== 'RestElement' && parentOf(parentOf(declarator)!) === module.program)
        return { start: last.end, end: last.end, text: `, ${name}` }
    }
  }
  return undefined
}

/**
 * The edit that removes an import whose name is used nowhere any more: the statement, or only the name where others are
 * imported with it. Undefined while it is used.
 */
export function dropUnusedImport(module: JavaScriptModule, name: string): ImportEdit | undefined {
  const binding = module.scopes.at(module.program)?.bindings.get(name)
  const declaration = binding?.declarations[0]
  if (!binding || !declaration || module.references(binding).length > 0) return undefined
  const statement = parentOf(declaration)
  const among = takenTogether(declaration, binding.identifiers[0] as Node | undefined)
  if (among === 'unclear') return undefined
  if (among) return withoutElement(module, among.list, among.element)
  const only =
    statement?.type === 'ImportDeclaration'
      ? statement.specifiers.length === 1
      : statement?.type === 'VariableDeclaration' && statement.declarations.length === 1
  if (!statement || !only || parentOf(statement) !== module.program) return undefined
  const after = /^[ \t]*(?:\r\n|\r|\n)/.exec(module.text.slice(statement.end))?.[0].length ?? 0
  return { start: statement.start, end: statement.end + after, text: '' }
}

/**
 * The list that a name is imported in, where it is not alone: `import { a, b }`, `const { a, b: { c, d } } = require(…)`.
 * Unclear where more than the name would go with it: a default, a list, what a rest takes.
 */
function takenTogether(
  declaration: Node,
  id: Node | undefined,
): { readonly list: readonly Node[]; readonly element: Node } | 'unclear' | undefined {
  const holder = parentOf(declaration)
  if (holder?.type === 'ImportDeclaration' && declaration.type === 'ImportSpecifier') {
    const list = holder.specifiers.filter((one) => one.type === 'ImportSpecifier') as Node[]
    return list.length > 1 ? { list, element: declaration } : undefined
  }
  if (declaration.type !== 'VariableDeclarator' || declaration.id.type === 'Identifier') return undefined
  for (let element = id && parentOf(id); element?.type === 'ObjectProperty'; ) {
    const pattern = parentOf(element)
    if (pattern?.type !== 'ObjectPattern') return 'unclear'
    const list = pattern.properties as Node[]
    if (list.length > 1) return list.at(-1)!.type === 'RestElement' ? 'unclear' : { list, element }
    if (pattern === declaration.id) return undefined
    element = parentOf(pattern)
  }
  return 'unclear'
}

/** Takes one element out of a list with its comma; nothing where a comment would go with it. */
function withoutElement(module: JavaScriptModule, list: readonly Node[], element: Node): ImportEdit | undefined {
  const index = list.indexOf(element)
  const [previous, next] = [list[index - 1], list[index + 1]]
  const range = next
    ? { start: element.start, end: next.start }
    : { start: previous?.end ?? element.start, end: element.end }
  const hasComment = /\/[/*]/.test(module.text.slice(range.start, range.end))
  return hasComment ? undefined : { ...range, text: '' }
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
