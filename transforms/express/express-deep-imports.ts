import { type Draft, defineChange, fix, type JavaScriptFile, type Node, parentOf, replace } from '#kit'

const REMOVED =
  /^express\/lib\/(?:(router)(?:\/index)?(?:\.js)?|router\/(route|layer)(?:\.js)?|middleware\/(init|query)(?:\.js)?)\/?$/
const UTILS = /^express\/lib\/utils(?:\.js)?$/
/** Members of `express/lib/utils` that Express 5 does not have. */
const LOST = ['isAbsolute', 'flatten', 'contentDisposition']

export default defineChange({
  title: 'The files below `express/lib/router` and `express/lib/middleware` were removed',
  why: 'Routing moved to the package `router`, and the two internal middlewares are gone: "Cannot find module" while the program starts. `express/lib/utils` has lost `isAbsolute`, `flatten` and `contentDisposition`; `lib/application`, `request`, `response` and `view` are still there.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#approuter',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/express\/lib\//],
  *find(file) {
    const loads: Node[] = []
    for (const { specifier, node } of file.module.mentions) {
      if (!specifier.startsWith('express/lib/')) continue
      loads.push(node)
      const removed = REMOVED.exec(specifier)
      if (removed)
        yield gone(file, node, specifier, removed[1] ? 'Router' : removed[2] === 'route' ? 'Route' : undefined)
      else if (UTILS.test(specifier)) yield* lostUtils(file, node)
    }
    for (const { start, text } of otherStrings(file, loads))
      yield {
        at: { start, end: start + text.length + 2 },
        message: `\`${text}\` is gone`,
        evidence: evidence(file, start, text),
      }
  },
})

function gone(file: JavaScriptFile, node: Node, specifier: string, name: 'Router' | 'Route' | undefined): Draft {
  const draft = { at: node, message: `\`${specifier}\` is gone`, evidence: evidence(file, node.start, specifier) }
  if (!name) return { ...draft, notes: ['it was never part of the public interface, and has no replacement there'] }
  const edit = publicName(file, node, name)
  return edit
    ? { ...draft, fix: fix('safe', `Take \`${name}\` from \`express\``, edit) }
    : { ...draft, notes: [`the same is \`${name}\` of \`express\``] }
}

/** `require('express/lib/router')` → `require('express').Router`; a default import → a named one. */
function publicName(file: JavaScriptFile, node: Node, name: string) {
  const quote = /['"`]/.exec(file.source(node))![0]
  const parent = parentOf(node)
  if (node.type === 'CallExpression' && node.callee.type === 'Identifier' && parent?.type !== 'ExpressionStatement') {
    return replace(node, `require(${quote}express${quote}).${name}`)
  }
  if (node.type !== 'ImportDeclaration' || node.specifiers.length !== 1) return undefined
  const [only] = node.specifiers
  if (only?.type !== 'ImportDefaultSpecifier') return undefined
  const { start } = only as Node
  const imported = only.local.name === name ? name : `${name} as ${only.local.name}`
  return replace({ start, end: (node.source as Node).end }, `{ ${imported} } from ${quote}express${quote}`)
}

/** Members of `express/lib/utils` that are gone, taken out of it in place or through its name. */
function* lostUtils(file: JavaScriptFile, node: Node): Iterable<Draft> {
  const message = (name: string) => `\`${name}\` is gone from \`express/lib/utils\``
  const isSame = (object: Node) => object === node || isNamed(file, object, node)
  for (const name of LOST) {
    for (const member of file.module.membersNamed(name))
      if (isSame(member.object as Node))
        yield {
          at: member.property as Node,
          message: message(name),
          evidence: evidence(file, node.start, 'express/lib/utils'),
        }
    for (const key of file.module.patternKeysNamed(name)) {
      const holder = parentOf(parentOf(key)!)
      if (holder?.type === 'VariableDeclarator' && holder.init && isSame(holder.init as Node))
        yield { at: key, message: message(name), evidence: evidence(file, node.start, 'express/lib/utils') }
    }
    if (node.type === 'ImportDeclaration')
      for (const one of node.specifiers)
        if (one.type === 'ImportSpecifier' && one.imported.type === 'Identifier' && one.imported.name === name)
          yield { at: one as Node, message: message(name), evidence: evidence(file, node.start, 'express/lib/utils') }
  }
}

/** True if an expression is the name that a load was given. */
function isNamed(file: JavaScriptFile, object: Node, load: Node): boolean {
  const declaration = object.type === 'Identifier' ? file.module.binding(object)?.declarations[0] : undefined
  if (!declaration) return false
  return (declaration.type === 'VariableDeclarator' && declaration.init === load) || parentOf(declaration) === load
}

/** The removed paths in other strings: `jest.mock('express/lib/router')`, `require.resolve(…)`. */
function otherStrings(file: JavaScriptFile, loads: readonly Node[]) {
  const taken = [...loads, ...(file.module.comments as unknown as readonly Node[])]
  return [...file.text.matchAll(/(['"`])(express\/lib\/[\w/.]+)\1/g)]
    .map(({ index, 2: text = '' }) => ({ start: index, text }))
    .filter(({ start, text }) => REMOVED.test(text) && !taken.some((node) => node.start <= start && start < node.end))
}

function evidence(file: JavaScriptFile, start: number, specifier: string) {
  return { certainty: 'proven' as const, steps: [{ what: `the module '${specifier}'`, at: file.module.locate(start) }] }
}
