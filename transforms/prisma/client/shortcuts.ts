import {
  type Draft,
  type DraftEdit,
  enclosingFunction,
  fix,
  insertAfter,
  insertBefore,
  isCall,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { SCHEMAS } from '../schema/project.ts'
import { WhereInput } from './kinds.ts'
import { isObject, isUndefined } from './literals.ts'
import { ANY_BYTES } from './rows.ts'
import { alternatives, type Site, sitesOf } from './trees.ts'

/** What stands where a list has to stand from 5 on. */
export type Single =
  /** One thing for certain. */
  | 'one'
  /** One thing or a list of them, as its type says. */
  | 'either'
  /** One thing or undefined, as its type says. */
  | 'maybe'
  /** A list, or nothing at all. */
  | 'fine'
  /** What only has the name of a list. */
  | 'named'
  /** What is not known. */
  | 'open'

const SCALARS = 'string|number|bigint|boolean|Date|Buffer|Uint8Array|Prisma\\.Decimal|Decimal'
/** Methods and functions that give a list, whatever they are called on. */
const LISTING =
  /^(?:map|flatMap|filter|concat|slice|split|sort|toSorted|reverse|flat|keys|values|entries|from|of|toArray|getAll|uniq\w*|compact|pluck|castArray|difference|union|flatten|all|findMany|array)$/
/** Names that people give to lists. */
const PLURAL = /(?:(?<![su])s|[a-z]ies|list|array|all|many|set|data|children|people|OR|AND)\d*$/i

/** What an expression is, as far as it can be told. */
export function singleOf(file: JavaScriptFile, project: ProjectFacts, value: Node): Single {
  const plain = unwrap(value)
  if (plain.type === 'NullLiteral' || isUndefined(plain) || plain.type === 'ArrayExpression') return 'fine'
  if (isObject(plain) || /^(?:String|Numeric|BigInt|Boolean)Literal$|^TemplateLiteral$/.test(plain.type)) return 'one'
  if (plain.type === 'NewExpression' || isBufferMade(file, plain)) return 'one'
  const written = writtenType(file, plain)
  if (written !== undefined) {
    const declared = declaredSingle(written, project)
    if (declared !== undefined) return isOptional(file, plain) && declared === 'one' ? 'maybe' : declared
  }
  const { alternatives: values, open } = file.known(plain)
  if (values.length > 0 && values.every((v) => v.is === 'array')) return 'fine'
  const isOne =
    !open &&
    values.length > 0 &&
    values.every(
      (v) =>
        v.is === 'object' ||
        (v.is === 'kind' && file.evidence(plain, [WhereInput, ...ANY_BYTES]) !== undefined) ||
        (v.is === 'primitive' && v.type !== 'null' && v.type !== 'undefined'),
    )
  // what is given its value later, or only in some cases, may be undefined before
  if (isOne) return plain.type === 'Identifier' && file.module.binding(plain)?.kind === 'const' ? 'one' : 'open'
  if (givesList(plain) || isUsedAsList(file, plain)) return 'fine'
  return isNamedAsList(plain) ? 'named' : 'open'
}

/** `Buffer.from(…)`. */
function isBufferMade(file: JavaScriptFile, node: Node): boolean {
  if (!isCall(node, false)) return false
  const callee = unwrap(node.callee as Node)
  return isMember(callee) && file.source(callee.object) === 'Buffer' && !file.module.scopes.lookup('Buffer', callee)
}

/** What a declared type says: `: Prisma.Enumerable<number>`, `: Role | undefined`, `: 'a' | 'b'`. */
function declaredSingle(written: string, project: ProjectFacts): Single | undefined {
  const type = written.replace(/^:\s*/, '').trim()
  if (/^(?:Prisma\s*\.\s*)?Enumerable\s*</.test(type)) return 'either'
  if (/^([\w.]+)\s*\|\s*(?:\1\s*\[\]|Array<\1>)$/.test(type)) return 'either'
  if (/\[\]$|^(?:Readonly)?Array\s*<|^readonly\s/.test(type)) return 'fine'
  const parts = type.split('|').map((part) => part.trim())
  const said = parts.filter((part) => part !== 'undefined')
  const enums = project.survey(SCHEMAS).flatMap((schema) => schema.enums.map(({ name }) => name))
  const isOne = (part: string) =>
    new RegExp(`^(?:${SCALARS}|'[^']*'|"[^"]*"|-?\\d+|Prisma\\.\\w+WhereInput)$`).test(part) || enums.includes(part)
  if (said.length === 0 || !said.every(isOne)) return undefined
  return said.length === parts.length ? 'one' : 'maybe'
}

/** True for `name?: string`. */
function isOptional(file: JavaScriptFile, node: Node): boolean {
  if (node.type !== 'Identifier') return false
  const binding = file.module.binding(node)
  const [id] = binding?.identifiers ?? []
  return (id as { optional?: boolean } | undefined)?.optional === true
}

/** What a value may be that is no element of a list: without a filter, nothing is left out, and with a list of it all is. */
function absentOf(file: JavaScriptFile, node: Node): string[] {
  const type = writtenType(file, node)?.replace(/<[^|]*>/g, '') ?? ''
  return ['undefined', 'null'].filter(
    (nothing) => new RegExp(`\\|\\s*${nothing}\\b`).test(type) || (nothing === 'undefined' && isOptional(file, node)),
  )
}

function writtenType(file: JavaScriptFile, node: Node): string | undefined {
  if (node.type !== 'Identifier') return undefined
  const [id] = file.module.binding(node)?.identifiers ?? []
  const annotation = id && 'typeAnnotation' in id ? (id.typeAnnotation as Node | null) : undefined
  return annotation ? file.source(annotation) : undefined
}

/** True for what the compiler takes for anything: `x as any`, and members of what is declared so. */
function isUntyped(file: JavaScriptFile, node: Node): boolean {
  let root = unwrap(node)
  if (root !== node && /\bas any$/.test(file.source(node))) return true
  while (isMember(root) || isCall(root, false)) root = unwrap((isMember(root) ? root.object : root.callee) as Node)
  return /^:\s*(?:any|unknown)\b/.test(writtenType(file, root) ?? '')
}

/** True for what methods of lists and functions about lists give back. */
function givesList(node: Node): boolean {
  const plain = node.type === 'AwaitExpression' ? unwrap(node.argument as Node) : node
  if (!isCall(plain)) return lastName(plain) === undefined
  const name = lastName(unwrap(plain.callee as Node))
  return name === undefined || LISTING.test(name)
}

/** True for a name in the plural. */
function isNamedAsList(node: Node): boolean {
  const plain = node.type === 'AwaitExpression' ? unwrap(node.argument as Node) : node
  return PLURAL.test(lastName(isCall(plain) ? unwrap(plain.callee as Node) : plain) ?? '')
}

/** What nobody calls on anything but a list. */
const OF_LISTS =
  /^(?:push|unshift|map|flatMap|filter|forEach|some|every|find|findIndex|reduce|reduceRight|join|sort|toSorted|reverse)$/

/** True for a name that stands for a list elsewhere: `ids.map(…)`, `for (const id of ids)`, `[...ids]`. */
function isUsedAsList(file: JavaScriptFile, node: Node): boolean {
  const binding = node.type === 'Identifier' ? file.module.binding(node) : undefined
  if (!binding) return false
  const [id] = binding.identifiers
  if (id && parentOf(id)?.type === 'RestElement') return true
  return file.module.references(binding).some((reference) => {
    const parent = parentOf(reference)
    if (isMember(parent) && parent.object === reference) return OF_LISTS.test(memberName(parent) ?? '')
    if (parent?.type === 'ForOfStatement') return parent.right === reference
    if (parent?.type === 'SpreadElement') return parentOf(parent)?.type === 'ArrayExpression'
    return false
  })
}

function lastName(node: Node): string | undefined {
  if (isMember(node)) return memberName(node)
  return node.type === 'Identifier' ? node.name : undefined
}

/** Where a list has to stand and one thing does, with the fix. */
export function* shortcuts(
  file: JavaScriptFile,
  project: ProjectFacts,
  concerns: (site: Site) => boolean,
): Iterable<Draft> {
  for (const site of sitesOf(file, project)) {
    if (!concerns(site) || isAskedFor(site.value)) continue
    // `{ set: … }` and `{ push: … }` are no elements of a list
    const isOperation = (node: Node) =>
      (site.role === 'data' || site.role === 'operation') &&
      (isObject(unwrap(node)) || file.known(node).alternatives.some((v) => v.is === 'object'))
    const judged = alternatives(site.whole)
      .filter((node) => !isOperation(node))
      .map((node) => ({ node, is: singleOf(file, project, node) }))
      .filter(({ is }) => is !== 'fine')
    const known = judged.filter(({ is }) => is !== 'open' && is !== 'named')
    // of what has a type, the compiler tells
    if (known.length === 0 && !judged.some(({ node }) => !file.isTypeScript || isUntyped(file, node))) continue
    const { start, end } = site.at
    const draft = {
      at: { start, end },
      message: `\`${site.name}\` takes a list; write one around it`,
      evidence: site.evidence,
    }
    if (judged.every(({ is }) => is === 'named'))
      yield {
        ...draft,
        message: `\`${site.name}\` takes a list: this has the name of one, look whether it always is one`,
        evidence: {
          certainty: 'guessed',
          steps: [{ what: 'nothing but the name says what it is' }, ...site.evidence.steps],
        },
      }
    else if (known.length === 0)
      yield { ...draft, message: `\`${site.name}\` takes a list: write one around this, unless it is one` }
    else if (site.isRead || known.length < judged.length)
      yield {
        ...draft,
        notes: [
          site.isRead
            ? 'it is read elsewhere, where it is a list then'
            : 'a part of it may be a list: `Array.isArray(value) ? value : [value]`',
        ],
      }
    else {
      const isSafe = known.every(({ is }) => is === 'one') && !isReturned(site.at)
      const edits = known.flatMap(({ node, is }) => editsOf(file, site, node, is))
      yield { ...draft, fix: fix(isSafe ? 'safe' : 'review', 'Write a list', ...edits) }
    }
  }
}

/** True within an object that a function returns, to whoever calls it, and that is not declared as a part of a query. */
function isReturned(at: Node): boolean {
  let node = at
  for (let up = parentOf(node); up && HOLDS.test(up.type); up = parentOf(node)) node = up
  const fn = enclosingFunction(node)
  const isResult =
    parentOf(node)?.type === 'ReturnStatement' || (fn?.type === 'ArrowFunctionExpression' && fn.body === node)
  return isResult && !fn?.returnType
}

const HOLDS =
  /^(?:Object|Array|Conditional|Logical|Parenthesized|TSAs|TSSatisfies)Expression$|^ObjectProperty$|^SpreadElement$/

/** `Array.isArray(value) ? value : [value]`. */
function isAskedFor(node: Node): boolean {
  if (node.type !== 'ConditionalExpression') return false
  let test = unwrap(node.test as Node)
  // `value === undefined || Array.isArray(value)`
  while (test.type === 'LogicalExpression') test = unwrap(test.right as Node)
  return isCall(test, false) && isMember(test.callee) && memberName(test.callee) === 'isArray'
}

function editsOf(file: JavaScriptFile, { at, name, whole, isShorthand }: Site, node: Node, is: Single): DraftEdit[] {
  const text = file.source(unwrap(node))
  const list =
    is === 'either'
      ? `${absentOf(file, unwrap(node))
          .map((nothing) => `${text} === ${nothing} || `)
          .join('')}Array.isArray(${text}) ? ${text} : [${text}]`
      : is === 'maybe'
        ? `${text} === undefined ? undefined : [${text}]`
        : undefined
  if (isShorthand) return [replace(at, `${name}: ${list ?? `[${text}]`}`)]
  // what the fix is for stays as it is, so that what is nested in it can be mended as well
  if (list === undefined) return [insertBefore(node, '['), insertAfter(node, ']')]
  return [replace(node, node === whole ? list : `(${list})`)]
}
