import { type JavaScriptFile, type JavaScriptModule, type Node, unwrap } from '#kit'

/** Packages whose members in capitals are status codes. */
export const STATUS_PACKAGES: ReadonlySet<string> = new Set([
  'http-status-codes',
  'http-status',
  'statuses',
  '@nestjs/common',
  'http-codes',
  'status-code-enum',
  'readable-http-codes',
])

/**
 * The type that a variable or parameter is declared with, where every value of it is a number or every value a string;
 * undefined for all other types, and for ones that allow `undefined` or `null`.
 */
export function declaredType(file: JavaScriptFile, expression: Node): 'number' | 'string' | undefined {
  const node = unwrap(expression)
  const id = node.type === 'Identifier' ? file.module.binding(node)?.identifiers[0] : undefined
  if (!id?.typeAnnotation || id.optional || id.typeAnnotation.type !== 'TSTypeAnnotation') return undefined
  return typeOf(file.module, id.typeAnnotation.typeAnnotation as Node)
}

function typeOf(module: JavaScriptModule, type: Node): 'number' | 'string' | undefined {
  switch (type.type) {
    case 'TSNumberKeyword':
      return 'number'
    case 'TSStringKeyword':
      return 'string'
    case 'TSParenthesizedType':
      return typeOf(module, type.typeAnnotation as Node)
    case 'TSLiteralType':
      if (type.literal.type === 'NumericLiteral') return 'number'
      return type.literal.type === 'StringLiteral' ? 'string' : undefined
    case 'TSUnionType': {
      const types = new Set(type.types.map((part) => typeOf(module, part as Node)))
      return types.size === 1 ? [...types][0] : undefined
    }
    case 'TSTypeReference':
      return namedType(module, type.typeName as Node)
    default:
      return undefined
  }
}

function namedType(module: JavaScriptModule, name: Node): 'number' | 'string' | undefined {
  if (name.type !== 'Identifier') return undefined
  const declaration = module.scopes.lookup(name.name, name)?.declarations[0]
  if (declaration?.type === 'TSEnumDeclaration') return isNumericEnum(declaration) ? 'number' : undefined
  if (declaration?.type === 'TSTypeAliasDeclaration')
    return isSelfFree(declaration.typeAnnotation as Node)
      ? typeOf(module, declaration.typeAnnotation as Node)
      : undefined
  const source = declaration?.parent?.type === 'ImportDeclaration' ? declaration.parent.source.value : ''
  return STATUS_PACKAGES.has(source) ? 'number' : undefined
}

/** An alias of other aliases is not followed, so that none can lead back to itself. */
function isSelfFree(type: Node): boolean {
  return type.type === 'TSUnionType'
    ? type.types.every((part) => part.type !== 'TSTypeReference')
    : type.type !== 'TSTypeReference'
}

function isNumericEnum(declaration: Node & { type: 'TSEnumDeclaration' }): boolean {
  return declaration.members.every(({ initializer }) => !initializer || initializer.type === 'NumericLiteral')
}
