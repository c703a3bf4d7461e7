import { type DraftFix, defineChange, fix, type JavaScriptFile, type ProjectFacts, parentOf, replace } from '#kit'
import { reaches, SCHEMAS } from './schema/project.ts'
import { clientImports, evidenceOf, type Imported } from './types/namespace.ts'
import { renamedPayload } from './types/renames.ts'

export default defineChange({
  title: '`UserPayload` moved to `Prisma.$UserPayload`',
  why: 'Prisma 4.14 to 4.16 exported the type from which results are computed beside the models. It is a member of the namespace now, with a `$` before its name. `Prisma.UserGetPayload` stays.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'Of the generated types it names filters of relations and unchecked updates alone.',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\w+Payload\b/],
  *find(file, project) {
    if (!reaches(project, '5.0.0')) return
    const schemas = project.survey(SCHEMAS)
    for (const imported of clientImports(file, project)) {
      const name = renamedPayload(imported.name, schemas)
      if (name === undefined) continue
      const rewritten = rewrite(file, project, imported, name)
      yield {
        at: imported.node,
        message: `the type is \`Prisma.${name}\` now`,
        evidence: evidenceOf(file, imported),
        ...(rewritten ? { fix: rewritten } : { notes: ['import `Prisma` from the same place'] }),
      }
    }
  },
})

/** Every use by the name of the namespace, which the same declaration has to bring already or now. */
function rewrite(file: JavaScriptFile, project: ProjectFacts, imported: Imported, name: string): DraftFix | undefined {
  const declaration = parentOf(imported.node)
  if (imported.node.type !== 'ImportSpecifier' || declaration?.type !== 'ImportDeclaration') return undefined
  const namespace = clientImports(file, project).find(
    (one) => one.name === 'Prisma' && one.node.type === 'ImportSpecifier',
  )
  const binding = file.module.binding(imported.local)
  if (!binding || (!namespace && file.module.identifiersNamed('Prisma').length > 0)) return undefined
  const local = namespace?.local.name ?? 'Prisma'
  const uses = file.module.references(binding)
  if (uses.some((use) => parentOf(use)?.type === 'ExportSpecifier')) return undefined
  const edits = uses.map((use) => replace(use, `${local}.${name}`))
  const { specifiers } = declaration
  if (!namespace) return fix('safe', `Write \`Prisma.${name}\``, replace(imported.node, 'Prisma'), ...edits)
  const index = specifiers.indexOf(imported.node as (typeof specifiers)[number])
  const next = specifiers[index + 1]
  const previous = specifiers[index - 1]
  if (!next && !previous) return undefined
  const at = next ? { start: imported.node.start, end: next.start! } : { start: previous!.end!, end: imported.node.end }
  return fix('safe', `Write \`${local}.${name}\``, replace(at, ''), ...edits)
}
