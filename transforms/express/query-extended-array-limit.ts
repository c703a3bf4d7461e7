import {
  argumentsOf,
  type Draft,
  defineChange,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  parentOf,
  replace,
  type Survey,
} from '#kit'
import { creationsIn, parserSettings } from './applications/creation.ts'
import { settingOf } from './applications/mounting.ts'
import { outermost, partsOfQuery } from './requests/query-values.ts'

const RANGE = '^6.14.0'
const METHODS = /^(?:map|forEach|filter|find|findIndex|some|every|reduce|join|push|flatMap|sort)$/

/** Where a package takes a value of a query for a list: `file:line`. */
const lists: Survey<readonly string[]> = {
  mentions: [/\bquery\b/],
  look: (files) =>
    [...files].flatMap((file) =>
      partsOfQuery(file)
        .filter(({ node }) => isList(node))
        .map(({ node }) => `${file.path}:${file.module.locate(node.start).line}`),
    ),
}

export default defineChange({
  title: 'Lists of more than 20 elements in a query are objects',
  why: "The parser `extended` of Express 4.22 read lists of up to 1000 elements; Express 5 leaves the limit to `qs`, which is 20: `?ids=1&ids=2…` with 21 of them gives `{ 0: '1', 1: … }`, and `?a[20]=x` an object. `Array.isArray` is false, `map` is no function. A parser with the old limit was measured to give the same up to 1000 elements.",
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqquery',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['query parser'],
  *find(file, project) {
    const settings = creationsIn(file).flatMap((creation) =>
      parserSettings(creation).map((call) => ({ evidence: creation.use, value: settingOf(call) })),
    )
    for (const { evidence, value } of settings) {
      const name = value && literalText(value)
      const isExtended = name === 'extended' || (value && name === undefined && file.known(value).value === 'extended')
      if (!value || !isExtended) continue
      const places = project.survey(lists)
      if (places.length === 0) continue
      yield {
        at: value,
        message: `a list of more than 20 elements becomes an object, and ${places.length === 1 ? 'one place takes' : `${places.length} places take`} a value for a list, first ${places.slice(0, 3).join(', ')}`,
        evidence,
        ...rewrite(file, value),
      }
    }
  },
})

function rewrite(file: JavaScriptFile, value: Node): Pick<Draft, 'fix' | 'notes'> {
  if (literalText(value) === undefined) return { notes: ['the parser is named elsewhere'] }
  const name = ['qs', 'queryString'].find((one) => {
    const binding = file.module.scopes.lookup(one, value)
    return !binding || file.module.mentions.some(({ specifier }) => specifier === 'qs')
  })
  if (!name) return {}
  const edit = replace(
    value,
    `(text${file.isTypeScript ? ': string' : ''}) => ${name}.parse(text, { allowPrototypes: true, arrayLimit: 1000 })`,
  )
  return {
    fix: {
      ...fix('review', 'Read the query with the limit of Express 4', edit),
      requests: [
        { add: 'import', name, from: 'qs' },
        { add: 'dependency', name: 'qs', range: RANGE },
        ...(file.isTypeScript
          ? [{ add: 'dependency' as const, name: '@types/qs', range: RANGE, dev: true as const }]
          : []),
      ],
    },
    notes: [
      'adds the package `qs`, which Express uses itself; where no client sends that many, nothing needs to be done',
    ],
  }
}

/** True if an expression is taken for a list, or asked whether it is one. */
function isList(node: Node): boolean {
  const top = outermost(node)
  const parent = parentOf(top)
  if (!parent) return false
  if (isMember(parent) && parent.object === top) {
    const name = memberName(parent)
    if (name === undefined) return false
    const call = parentOf(parent)
    return /^\d+$/.test(name) || (isCall(call, false) && call.callee === parent && METHODS.test(name))
  }
  if (parent.type === 'ForOfStatement') return parent.right === top
  if (parent.type === 'SpreadElement') return parentOf(parent)?.type === 'ArrayExpression'
  if (!isCall(parent) || !argumentsOf(parent).includes(top) || !isMember(parent.callee)) return false
  const { object } = parent.callee
  const name = memberName(parent.callee)
  if (object.type === 'Identifier' && object.name === 'Array') return name === 'isArray' || name === 'from'
  return name === 'concat' && object.type === 'ArrayExpression' && object.elements.length === 0
}
