import { defineChange, isMember, type JavaScriptFile, memberName, type Node, parentOf, unwrap } from '#kit'
import { onlyValue } from './handlers/absolute-paths.ts'
import { pathSites } from './routes/sites.ts'

export default defineChange({
  title: 'A path that is undefined, null or a number is no longer refused',
  why: 'Express 4 threw "path must be a string, array of strings, or regular expression". Express 5 makes a string of it, so `app.use(process.env.BASE_PATH, router)` without the variable is mounted at the path `undefined`, which no request has: everything below answers 404, and nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/pillarjs/router/blob/master/lib/layer.js',
  fixable: 'never',

  format: 'javascript',
  mentions: [/process\.env|\b(?:undefined|null|void)\b|\(\s*\d/],
  *find(file) {
    for (const { call, evidence, path, handlers } of pathSites(file)) {
      if (handlers.length === 0) continue
      const what = missing(file, path)
      if (!what || isTested(file, call, path)) continue
      yield {
        at: path,
        message: what,
        evidence,
        notes: ["give it a default, or stop when it is missing: `process.env.BASE_PATH ?? '/'`"],
      }
    }
  },
})

/** What is wrong with a path, in words; undefined for a path that is one, or of which nothing is known. */
function missing(file: JavaScriptFile, path: Node): string | undefined {
  const variable = environmentVariable(file, path)
  if (variable) return `where \`${variable}\` is not set, this is mounted at the path \`undefined\``
  const { alternatives } = file.known(path)
  const wrong = alternatives.flatMap((v) =>
    v.is === 'primitive' && /^(?:undefined|null|number|boolean)$/.test(v.type) ? [v.type] : [],
  )
  return wrong.length > 0 && wrong.length === alternatives.length
    ? `a path that is ${wrong[0]} is made into a string now`
    : undefined
}

/** The name in `process.env.NAME`, also through a constant. */
function environmentVariable(file: JavaScriptFile, path: Node): string | undefined {
  const node = unwrap(path)
  if (node.type === 'Identifier') {
    const init = onlyValue(file, node)
    return init && unwrap(init).type !== 'Identifier' ? environmentVariable(file, init) : undefined
  }
  if (!isMember(node) || !isMember(node.object) || memberName(node.object) !== 'env') return undefined
  const { object } = node.object
  return object.type === 'Identifier' && object.name === 'process' && !file.module.binding(object)
    ? file.source(node)
    : undefined
}

/** True if a condition around a call looks at the very path: `if (process.env.BASE) app.use(process.env.BASE, api)`. */
function isTested(file: JavaScriptFile, call: Node, path: Node): boolean {
  const text = file.source(unwrap(path))
  for (let up = parentOf(call); up; up = parentOf(up)) {
    const test =
      up.type === 'IfStatement' || up.type === 'ConditionalExpression'
        ? (up.test as Node)
        : up.type === 'LogicalExpression'
          ? (up.left as Node)
          : undefined
    if (test && file.source(test).includes(text)) return true
  }
  // `if (!base) throw …` in front of it
  return new RegExp(`if\\s*\\([^)]*!\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`).test(
    file.text.slice(0, call.start),
  )
}
