/** JavaScript from TypeScript that only adds types: everything else, comments and blank lines included, stays. */
import { parseJavaScript } from '../formats/javascript/parse.ts'
import { children } from '../formats/javascript/scopes.ts'
import type { Node } from '../formats/javascript/syntax.ts'

interface Cut {
  readonly start: number
  readonly end: number
}

/** The text without its types. Throws for what is more than types (an enum, a parameter property). */
export function withoutTypes(path: string, text: string): string {
  const parsed = parseJavaScript(text, path)
  if (parsed.is === 'failed') throw new Error(`${path} does not parse`)
  const cuts: Cut[] = []
  visit(parsed.ast as unknown as Node, text, cuts)
  let result = ''
  let end = 0
  for (const cut of cuts.sort((a, b) => a.start - b.start)) {
    if (cut.start < end) continue
    result += text.slice(end, cut.start)
    end = cut.end
  }
  return result + text.slice(end)
}

function visit(node: Node, text: string, cuts: Cut[]): void {
  const own = cutsOf(node, text)
  cuts.push(...own)
  for (const child of children(node)) visit(child, text, cuts)
}

function cutsOf(node: Node, text: string): Cut[] {
  const start = node.start!
  const end = node.end!
  switch (node.type as string) {
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return [wholeLines(node, text)]
    case 'ExportNamedDeclaration': {
      const { declaration, exportKind } = node as unknown as { declaration?: Node; exportKind?: string }
      const isType = /^TS(?:Interface|TypeAlias)Declaration$/.test(declaration?.type ?? '') || exportKind === 'type'
      return isType ? [wholeLines(node, text)] : []
    }
    case 'ImportDeclaration':
      return (node as unknown as { importKind?: string }).importKind === 'type' ? [wholeLines(node, text)] : []
    case 'ImportSpecifier': {
      if ((node as unknown as { importKind?: string }).importKind !== 'type') return []
      const comma = /^\s*,/.exec(text.slice(end))
      return [{ start, end: end + (comma?.[0].length ?? 0) }]
    }
    case 'TSTypeAnnotation':
    case 'TSTypeParameterDeclaration':
    case 'TSTypeParameterInstantiation':
      return [{ start, end }]
    case 'TSAsExpression':
    case 'TSSatisfiesExpression': {
      // behind the parentheses that the expression may stand in
      const { expression } = node as unknown as { expression: Node }
      const word = /\s+(?:as|satisfies)\s/.exec(text.slice(expression.end!))!
      return [{ start: expression.end! + word.index, end }]
    }
    case 'TSNonNullExpression':
      return [{ start: end - 1, end }]
    case 'Identifier': {
      if (!(node as unknown as { optional?: boolean }).optional) return []
      const mark = text.indexOf('?', start)
      return [{ start: mark, end: mark + 1 }]
    }
    case 'ClassProperty':
    case 'ClassPrivateProperty':
    case 'ClassMethod': {
      const words = /^(?:(?:override|readonly|private|protected|public) )+/.exec(text.slice(start))
      return words ? [{ start, end: start + words[0].length }] : []
    }
    default:
      if (/^TS(?:Enum|Module|ParameterProperty)/.test(node.type)) throw new Error(`${node.type} is more than a type`)
      return []
  }
}

/** A statement with the comments right above it, but for markers (`// #…`), and the line it ends. */
function wholeLines(node: Node, text: string): Cut {
  const before = text.slice(0, node.start!)
  const comments = /(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n|\/\/ (?!#)[^\n]*\n)*$/.exec(before)!
  const newline = text.indexOf('\n', node.end!)
  return { start: comments.index, end: newline < 0 ? text.length : newline + 1 }
}
