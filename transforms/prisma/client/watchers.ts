import { isFunction, type JavaScriptFile, keyName, literalText, type Node, type ProjectFacts, type Survey } from '#kit'
import { nodesOf } from '../bytes/rewrite.ts'

/** A middleware or an extension that looks at which method is called. */
interface Watcher {
  readonly file: string
  /** The names of methods that it asks for: `params.action === 'findFirst'`, `query: { user: { findFirst() {} } }`. */
  readonly methods: readonly string[]
}

const METHOD = /^find(?:First|Unique)(?:OrThrow)?$/

/** Every file that registers or makes middlewares or extensions, with the methods that it names. */
const WATCHERS: Survey<readonly Watcher[]> = {
  of: 'project',
  mentions: [/\$use\b|\$extends\b|\bdefineExtension\b|\bMiddleware(?:Params)?\b/],
  reach: 'package',
  look: (files) => [...files].flatMap((file) => watcherOf(file) ?? []),
}

function watcherOf(file: JavaScriptFile): Watcher | undefined {
  const methods = new Set<string>()
  for (const node of nodesOf(file)) {
    const name = namedBy(node)
    if (name !== undefined && METHOD.test(name)) methods.add(name)
  }
  return methods.size > 0 ? { file: file.path, methods: [...methods] } : undefined
}

/** The text of a literal, and the name of a function in an object. */
function namedBy(node: Node): string | undefined {
  if (node.type === 'ObjectMethod') return keyName(node)
  if (node.type === 'ObjectProperty') return isFunction(node.value as Node) ? keyName(node) : undefined
  return node.type === 'StringLiteral' ? literalText(node) : undefined
}

/**
 * What to say where a method gives way to its `…OrThrow`: a middleware that asks for the one does not see the other, so that
 * what it does to the query (a filter of what is deleted) is no longer done.
 */
export function unseenBy(project: ProjectFacts, method: string): string | undefined {
  const blind = project
    .survey(WATCHERS)
    .find(({ methods }) => methods.includes(method) && !methods.includes(`${method}OrThrow`))
  return blind && `${blind.file} asks for \`${method}\`, and does not see \`${method}OrThrow\`: name it there as well`
}
