import { JavaScriptModule } from '../formats/javascript/module.ts'
import { parseJavaScript } from '../formats/javascript/parse.ts'
import { children } from '../formats/javascript/scopes.ts'
import { isFunction, type Node, parentOf } from '../formats/javascript/syntax.ts'
import { UserError } from '../model/user-error.ts'
import { applyEdits, type TextEdit } from '../text/edits.ts'

/**
 * The part of a file that one line needs: its statement, what is around it, the declarations of every name that is left
 * (imports included), and the statements that use the function around it, since they say what its parameters are. The
 * line gets the mark. Throws a UserError if the file does not parse or nothing stands on the line.
 */
export function excerptAround(text: string, path: string, line: number, mark = '// want'): string {
  const parsed = parseJavaScript(text, path)
  if (parsed.is === 'failed')
    throw new UserError(`${path} does not parse: ${parsed.problem.message}`, 'Lift a case from a file that parses.')
  const module = new JavaScriptModule(path, text, parsed.ast)
  const statement = statementOn(module, line)
  if (!statement) throw new UserError(`There is no statement on line ${line} of ${path}.`, 'Give the line of a call.')
  const kept = new Kept(module, statement)
  const end = module.lines.lineRange(line)!.end
  const edits: TextEdit[] = [...kept.removals(), { start: end, end, text: ` ${mark}` }]
  return `${applyEdits(text, edits)
    .replace(/(\r?\n)(?:[ \t]*\r?\n){2,}/g, '$1$1')
    .trim()}\n`
}

/** The lists of statements that may be thinned out. */
function statementsOf(node: Node): readonly Node[] {
  switch (node.type) {
    case 'Program':
    case 'BlockStatement':
    case 'StaticBlock':
    case 'TSModuleBlock':
      return node.body as Node[]
    case 'SwitchCase':
      return node.consequent as Node[]
    default:
      return []
  }
}

/** The innermost statement that starts on the line, else the innermost one around its first character. */
function statementOn(module: JavaScriptModule, line: number): Node | undefined {
  const range = module.lines.lineRange(line)
  if (!range) return undefined
  const first = range.start + module.text.slice(range.start, range.end).search(/\S|$/)
  let found: Node | undefined
  const visit = (node: Node): void => {
    for (const statement of statementsOf(node)) if (statement.start <= first && first < statement.end) found = statement
    for (const child of children(node)) if (child.start <= first && first < child.end) visit(child)
  }
  visit(module.program)
  return found
}

class Kept {
  readonly #module: JavaScriptModule
  /** Statements that stay as they are. */
  readonly #whole = new Set<Node>()
  /** What is around them: of its statements only those stay that are in one of these sets. */
  readonly #around = new Set<Node>()

  constructor(module: JavaScriptModule, statement: Node) {
    this.#module = module
    this.#keep(statement)
    for (let up = parentOf(statement); up; up = parentOf(up)) if (isFunction(up)) this.#keepUses(up)
    for (let before = -1; before !== this.#whole.size; ) {
      before = this.#whole.size
      this.#keepDeclarations(module.program)
    }
  }

  /** Edits that take everything else away, with the comment lines above. */
  removals(): TextEdit[] {
    const { text } = this.#module
    const edits: TextEdit[] = []
    const visit = (node: Node): void => {
      const list = statementsOf(node)
      for (const statement of list) {
        if (this.#stays(statement)) continue
        const above = /(?:(?<=^|\n)[ \t]*\/\/[^\n]*\n)*[ \t]*$/.exec(text.slice(0, statement.start))?.[0].length ?? 0
        const rest = /^[ \t]*(?:\/\/[^\n]*)?\r?\n/.exec(text.slice(statement.end))?.[0].length ?? 0
        edits.push({ start: statement.start - above, end: statement.end + rest, text: '' })
      }
      for (const child of children(node)) if (this.#around.has(child)) visit(child)
    }
    visit(this.#module.program)
    return edits
  }

  #stays(statement: Node): boolean {
    return this.#whole.has(statement) || this.#around.has(statement)
  }

  #keep(node: Node): void {
    let statement = node
    while (parentOf(statement) && !statementsOf(parentOf(statement)!).includes(statement))
      statement = parentOf(statement)!
    if (this.#stays(statement)) return
    this.#whole.add(statement)
    for (let up = parentOf(statement); up; up = parentOf(up)) this.#around.add(up)
  }

  /** Where a function goes decides what it is given. */
  #keepUses(fn: Node): void {
    const holder = parentOf(fn)
    const id =
      'id' in fn && fn.id?.type === 'Identifier'
        ? fn.id
        : holder?.type === 'VariableDeclarator' && holder.id.type === 'Identifier'
          ? holder.id
          : undefined
    const binding = id && this.#module.scopes.lookup(id.name, id)
    for (const use of binding ? this.#module.references(binding) : []) this.#keep(use)
  }

  #keepDeclarations(node: Node): void {
    if (node.type === 'Identifier' || node.type === 'JSXIdentifier') {
      const binding = this.#module.scopes.lookup(node.name, node)
      for (const declaration of binding?.declarations ?? []) if (binding?.kind !== 'parameter') this.#keep(declaration)
    }
    const list = statementsOf(node)
    for (const child of children(node))
      if (!list.includes(child) || !this.#around.has(node) || this.#stays(child)) this.#keepDeclarations(child)
  }
}
