import { argumentsOf, type Draft, isCall, type JavaScriptFile, literalText, type Node, unwrap } from '#kit'
import { prove, type RegExpText } from '../paths/index.ts'
import { pathSites } from './sites.ts'

/** A regular expression that is written out: `/x/i`, `new RegExp('x', 'i')`; undefined for anything else. */
export function regExpText(expression: Node): RegExpText | undefined {
  const node = unwrap(expression)
  if (node.type === 'RegExpLiteral') return { source: node.pattern, flags: node.flags }
  if (!isCall(node) || node.callee.type !== 'Identifier' || node.callee.name !== 'RegExp') return undefined
  const [pattern, flags] = argumentsOf(node)
  const source = literalText(pattern)
  if (source === undefined || (flags && literalText(flags) === undefined)) return undefined
  try {
    const made = new RegExp(source, literalText(flags))
    return { source: made.source, flags: made.flags }
  } catch {
    return undefined
  }
}

/** The expressions that Express 5 matches in another way, each with a URL that shows it. */
export function* regExpFindings(file: JavaScriptFile): Iterable<Draft> {
  for (const site of pathSites(file)) {
    const text = regExpText(site.path)
    // one that keeps its place between two matches gives another answer each time, in both versions
    if (!text || /[gy]/.test(text.flags)) continue
    const differs = differenceOf(text, site.kind)
    if (differs === undefined) continue
    yield {
      at: site.path,
      message: 'this expression is matched in another way now',
      evidence: site.evidence,
      notes: [differs],
    }
  }
}

function differenceOf(text: RegExpText, kind: 'route' | 'use'): string | undefined {
  const allow = new Set(kind === 'use' ? (['mount-double-slash'] as const) : [])
  try {
    const { differs } = prove({ v4: text, v5: text, situation: { kind, reads: 'unknown' }, allow })
    return differs && `on ${differs.url} Express 4 gives ${differs.v4}, Express 5 gives ${differs.v5}`
  } catch (error) {
    return `Express does not accept it: ${(error as Error).message}`
  }
}
