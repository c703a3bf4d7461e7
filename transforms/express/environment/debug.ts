import {
  type DataFile,
  isMember,
  type JavaScriptFile,
  type JsonFile,
  literalText,
  type MemberNode,
  memberName,
  type Node,
  parentOf,
  type Range,
  shellAssignments,
  type YamlFile,
} from '#kit'

/** What Express 4 logs under a name, and where Express 5 logs the same. Read in the source of both. */
const MOVED: readonly (readonly [was: string, is: string])[] = [
  ['express:router', 'router'],
  ['express:router:layer', 'router:layer'],
  ['express:router:route', 'router:route'],
]

/** A value of `DEBUG`. */
export interface DebugValue {
  readonly value: string
  /** Without quotes. */
  readonly range: Range
  /** For a person. */
  readonly where: string
}

/** What a value of `DEBUG` has to be so that Express 5 logs what Express 4 did. */
export type Rewritten =
  | { readonly is: 'same' }
  | { readonly is: 'rewritten'; readonly value: string }
  | { readonly is: 'unclear' }

/**
 * Renames the names that moved, adds the new ones where a wildcard took the old ones in, and checks the result: what was
 * logged is logged, and what was switched off stays off. A value that says neither of old names, or speaks of the new ones
 * already, is only ever given what it lost.
 */
export function rewriteDebug(value: string): Rewritten {
  // `${DEBUG:-express:*}`: what it comes to is decided elsewhere
  if (value.includes('$')) return { is: /\bexpress[:*]/.test(value) ? 'unclear' : 'same' }
  if (agrees(value, value)) return { is: 'same' }
  if (!/^[\w.,:*/@ -]+$/.test(value)) return { is: 'unclear' }
  const renamed = value.replace(/[^\s,]+/g, (token) => {
    if (token === 'express:router*') return 'router,router:*'
    return token.replace(/^express:(?=router(?::(?:layer|route|\*))?$)/, '')
  })
  const result = added(added(renamed, value, '-'), value, '')
  return agrees(value, result) ? { is: 'rewritten', value: result } : { is: 'unclear' }
}

/** The value with names for what it does not yet say of the new names, though it says it of the old ones. */
function added(value: string, old: string, sign: '' | '-'): string {
  const missing = MOVED.filter(([was, is]) => says(old, was, sign) && !says(value, is, sign)).map(([, is]) => is)
  const below = missing.filter((name) => name !== 'router')
  const names = [...missing.filter((name) => name === 'router'), ...(below.length === 2 ? ['router:*'] : below)]
  return [value, ...names.map((name) => sign + name)].join(',')
}

/** True if a value logs on Express 5 what the old one did on Express 4, and no more than a person may want. */
function agrees(old: string, now: string): boolean {
  const isOn = (value: string, name: string) => says(value, name, '') && !says(value, name, '-')
  const knowsNames = /(?:^|[\s,])-?router(?![^\s,:*])/.test(old)
  return MOVED.every(([was, is]) =>
    isOn(old, was) ? isOn(now, is) : !isOn(now, is) || knowsNames || !says(old, was, '-'),
  )
}

/** True if some pattern with this sign matches: as the package debug reads it, in versions 2 to 4. */
function says(value: string, name: string, sign: '' | '-'): boolean {
  return value
    .split(/[\s,]+/)
    .filter((token) => token !== '' && token.startsWith('-') === (sign === '-'))
    .some((token) => {
      const parts = token.slice(sign.length).split('*')
      return new RegExp(`^${parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(name)
    })
}

/** Every value of `DEBUG` that a file sets. */
export function debugValues(file: DataFile | JavaScriptFile): DebugValue[] {
  switch (file.format) {
    case 'environment':
    case 'shell':
    case 'dockerfile':
      return file
        .assignments()
        .filter(({ name }) => name === 'DEBUG')
        .map(({ value, range }) => ({ value, range, where: '`DEBUG`' }))
    case 'json':
    case 'yaml':
      return inConfiguration(file)
    case 'javascript':
      return inCode(file)
    default:
      return []
  }
}

function inConfiguration(file: JsonFile | YamlFile): DebugValue[] {
  return file.scalars().flatMap((scalar): DebugValue[] => {
    const { path, value } = scalar
    if (typeof value !== 'string' || path[0] === 'description') return []
    const range = 'inner' in scalar ? scalar.inner : scalar.range
    const where = `\`${path.join('.')}\``
    const beside =
      file.format === 'yaml' && path.at(-1) === 'value' ? file.value(...path.slice(0, -1), 'name') : undefined
    const isBlock = 'style' in scalar && scalar.style === 'block'
    const isValue =
      path.at(-1) === 'DEBUG' || (path.at(-2) === 'DEBUG' && path.at(-1) === 'value') || beside === 'DEBUG'
    if (isValue && !isBlock) return [{ value, range, where }]
    // an entry of a list of variables, as compose has it
    const whole =
      /^\d+$/.test(path.at(-1) ?? '') && /^environment$|^env$/.test(path.at(-2) ?? '') && /^DEBUG=/.test(value)
    if (whole) return [{ value: value.slice(6), range: { start: range.start + 6, end: range.end }, where }]
    const quoting = file.text[range.start - 1] === '"' ? ('escaped' as const) : ('plain' as const)
    return shellAssignments(file.text, range, quoting)
      .filter(({ name }) => name === 'DEBUG')
      .map((assignment) => ({ value: assignment.value, range: assignment.range, where }))
  })
}

/** `process.env.DEBUG = '…'`, `{ env: { DEBUG: '…' } }`, and `debug.enable('…')` of the package debug. */
function inCode({ module }: JavaScriptFile): DebugValue[] {
  const literal = (node: Node | null | undefined, where: string): DebugValue[] => {
    const value = literalText(node)
    return node && value !== undefined
      ? [{ value, range: { start: node.start + 1, end: node.end - 1 }, where: `\`${where}\`` }]
      : []
  }
  const assigned = module.membersNamed('DEBUG').flatMap((member) => {
    const parent = parentOf(member)
    const isTarget = parent?.type === 'AssignmentExpression' && parent.left === member
    return isTarget && isMember(member.object as Node) && memberName(member.object as MemberNode) === 'env'
      ? literal(parent.right as Node, 'process.env.DEBUG')
      : []
  })
  const declared = module.identifiersNamed('DEBUG').flatMap((key) => {
    const parent = parentOf(key)
    return parent?.type === 'ObjectProperty' && parent.key === key && !parent.computed
      ? literal(parent.value as Node, 'DEBUG')
      : []
  })
  const usesDebug = module.mentions.some(({ specifier }) => specifier === 'debug')
  const enabled = usesDebug ? module.membersNamed('enable') : []
  const calls = enabled.flatMap((member) => {
    const parent = parentOf(member)
    return parent?.type === 'CallExpression' && parent.callee === member
      ? literal(parent.arguments[0] as Node | undefined, 'debug.enable()')
      : []
  })
  return [...assigned, ...declared, ...calls]
}
