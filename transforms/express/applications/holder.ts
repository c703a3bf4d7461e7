import { contains, isMember, type JavaScriptFile, memberName, type Node, parentOf, unwrap } from '#kit'

/** What holds a value that an expression makes: a name or a member, given to it by a statement. */
export interface Holder {
  /** How the value is read after the statement: `app`, `this.app`, `module.exports`. */
  readonly text: string
  readonly node: Node
  /** The whole statement, with the `export` in front of it. */
  readonly statement: Node
}

/**
 * What holds the value of an expression, when another statement can follow the one that gives it. In
 * `app = module.exports = express()` it is the first name.
 */
export function holderOf(file: JavaScriptFile, expression: Node): Holder | undefined {
  let at = expression
  let target: Node | undefined
  for (let up = parentOf(at); up; at = up, up = parentOf(up)) {
    if (unwrap(up) === unwrap(at)) continue
    if (up.type === 'AssignmentExpression' && up.right === at && up.operator === '=') target = up.left as Node
    else if (up.type === 'VariableDeclarator' && up.init === at && up.id.type === 'Identifier')
      return held(file, up.id as Node, parentOf(up)!)
    else return up.type === 'ExpressionStatement' && target ? held(file, target, up) : undefined
  }
  return undefined
}

function held(file: JavaScriptFile, node: Node, statement: Node): Holder | undefined {
  const outer = parentOf(statement)
  const whole = outer?.type === 'ExportNamedDeclaration' ? outer : statement
  const isListed = /^(?:Program|BlockStatement|StaticBlock|TSModuleBlock)$/.test(parentOf(whole)?.type ?? '')
  if (!isListed || !isPlain(node)) return undefined
  return { text: node.type === 'Identifier' ? node.name : file.source(node), node, statement: whole }
}

function isPlain(target: Node): boolean {
  if (target.type === 'Identifier' || target.type === 'ThisExpression') return true
  return isMember(target) && !target.computed && isPlain(target.object as Node)
}

/** True if an expression reads what a holder holds: the same variable, or the same member of the same object. */
export function readsHolder(file: JavaScriptFile, expression: Node, holder: Holder): boolean {
  const { node } = holder
  if (node.type === 'Identifier')
    return (
      expression.type === 'Identifier' &&
      file.module.binding(expression) === file.module.scopes.lookup(node.name, node) &&
      expression.name === node.name
    )
  if (!isMember(node) || !isMember(expression) || memberName(node) !== memberName(expression)) return false
  return isSameObject(file, node.object as Node, expression.object as Node)
}

function isSameObject(file: JavaScriptFile, one: Node, other: Node): boolean {
  if (one.type === 'ThisExpression' && other.type === 'ThisExpression')
    return file.origins.thisOwner(file.module, one)?.node === file.origins.thisOwner(file.module, other)?.node
  if (one.type === 'Identifier' && other.type === 'Identifier')
    return one.name === other.name && file.module.binding(one) === file.module.binding(other)
  return isMember(one) && isMember(other) && file.source(one) === file.source(other)
}

/**
 * True if a place may be passed over although another one was reached: a condition, a loop or a `catch` holds it and not
 * the other one.
 */
export function isConditional(node: Node, other: Node): boolean {
  for (let at = node, up = parentOf(at); up; at = up, up = parentOf(up)) {
    // a block that holds both runs both; the two arms of one `if` do not
    if (/^(?:BlockStatement|StaticBlock|SwitchCase)$/.test(up.type) && contains(up, other)) return false
    if (
      /^(?:If|Switch|For|ForIn|ForOf|While|DoWhile)Statement$|^(?:Conditional|Logical)Expression$|^CatchClause$/.test(
        up.type,
      )
    )
      return true
    if (/Function|Method|^Program$/.test(up.type)) return false
  }
  return false
}
