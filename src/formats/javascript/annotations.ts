import type * as t from '@babel/types'
import { exportsOf } from './exports.ts'
import { type Kind, shapeOf } from './kinds.ts'
import type { JavaScriptModule } from './module.ts'
import type { Origins } from './origins.ts'
import { plainParameter, primitive } from './origins.ts'
import type { Binding } from './scopes.ts'
import { type FunctionNode, isClass, isMember, type Node, parentOf } from './syntax.ts'
import { through, type Value, value } from './values.ts'

/** Type constructors that stand for their argument. */
const TRANSPARENT = new Set([
  'Partial',
  'Readonly',
  'Required',
  'NonNullable',
  'Promise',
  'Awaited',
  'Omit',
  'Pick',
  '$ReadOnly',
])
/** What stands in for its argument in tests: `DeepMockProxy<PrismaClient>`, `jest.Mocked<typeof prisma>`. */
export const STAND_INS: ReadonlySet<string> = new Set([
  'DeepMockProxy',
  'MockProxy',
  'DeepMocked',
  'Mocked',
  'MockedDeep',
  'MockedObject',
  'MockedObjectDeep',
])

/**
 * What a written type says about a value. Handles annotations of TypeScript and Flow; follows aliases, interfaces that
 * extend, intersections, unions with null, imports and re-exports of types. An unknown type gives nothing.
 */
export function annotatedValue(origins: Origins, module: JavaScriptModule, annotation: Node): Value[] {
  switch (annotation.type) {
    case 'TSTypeAnnotation':
    case 'TypeAnnotation':
      return annotatedValue(origins, module, annotation.typeAnnotation as Node)
    case 'TSParenthesizedType':
    case 'NullableTypeAnnotation':
      return annotatedValue(origins, module, annotation.typeAnnotation as Node)
    case 'TSTypeReference':
      return reference(origins, module, annotation.typeName as Node, argumentsOfType(annotation))
    case 'GenericTypeAnnotation':
      return reference(origins, module, annotation.id as Node, argumentsOfType(annotation))
    case 'TSExpressionWithTypeArguments':
      return reference(origins, module, annotation.expression as Node, [])
    case 'TSImportType':
      return importType(origins, module, annotation)
    case 'TSTypeQuery':
      return annotation.exprName.type === 'Identifier' ? [...origins.valueOf(module, annotation.exprName)] : []
    case 'TSUnionType':
    case 'UnionTypeAnnotation': {
      const types = (annotation.types as Node[]).filter((type) => !/Null|Undefined|Void/.test(type.type))
      const said = types.map((type) => annotatedValue(origins, module, type))
      // `Mine | undefined` says as little as `Mine` alone
      if (said.every((values) => values.length === 0)) return []
      return types.flatMap((type, index) => alternative(module, type, said[index]!))
    }
    case 'TSIntersectionType':
    case 'IntersectionTypeAnnotation': {
      const parts = (annotation.types as Node[]).flatMap((type) => annotatedValue(origins, module, type))
      const kinds = parts.filter((v) => v.is === 'kind')
      return kinds.length > 0 ? kinds.slice(0, 1) : parts
    }
    case 'TSTypeOperator':
      return annotation.operator === 'readonly'
        ? annotatedValue(origins, module, annotation.typeAnnotation as Node)
        : []
    case 'TSArrayType':
    case 'ArrayTypeAnnotation':
      return listsOf(annotatedValue(origins, module, annotation.elementType as Node))
    case 'TSNumberKeyword':
    case 'NumberTypeAnnotation':
      return [primitive('number')]
    case 'TSStringKeyword':
    case 'StringTypeAnnotation':
      return [primitive('string')]
    case 'TSBooleanKeyword':
    case 'BooleanTypeAnnotation':
      return [primitive('boolean')]
    case 'TSLiteralType':
      return annotation.literal.type === 'TemplateLiteral'
        ? [primitive('string')]
        : [...origins.valueOf(module, annotation.literal)]
    default:
      return []
  }
}

/** What lists of these are, as far as a package describes them. */
function listsOf(elements: readonly Value[]): Value[] {
  return elements.flatMap((v): Value[] => {
    const list = v.is === 'kind' ? shapeOf(v.kind, 'list') : undefined
    return v.is === 'kind' && list ? [{ ...v, kind: list }] : []
  })
}

/** One type of a union: what is none of ours is said, or `Response | Mine` would be a Response. */
function alternative(module: JavaScriptModule, type: Node, found: readonly Value[]): readonly Value[] {
  if (found.length > 0 || /Keyword$|^TSLiteralType$|LiteralTypeAnnotation$/.test(type.type)) return found
  return [value({ is: 'foreign', what: `a \`${module.source(type)}\`, by its type` })]
}

function argumentsOfType(node: t.Node): readonly Node[] {
  const holder = node as { typeParameters?: { params?: Node[] } | null; typeArguments?: { params?: Node[] } | null }
  return holder.typeParameters?.params ?? holder.typeArguments?.params ?? []
}

function reference(origins: Origins, module: JavaScriptModule, name: Node, args: readonly Node[]): Value[] {
  if (name.type === 'TSQualifiedName' && name.right.type === 'Identifier' && STAND_INS.has(name.right.name) && args[0])
    return annotatedValue(origins, module, args[0])
  if (name.type === 'TSQualifiedName' || name.type === 'QualifiedTypeIdentifier' || isMember(name))
    return qualified(origins, module, name)
  if (name.type !== 'Identifier') return []
  if ((TRANSPARENT.has(name.name) || STAND_INS.has(name.name)) && args[0])
    return annotatedValue(origins, module, args[0])
  if (/^(?:Readonly)?Array$/.test(name.name) && args[0] && !module.scopes.lookup(name.name, name))
    return listsOf(annotatedValue(origins, module, args[0]))
  const found = typeNamed(origins, module, name.name, name)
  return through(found, () => `the type \`${name.name}\``, module, name)
}

/** `express.Request`, `Express.Request`, `ns.Type`. */
function qualified(origins: Origins, module: JavaScriptModule, name: Node): Value[] {
  const left = (
    name.type === 'TSQualifiedName'
      ? name.left
      : name.type === 'QualifiedTypeIdentifier'
        ? name.qualification
        : (name as t.MemberExpression).object
  ) as Node
  const right = (
    name.type === 'TSQualifiedName'
      ? name.right
      : name.type === 'QualifiedTypeIdentifier'
        ? name.id
        : (name as t.MemberExpression).property
  ) as Node
  if (left.type !== 'Identifier' || right.type !== 'Identifier') return []
  const what = () => `the type \`${left.name}.${right.name}\``
  const binding = module.scopes.lookup(left.name, name)
  if (!binding) {
    const model = origins.models.find((m) => m.globalNamespace === left.name)
    const kind = model?.types[right.name]
    return kind ? through([value({ is: 'kind', kind })], what, module, name) : []
  }
  const namespaced = namespaces(origins, module, binding).flatMap((kind) => ownType(kind.shape.types, right.name))
  if (namespaced.length > 0) return through(namespaced, what, module, name)
  const specifier = importedFrom(binding.declarations[0])
  if (specifier !== undefined)
    return through(typeOfPackageOrFile(origins, module, specifier, right.name), what, module, name)
  // `const express = require('express')` in a file with type comments, or `import x = require()`
  return through(
    origins
      .bindingValue(module, binding)
      .flatMap((v) => (v.is === 'kind' ? kindOfModuleType(origins, v.kind, right.name) : [])),
    what,
    module,
    name,
  )
}

/** The namespaces of types that a name stands for: `Prisma` of `import { Prisma } from '@prisma/client'`, wherever it comes through. */
function namespaces(origins: Origins, module: JavaScriptModule, binding: Binding): readonly Kind[] {
  if (!origins.models.some(({ module: kind }) => hasNamespaces(kind))) return []
  return origins.bindingValue(module, binding).flatMap((v) => (v.is === 'kind' && v.kind.shape.types ? [v.kind] : []))
}

/** True if a module has types in namespaces, so that it is worth while to ask what the left of a dot is. */
function hasNamespaces({ shape }: Kind): boolean {
  return Object.values(shape.members ?? {}).some((member) => member.shape.types !== undefined)
}

function ownType(types: Readonly<Record<string, Kind>> | undefined, name: string): Value[] {
  return types && Object.hasOwn(types, name) ? [value({ is: 'kind', kind: types[name]! })] : []
}

function kindOfModuleType(origins: Origins, module: Kind, name: string): Value[] {
  const kind = origins.models.find((model) => model.module === module)?.types[name]
  return kind ? [value({ is: 'kind', kind })] : []
}

function importType(origins: Origins, module: JavaScriptModule, node: t.TSImportType): Value[] {
  const argument = node.argument as unknown as { value?: string; literal?: { value?: unknown } }
  const specifier = argument.value ?? (typeof argument.literal?.value === 'string' ? argument.literal.value : undefined)
  if (specifier === undefined || node.qualifier?.type !== 'Identifier') return []
  const { name } = node.qualifier
  return through(
    typeOfPackageOrFile(origins, module, specifier, name),
    () => `the type \`${name}\` of '${specifier}'`,
    module,
    node as Node,
  )
}

function importedFrom(declaration: Node | undefined): string | undefined {
  if (!declaration) return undefined
  const parent = parentOf(declaration)
  if (parent?.type === 'ImportDeclaration') return parent.source.value
  if (
    declaration.type === 'TSImportEqualsDeclaration' &&
    declaration.moduleReference.type === 'TSExternalModuleReference'
  )
    return declaration.moduleReference.expression.value
  return undefined
}

/** A type by its name, as seen from a place in a file. */
function typeNamed(origins: Origins, module: JavaScriptModule, name: string, from: Node, depth = 0): Value[] {
  if (depth > 12) return []
  const binding = module.scopes.lookup(name, from)
  if (!binding) {
    const flow = origins.models.flatMap((m) =>
      m.types[name.replace(/^\w*\$/, '')] && name.includes('$') ? [m.types[name.replace(/^\w*\$/, '')]!] : [],
    )
    return flow.slice(0, 1).map((kind) => value({ is: 'kind', kind }))
  }
  const declaration = binding.declarations[0]!
  const specifier = importedFrom(declaration)
  if (specifier !== undefined) {
    const imported =
      declaration.type === 'ImportSpecifier'
        ? declaration.imported.type === 'Identifier'
          ? declaration.imported.name
          : declaration.imported.value
        : 'default'
    return typeOfPackageOrFile(origins, module, specifier, imported)
  }
  return binding.declarations.flatMap((d) => declaredType(origins, module, d))
}

/** The declarations of types that are being asked, each by the next: one that leads back to itself says nothing. */
const asked = new Set<Node>()

function declaredType(origins: Origins, module: JavaScriptModule, declaration: Node): Value[] {
  if (asked.has(declaration)) return []
  asked.add(declaration)
  try {
    return typeOfDeclaration(origins, module, declaration)
  } finally {
    asked.delete(declaration)
  }
}

function typeOfDeclaration(origins: Origins, module: JavaScriptModule, declaration: Node): Value[] {
  switch (declaration.type) {
    case 'TSTypeAliasDeclaration':
      return annotatedValue(origins, module, declaration.typeAnnotation as Node)
    case 'TypeAlias':
      return annotatedValue(origins, module, declaration.right as Node)
    case 'TSInterfaceDeclaration':
      return (declaration.extends ?? []).flatMap((parent) => annotatedValue(origins, module, parent as Node))
    case 'InterfaceDeclaration':
      return (declaration.extends ?? []).flatMap((parent) => reference(origins, module, parent.id as Node, []))
    case 'ClassDeclaration':
    case 'ClassExpression':
      return origins.objectOf(module, declaration)
    default:
      return []
  }
}

/** An exported type of a described package or of another file of the project. */
function typeOfPackageOrFile(
  origins: Origins,
  module: JavaScriptModule,
  specifier: string,
  name: string,
  depth = 0,
): Value[] {
  const resolution = origins.neighbours.resolve(module, specifier)
  const described = origins.describedModule(specifier, resolution)
  const model = described?.model ?? origins.models.find(({ typePackages }) => typePackages.includes(specifier))
  if (model) {
    const types = described && described.module !== model.module ? described.module.shape.types : model.types
    // Flow's own declarations of packages put a dollar before the names
    const [found] = [...ownType(types, name), ...ownType(types, name.replace(/^\$/, ''))]
    return found
      ? [{ ...found, trail: { what: `\`${name}\` of '${specifier}'`, module, offset: 0, next: undefined } }]
      : []
  }
  if (resolution.is === 'package')
    return origins.models.some((model) => model.notOurs.has(resolution.name))
      ? [value({ is: 'foreign', what: `the type \`${name}\` of '${specifier}'` })]
      : []
  return resolution.is === 'file' && depth < 12 ? exportedType(origins, resolution.module, name, depth + 1) : []
}

function exportedType(origins: Origins, module: JavaScriptModule, name: string, depth: number): Value[] {
  const { named, stars } = exportsOf(module)
  for (const source of named.get(name) ?? []) {
    if (source.is === 'from') return typeOfPackageOrFile(origins, module, source.specifier, source.name, depth)
    if (source.is === 'local') return typeNamed(origins, module, source.id.name, source.id as Node, depth)
    if (isClass(source.node)) return origins.objectOf(module, source.node)
    if (source.node.type === 'TSInterfaceDeclaration') return declaredType(origins, module, source.node)
    if (source.node.type === 'Identifier') return typeNamed(origins, module, source.node.name, source.node, depth)
  }
  for (const star of stars) {
    const found = typeOfPackageOrFile(origins, module, star.specifier, name, depth)
    if (found.length > 0) return found
  }
  return []
}

/** The kinds of a function's parameters when the function itself has a declared type: `const list: RequestHandler = …`. */
export function parametersByAnnotation(
  origins: Origins,
  module: JavaScriptModule,
  fn: FunctionNode,
): readonly (Kind | undefined)[] | undefined {
  const parent = parentOf(fn)
  const holder = parent?.type === 'ObjectProperty' ? undefined : parent
  let annotation: Node | undefined
  if (holder?.type === 'VariableDeclarator') annotation = (holder.id as t.Identifier).typeAnnotation as Node | undefined
  else if (holder?.type === 'ClassProperty') annotation = holder.typeAnnotation as Node | undefined
  else if (holder?.type === 'TSAsExpression' || holder?.type === 'TSSatisfiesExpression')
    annotation = holder.typeAnnotation as Node
  const typed = annotation
    ? annotatedValue(origins, module, annotation)
    : documentedType(origins, module, (holder ?? fn) as Node)
  for (const v of typed) {
    const parameters = v.is === 'kind' ? shapeOf(v.kind, 'parameters') : undefined
    if (parameters) return parameters(fn)
  }
  return undefined
}

// ---- documentation comments ---------------------------------------------------------------------

/** The block comment that stands directly before a node or the statement around it. */
function commentBefore(module: JavaScriptModule, node: Node): string | undefined {
  let at: Node | undefined = node
  for (let steps = 0; at && steps < 4; steps++, at = parentOf(at)) {
    const { start } = at
    for (let i = module.comments.length - 1; i >= 0; i--) {
      const comment = module.comments[i] as t.Comment & { start: number; end: number }
      if (comment.end > start) continue
      if (
        comment.type === 'CommentBlock' &&
        comment.value.startsWith('*') &&
        /^\s*$/.test(module.text.slice(comment.end, start))
      )
        return comment.value
      break
    }
    if (/Statement$|^Program$|^ClassBody$|^(Object|Class)Method$|^FunctionDeclaration$/.test(at.type)) return undefined
  }
  return undefined
}

/** The value that `@type {…}` before a declaration promises. */
export function documentedType(origins: Origins, module: JavaScriptModule, node: Node): Value[] {
  if (module.comments.length === 0) return []
  const type = /@type\s*\{([^}]+)\}/.exec(commentBefore(module, node) ?? '')?.[1]
  return type ? documentedName(origins, module, type, node) : []
}

/** The value that `@param {…} name` before a function promises for one parameter. */
export function documentedParameter(
  origins: Origins,
  module: JavaScriptModule,
  fn: FunctionNode,
  index: number,
): Value[] {
  if (module.comments.length === 0) return []
  const name = plainParameter(fn.params[index] as Node)?.name
  if (name === undefined) return []
  const comment = commentBefore(module, fn)
  for (const [, type, documented] of comment?.matchAll(/@param\s*\{([^}]+)\}\s*\[?([\w$]+)/g) ?? [])
    if (documented === name && type) return documentedName(origins, module, type, fn)
  return []
}

function documentedName(origins: Origins, module: JavaScriptModule, written: string, at: Node): Value[] {
  const text = written.trim().replace(/^[!?]/, '')
  const what = () => `the comment says \`{${text}}\``
  const imported = /^import\(['"]([^'"]+)['"]\)\.(\w+)/.exec(text)
  if (imported) return through(typeOfPackageOrFile(origins, module, imported[1]!, imported[2]!), what, module, at)
  const dotted = /^(\w+)\.(\w+)$/.exec(text)
  if (dotted) {
    const binding = module.scopes.lookup(dotted[1]!, at)
    if (!binding) return []
    const specifier = importedFrom(binding.declarations[0])
    const found =
      specifier === undefined
        ? origins
            .bindingValue(module, binding)
            .flatMap((v) => (v.is === 'kind' ? kindOfModuleType(origins, v.kind, dotted[2]!) : []))
        : typeOfPackageOrFile(origins, module, specifier, dotted[2]!)
    return through(found, what, module, at)
  }
  if (!/^\w+$/.test(text)) return []
  for (const comment of module.comments) {
    const typedef = new RegExp(`@typedef\\s*\\{import\\(['"]([^'"]+)['"]\\)\\.(\\w+)\\}\\s*${text}\\b`).exec(
      comment.value,
    )
    if (typedef) return through(typeOfPackageOrFile(origins, module, typedef[1]!, typedef[2]!), what, module, at)
  }
  return through(
    typeNamed(origins, module, text, at).filter((v) => v.is === 'kind'),
    what,
    module,
    at,
  )
}
