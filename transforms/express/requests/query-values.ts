import { type Evidence, isMember, type JavaScriptFile, type Node, parentOf, unwrap } from '#kit'
import { Request } from '../provider.ts'

/** An expression that is a property of a request: `req.query`, or a name that it was given. */
export interface RequestValue {
  readonly node: Node
  readonly evidence: Evidence
}

/** Every place where a file has a property of a request at hand: read in place, kept under a name, or taken out. */
export function valuesOf(file: JavaScriptFile, property: string): RequestValue[] {
  const direct = file.members([Request], property).flatMap(({ node, evidence }): RequestValue[] => {
    const name = declaredName(outermost(node))
    return [{ node, evidence }, ...(name ? named(file, name, evidence) : [])]
  })
  const taken = file
    .destructured([Request], property)
    .flatMap(({ property: { value }, evidence }) => named(file, nameOf(value as Node), evidence))
  return [...direct, ...taken].sort((a, b) => a.node.start - b.node.start)
}

/** The expression with the parentheses and type casts around it. */
export function outermost(node: Node): Node {
  let top = node
  for (let up = parentOf(top); up && unwrap(up) !== up && unwrap(up) === unwrap(top); up = parentOf(top)) top = up
  return top
}

/** In `const query = …`, the name. */
function declaredName(value: Node): Node | undefined {
  const parent = parentOf(value)
  return parent?.type === 'VariableDeclarator' && parent.init === value ? nameOf(parent.id as Node) : undefined
}

function nameOf(target: Node): Node | undefined {
  if (target.type === 'AssignmentPattern') return nameOf(target.left as Node)
  return target.type === 'Identifier' ? target : undefined
}

function named(file: JavaScriptFile, name: Node | undefined, evidence: Evidence): RequestValue[] {
  const binding = name?.type === 'Identifier' ? file.module.scopes.lookup(name.name, name) : undefined
  return binding ? file.module.references(binding).map((node) => ({ node, evidence })) : []
}

/** One value of the query: `req.query.ids`, or a name that it was given. */
export function partsOfQuery(file: JavaScriptFile): RequestValue[] {
  return valuesOf(file, 'query').flatMap(({ node, evidence }): RequestValue[] => {
    const top = outermost(node)
    const parent = parentOf(top)
    if (isMember(parent) && parent.object === top) {
      const name = declaredName(outermost(parent))
      return [{ node: parent, evidence }, ...(name ? named(file, name, evidence) : [])]
    }
    if (parent?.type !== 'VariableDeclarator' || parent.init !== top || parent.id.type !== 'ObjectPattern') return []
    return parent.id.properties.flatMap((property) =>
      property.type === 'ObjectProperty' ? named(file, nameOf(property.value as Node), evidence) : [],
    )
  })
}
