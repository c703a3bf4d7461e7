import {
  defineChange,
  fix,
  insertBefore,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  unwrap,
} from '#kit'
import { namesOfPrisma } from './types/namespace.ts'

export default defineChange({
  title: '`Prisma.dmmf` is readonly all the way down',
  why: 'Lists of models, enums and fields have readonly types, which a variable of type `DMMF.Model[]` does not take. Nothing changes when the program runs.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'Of the generated types it names filters of relations and unchecked updates alone.',
  fixable: 'always',

  format: 'javascript',
  mentions: ['dmmf'],
  *find(file, project) {
    for (const { list, evidence } of lists(file, project)) {
      const holder = parentOf(list)
      if (holder?.type !== 'VariableDeclarator' || holder.init !== list || holder.id.type !== 'Identifier') continue
      const annotation = holder.id.typeAnnotation
      const type = annotation?.type === 'TSTypeAnnotation' ? (annotation.typeAnnotation as Node) : undefined
      if (type?.type !== 'TSArrayType' && !isArrayOf(type)) continue
      yield {
        at: type,
        message: 'the list is readonly',
        evidence,
        fix: fix('review', 'Say so', insertBefore(type, type.type === 'TSArrayType' ? 'readonly ' : 'Readonly')),
        notes: ['where the list is changed or handed on later, it has to be copied: `[...models]`'],
      }
    }
  },
})

/** `Prisma.dmmf.datamodel.models` and what else is a list there. */
function* lists(file: JavaScriptFile, project: ProjectFacts) {
  for (const use of namesOfPrisma(file, project)) {
    if (use.name !== 'dmmf') continue
    let node = use.whole
    const path: (string | undefined)[] = []
    for (
      let parent = parentOf(node);
      isMember(parent) && unwrap(parent.object as Node) === node;
      parent = parentOf(node)
    ) {
      path.push(memberName(parent))
      node = parent
    }
    if (/^datamodel\.(?:models|enums|types|indexes)$/.test(path.join('.'))) yield { list: node, evidence: use.evidence }
  }
}

function isArrayOf(type: Node | undefined): type is Node & { type: 'TSTypeReference' } {
  return type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'Array'
}
