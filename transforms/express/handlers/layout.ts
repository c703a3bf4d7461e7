import {
  contains,
  enclosingStatement,
  type JavaScriptFile,
  type JavaScriptModule,
  literalText,
  type Node,
  parentOf,
  type Range,
} from '#kit'

/** The quote that a file puts around the name of the package, else the one that it has more of. */
export function quoteOf({ mentions, text }: JavaScriptModule): "'" | '"' {
  const imported = mentions.find(({ specifier }) => specifier === 'express') ?? mentions[0]
  const quote = imported && /['"]/.exec(text.slice(imported.node.start, imported.node.end))?.[0]
  if (quote === "'" || quote === '"') return quote
  return (text.match(/"/g)?.length ?? 0) > (text.match(/'/g)?.length ?? 0) ? '"' : "'"
}

/** True if a comment starts within a range, apart from the parts that are kept. */
export function hasComment(file: JavaScriptFile, range: Range, ...kept: readonly Node[]): boolean {
  return file.module.comments.some((comment) => {
    const at = comment as unknown as Node
    return (
      range.start <= at.start &&
      at.start < range.end &&
      !kept.some((node) => node.start <= at.start && at.start < node.end)
    )
  })
}

/**
 * Text that starts with a bracket, as it may stand where `node` does: at the start of a statement after one without a
 * semicolon it would be read as a call of that one, so it gets a semicolon of its own.
 */
export function bracketStart(node: Node, text: string, module: JavaScriptModule): string {
  if (!/^[([`]/.test(text)) return text
  const statement = enclosingStatement(node)
  if (statement.start !== node.start || statement.type !== 'ExpressionStatement') return text
  const before = previousStatement(statement)
  return before && isOpenEnded(before, module) ? `;${text}` : text
}

/** The statement before one in the same list. */
function previousStatement(statement: Node): Node | undefined {
  const list = parentOf(statement)
  if (!list) return undefined
  const statements = [
    ...('directives' in list ? (list.directives as Node[]) : []),
    ...('consequent' in list && Array.isArray(list.consequent) ? (list.consequent as Node[]) : []),
    ...('body' in list && Array.isArray(list.body) ? (list.body as Node[]) : []),
  ]
  return statements[statements.indexOf(statement) - 1]
}

const CLOSED =
  /^(?:Function|Class|TSInterface|TSEnum|TSModule)Declaration$|^(?:Block|Switch|Try|DoWhile|Empty)Statement$/

/** True if a bracket after a statement would be taken for its continuation. */
function isOpenEnded(statement: Node, module: JavaScriptModule): boolean {
  if (CLOSED.test(statement.type)) return false
  const parts = statement as { alternate?: Node | null; consequent?: Node; declaration?: Node | null; body?: unknown }
  const last =
    statement.type === 'IfStatement'
      ? (parts.alternate ?? parts.consequent)
      : /^(?:For|While|With|Labeled)/.test(statement.type)
        ? (parts.body as Node)
        : statement.type.startsWith('Export')
          ? parts.declaration
          : undefined
  if (last && contains(statement, last) && last.end === statement.end) return isOpenEnded(last, module)
  return !module.source(statement).endsWith(';')
}

/** The end of statements where a node stands: `;`, or nothing where the file leaves it out. */
export function semicolonAt(file: JavaScriptFile, statements: readonly Node[]): '' | ';' {
  const told = (nodes: readonly Node[]) =>
    nodes.find((node) => node.type === 'ExpressionStatement' || node.type === 'VariableDeclaration')
  const sample = told(statements) ?? told(file.module.program.body as Node[])
  return sample === undefined || file.source(sample).endsWith(';') ? ';' : ''
}

/** The key of a property or the literal of a member, renamed in its own quotes. */
export function renamed(file: JavaScriptFile, name: Node, to: string): string {
  const quote = literalText(name) === undefined ? '' : file.source(name)[0]!
  return quote + to + quote
}

/** One level of indentation as the file writes it: that of its first indented line, else two spaces. */
export function indentUnit(file: JavaScriptFile): string {
  const first = /^(?:\t|( {2,8})(?=[^\s*]))/m.exec(file.text)
  return first?.[0] ?? '  '
}
