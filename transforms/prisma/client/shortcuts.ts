import {
  type Draft,
  type DraftFix,
  fix,
  insertAfter,
  insertBefore,
  type JavaScriptFile,
  type Node,
  type ProjectFacts,
  replace,
  unwrap,
} from '#kit'
import { WhereInput } from './kinds.ts'
import { isObject, isUndefined } from './literals.ts'
import { type Site, sitesOf } from './trees.ts'

/** What stands where a list has to stand from 5 on. */
export type Single =
  /** One thing for certain. */
  | 'one'
  /** One thing or a list of them, as its type says. */
  | 'either'
  /** A list, nothing at all, or what is not known. */
  | 'fine'

/** What an expression is, as far as it can be told; in doubt nothing is to be done. */
export function singleOf(file: JavaScriptFile, value: Node): Single {
  const plain = unwrap(value)
  if (plain.type === 'NullLiteral' || isUndefined(plain) || plain.type === 'ArrayExpression') return 'fine'
  if (isObject(plain) || /^(?:String|Numeric|BigInt|Boolean)Literal$|^TemplateLiteral$/.test(plain.type)) return 'one'
  if (plain.type === 'NewExpression') return 'one'
  if (isDeclaredEither(file, plain)) return 'either'
  const written = writtenType(file, plain)
  if (written !== undefined && /^:\s*(?:string|number|bigint|boolean|Date)$/.test(written))
    return isNullable(file, plain) ? 'fine' : 'one'
  const { alternatives, open } = file.known(plain)
  if (open || alternatives.length === 0) return 'fine'
  const isOne = alternatives.every(
    (v) =>
      v.is === 'object' ||
      (v.is === 'kind' && file.evidence(plain, [WhereInput]) !== undefined) ||
      (v.is === 'primitive' && v.type !== 'null' && v.type !== 'undefined'),
  )
  return isOne && !isNullable(file, plain) ? 'one' : 'fine'
}

/** True for a name that is declared as one thing or a list: `Prisma.Enumerable<number>`, `number | number[]`. */
function isDeclaredEither(file: JavaScriptFile, node: Node): boolean {
  const written = writtenType(file, node)
  if (written === undefined) return false
  return (
    /^:\s*(?:Prisma\s*\.\s*)?Enumerable\s*</.test(written) ||
    /^:\s*([\w.]+)\s*\|\s*(?:\1\s*\[\]|Array<\1>)$/.test(written)
  )
}

/** True for what may be undefined as its type says: `in: undefined` is no filter at all, and `in: [undefined]` throws. */
function isNullable(file: JavaScriptFile, node: Node): boolean {
  const written = writtenType(file, node)
  if (written !== undefined && /\b(?:undefined|null)\b/.test(written)) return true
  if (node.type !== 'Identifier') return true
  const binding = file.module.binding(node)
  const [id] = binding?.identifiers ?? []
  if ((id as { optional?: boolean } | undefined)?.optional) return true
  // what is given its value later, or only in some cases, may be undefined before
  return binding?.kind !== 'const' && !(binding?.kind === 'parameter' && written !== undefined)
}

function writtenType(file: JavaScriptFile, node: Node): string | undefined {
  if (node.type !== 'Identifier') return undefined
  const [id] = file.module.binding(node)?.identifiers ?? []
  const annotation = id && 'typeAnnotation' in id ? (id.typeAnnotation as Node | null) : undefined
  return annotation ? file.source(annotation) : undefined
}

/** Where a list has to stand and one thing does, with the fix. */
export function* shortcuts(
  file: JavaScriptFile,
  project: ProjectFacts,
  concerns: (site: Site) => boolean,
): Iterable<Draft> {
  for (const site of sitesOf(file, project)) {
    if (!concerns(site)) continue
    const isWritten = site.role === 'data' || site.role === 'operation'
    // `{ set: … }` and `{ push: … }` are no elements of a list
    if (isWritten && file.known(site.value).alternatives.some((v) => v.is === 'object')) continue
    const what = singleOf(file, site.value)
    if (what === 'fine') continue
    const { start, end } = site.property
    const written = fixOf(file, site, what)
    yield {
      at: { start, end },
      message: `\`${site.name}\` takes a list; write one around it`,
      evidence: site.evidence,
      fix: written,
    }
  }
}

function fixOf(file: JavaScriptFile, { property, name, value }: Site, what: Single): DraftFix {
  const text = file.source(value)
  if (property.shorthand) {
    const list = what === 'either' ? `Array.isArray(${text}) ? ${text} : [${text}]` : `[${text}]`
    return fix(what === 'either' ? 'review' : 'safe', 'Write a list', replace(property, `${name}: ${list}`))
  }
  const whole = property.value as Node
  if (what === 'either')
    return fix('review', 'Write a list', replace(whole, `Array.isArray(${text}) ? ${text} : [${text}]`))
  // what the fix is for stays as it is, so that what is nested in it can be mended as well
  return fix('safe', 'Write a list', insertBefore(whole, '['), insertAfter(whole, ']'))
}
