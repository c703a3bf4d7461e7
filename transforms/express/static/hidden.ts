import { type JavaScriptFile, type Node, replace } from '#kit'
import { standsAlone } from '../handlers/expressions.ts'
import { removeProperty } from '../removals/property.ts'
import { isOpen, isRemovable, type Options, propertyOf, type Replacement, valueOfProperty } from './options.ts'

/**
 * What becomes of `hidden` in the options of `express.static` or `res.sendFile`. Express 4 took `hidden: true` for
 * `dotfiles: 'allow'` and any other value for its default, and did not look at it beside `dotfiles`. Undefined where that
 * cannot be written in place.
 */
export function withoutHidden(file: JavaScriptFile, object: Options, quote: string): Replacement | undefined {
  const property = propertyOf(object, 'hidden')
  const value = property && valueOfProperty(property)
  if (!property || !value || isOpen(object)) return undefined
  const says = constant(value)
  const dotfiles = propertyOf(object, 'dotfiles')
  if (dotfiles && !isSet(object, 'dotfiles')) return undefined
  if (dotfiles || says === false) {
    const edit = isRemovable(property) ? removeProperty(file, object, property) : undefined
    return edit && { title: 'Remove `hidden`', edit }
  }
  const allow = `${quote}allow${quote}`
  if (says === true) return { title: "Say `dotfiles: 'allow'`", edit: replace(property, `dotfiles: ${allow}`) }
  const test = /^(?:Identifier|MemberExpression|CallExpression|UnaryExpression)$/.test(value.type)
    ? file.source(value)
    : `(${file.source(value)})`
  const choice = `${test} ? ${allow} : ${quote}ignore${quote}`
  return {
    title: 'Say the same with `dotfiles`',
    edit: replace(property, `dotfiles: ${standsAlone(value) ? choice : `(${choice})`}`),
  }
}

/** True if an option is there and not literally undefined. */
export function isSet(object: Options, name: string): boolean {
  const property = propertyOf(object, name)
  const value = property && valueOfProperty(property)
  if (value?.type === 'Identifier' && value.name === 'undefined') return false
  return property !== undefined && !(value?.type === 'UnaryExpression' && value.operator === 'void')
}

/** Whether a literal is taken for true; undefined for anything that only running it tells. */
function constant(value: Node): boolean | undefined {
  if (value.type === 'BooleanLiteral' || value.type === 'NumericLiteral' || value.type === 'StringLiteral')
    return Boolean(value.value)
  if (value.type === 'UnaryExpression' && value.operator === 'void') return false
  if (value.type === 'NullLiteral' || (value.type === 'Identifier' && value.name === 'undefined')) return false
  return undefined
}
