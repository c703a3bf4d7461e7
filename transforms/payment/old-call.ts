import {
  argumentsOf,
  children,
  type DraftEdit,
  type DraftRequest,
  defineChange,
  fix,
  insertAfter,
  isCall,
  isMember,
  type JavaScriptFile,
  keyName,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { chosenMap } from './map/chosen.ts'
import { facadeNames } from './sites/names.ts'
import { isFacade, isTest } from './sites/project.ts'

export default defineChange({
  title: 'The calls of the old version are no longer made',
  why: 'The façade goes to the new version only, so what its callers bring along for the old one is never called, and keeps clients and addresses alive that nobody uses.',
  since: '3.0.0',
  stage: 'full',
  breakage: 'deprecated',
  source: 'https://martinfowler.com/bliki/BranchByAbstraction.html',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bv1\s*:/],
  *find(file, project) {
    const { map } = chosenMap(project)
    if (isFacade(file.path, map) || isTest(file.path)) return
    const { http } = facadeNames(map)
    for (const call of file.module.calls) {
      const callee = unwrap(call.callee as Node)
      if (!isMember(callee) || unwrap(callee.object as Node).type !== 'Identifier') continue
      const object = unwrap(callee.object as Node)
      const operation = memberName(callee)
      if (
        object.type !== 'Identifier' ||
        object.name !== http ||
        operation === undefined ||
        !(operation in map.operations)
      )
        continue
      const options = argumentsOf(call)[0]
      const properties = options?.type === 'ObjectExpression' ? options.properties : []
      const index = properties.findIndex((one) => one.type !== 'SpreadElement' && keyName(one) === 'v1')
      const old = properties[index] as Node | undefined
      if (!old) continue
      const evidence = {
        certainty: 'proven' as const,
        steps: [{ what: `\`${http}\` is the façade`, at: file.module.locate(object.start) }],
      }
      if (old.type !== 'ObjectProperty' || unwrap(old.value as Node).type !== 'ArrowFunctionExpression') {
        yield { at: old, message: 'it is not a function that stands here; take it out by hand', evidence }
        continue
      }
      const next = properties[index + 1] as Node | undefined
      const previous = properties[index - 1] as Node | undefined
      const range = next ? { start: old.start, end: next.start } : { start: previous?.end ?? old.start, end: old.end }
      const left = leftOver(file, old)
      const typed = typeOfAnswer(old)
      yield {
        at: old,
        message: 'the old call is never made any more',
        evidence,
        fix: {
          ...fix(
            'safe',
            'Take the old call out',
            replace(range, ''),
            ...(typed ? [insertAfter(callee, file.source(typed))] : []),
            ...left.edits,
          ),
          requests: left.requests,
        },
      }
    }
  },
})

/** The type of the answer, where the old call says it: `<Payment>` of `http.post<Payment>(…)`. */
function typeOfAnswer(old: Node): Node | undefined {
  const fn = old.type === 'ObjectProperty' ? unwrap(old.value as Node) : undefined
  let at = fn?.type === 'ArrowFunctionExpression' ? unwrap(fn.body as Node) : undefined
  for (
    ;
    at && isCall(at);
    at = isMember(at.callee as Node) ? unwrap((at.callee as { object: Node }).object) : undefined
  ) {
    const written = (at as { typeParameters?: Node | null }).typeParameters
    if (written && (written as { params?: readonly unknown[] }).params?.length === 1) return written
  }
  return undefined
}

/** What nobody uses any more when this is gone: imports, and constants of the file. */
function leftOver(
  file: JavaScriptFile,
  gone: Node,
): { edits: readonly DraftEdit[]; requests: readonly DraftRequest[] } {
  const requests: DraftRequest[] = []
  const names = new Set<string>()
  const visit = (node: Node) => {
    if (node.type === 'Identifier') names.add(node.name)
    for (const child of children(node)) visit(child)
  }
  visit(gone)
  for (const name of names) {
    const binding = file.module.scopes.lookup(name, gone)
    const declaration = binding?.declarations[0]
    if (!binding || !declaration) continue
    const isRequired =
      declaration.type === 'VariableDeclarator' &&
      isCall(declaration.init as Node) &&
      /^require\(/.test(file.source(declaration.init as Node))
    if (!declaration.type.startsWith('Import') && !isRequired) continue
    requests.push({ dropIfUnused: 'import', name })
    const source = declaration.type.startsWith('Import')
      ? (parentOf(declaration) as Extract<Node, { type: 'ImportDeclaration' }>).source?.value
      : /^require\(['"]([^'"]+)/.exec(
          file.source((declaration as Extract<Node, { type: 'VariableDeclarator' }>).init as Node),
        )?.[1]
    if (source !== undefined && !/^(?:\.|node:)/.test(source))
      // the façade has words for the clients whose answers it gives, which are called like their packages
      requests.push({ dropIfUnused: 'dependency', name: source, loadedOnly: true })
  }
  return { edits: [], requests }
}
