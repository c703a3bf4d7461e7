import {
  contains,
  type Draft,
  defineChange,
  type Evidence,
  enclosingStatement,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { errorEvidence } from './client/errors.ts'
import { DELEGATE_METHODS, Delegate } from './client/kinds.ts'
import { SCHEMAS } from './schema/project.ts'

/** Texts of errors that are others in 5 or 6. */
const TEXTS =
  /Record to (?:update|delete) (?:not found|does not exist)|^Invalid `prisma\.|Unknown arg `|Argument \w+ is missing|Got invalid value/

const IN_PATTERNS = /No \S+ found|Record to (?:update|delete)|Invalid `prisma|Unknown arg/

export default defineChange({
  title: 'Texts of errors and what they hold in `meta` are different',
  why: 'The name of the constraint of a foreign key (P2003) is `meta.constraint` from 6.7 on, so that `meta.field_name` is undefined without a word. Texts of validation errors were written anew in 5.0, those of records that are not found in 6.0 and 6.8, and every known error has `meta.modelName` from 5.7 on. Only the codes are the same.',
  since: '5.0.0',
  again: ['6.7.0'],
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/6.7.0',
  guideSays: 'It shows one message that is another one; that `meta.field_name` of P2003 went stands nowhere.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [
    'field_name',
    /No \w+ found|Record to (?:update|delete)|Invalid `prisma|Unknown arg `|Argument \w+ is missing|Got invalid value/,
  ],
  names: ['field_name'],
  *find(file, project) {
    for (const member of file.module.membersNamed('field_name')) {
      const draft = fieldName(file, member)
      if (draft) yield draft
    }
    for (const property of file.module.patternKeysNamed('field_name')) {
      const holder = parentOf(parentOf(property) as Node)
      const init = holder?.type === 'VariableDeclarator' && holder.init ? unwrap(holder.init) : undefined
      const evidence = init && metaEvidence(file, init)
      if (evidence) yield { at: property, message: MESSAGE, evidence, notes: [VALUE] }
    }
    const models = project.survey(SCHEMAS).flatMap((schema) => schema.models.map(({ name }) => name))
    for (const { at, around } of textsOf(file, models))
      yield {
        at,
        message: 'this text of an error is another one in the new version; look at the code',
        evidence: expectedOf(file, around) ?? saysPrisma(file, at),
      }
  },
})

const MESSAGE = '`meta.field_name` is `meta.constraint` from 6.7 on, with the name of the constraint alone'
const VALUE = 'what was `Post_authorId_fkey (index)` is `Post_authorId_fkey`'

/** Evidence that something is `meta` of an error of Prisma; a guess where the file only looks like it. */
function metaEvidence(file: JavaScriptFile, node: Node): Evidence | undefined {
  const meta = unwrap(node)
  if (!isMember(meta) || memberName(meta) !== 'meta') return undefined
  const known = errorEvidence(file, meta.object as Node)
  return known ?? (isAboutPrisma(file) ? saysPrisma(file, meta) : undefined)
}

/** `e.meta?.field_name`, where an error of Prisma is what is looked at. */
function fieldName(file: JavaScriptFile, member: Node): Draft | undefined {
  const evidence = isMember(member) ? metaEvidence(file, member.object as Node) : undefined
  if (!isMember(member) || !evidence) return undefined
  const draft = { at: member, message: MESSAGE, evidence, notes: [VALUE] }
  const parent = parentOf(member)
  if (parent?.type === 'LogicalExpression' && parent.right === member)
    return /\bconstraint\b/.test(file.source(parent.left)) ? undefined : draft
  if (member.computed || evidence.certainty === 'guessed') return draft
  const object = file.source(member.object)
  const dot = member.type === 'OptionalMemberExpression' && member.optional ? '?.' : '.'
  // both, because the old version is there until the new one is
  const text = `${object}${dot}constraint ?? ${file.source(member)}`
  const needs = /^(?:TSAsExpression|TSNonNullExpression|TSSatisfiesExpression)$/.test(parent?.type ?? '')
  const isSimple =
    needs ||
    /^(?:VariableDeclarator|ReturnStatement|ObjectProperty|TemplateLiteral)$/.test(parent?.type ?? '') ||
    (parent?.type === 'LogicalExpression' && parent.operator === '??') ||
    (isCall(parent) && parent.callee !== member)
  if (!isSimple) return draft
  return { ...draft, fix: fix('review', 'Read what either version has', replace(member, needs ? `(${text})` : text)) }
}

function isAboutPrisma(file: JavaScriptFile): boolean {
  return /P2003|PrismaClientKnownRequestError/.test(file.text)
}

/** What the file as a whole says: it works with a client, or only its words are about one. */
function saysPrisma(file: JavaScriptFile, node: Node): Evidence {
  const client = file.module.mentions.find(({ specifier }) => /^\.?@?prisma\/client(?:\/|$)/.test(specifier))
  return client
    ? {
        certainty: 'inferred',
        steps: [{ what: 'the file works with a client of Prisma', at: file.module.locate(client.node.start) }],
      }
    : {
        certainty: 'guessed',
        steps: [{ what: 'only the words of the file are about errors of Prisma', at: file.module.locate(node.start) }],
      }
}

/** Evidence that what a statement expects is about a query: `expect(prisma.user.findFirstOrThrow())`, or the text of its error. */
function expectedOf(file: JavaScriptFile, around: Node): Evidence | undefined {
  const query = file.calls([Delegate], ...Object.keys(DELEGATE_METHODS)).find(({ call }) => contains(around, call))
  if (query) return query.evidence
  // `error.message.includes(…)`, `expect(error.message).toBe(…)`
  for (const member of file.module.membersNamed('message'))
    if (contains(around, member)) {
      const known = errorEvidence(file, member.object as Node)
      if (known) return known
    }
  return undefined
}

/** Literals with such a text that something is compared with, in a file that has to do with Prisma. */
function textsOf(file: JavaScriptFile, models: readonly string[]): { readonly at: Node; readonly around: Node }[] {
  if (!/['"]@prisma\/client|\bprisma\b/i.test(file.text)) return []
  const given = file.module.calls.flatMap((call) => {
    const callee = unwrap(call.callee as Node)
    const name = isMember(callee) ? memberName(callee) : undefined
    return name !== undefined && COMPARING.test(name) ? (call.arguments as Node[]) : []
  })
  const expected = MESSAGES.flatMap((name) => file.module.identifiersNamed(name)).flatMap((id) => {
    const parent = parentOf(id)
    if (parent?.type === 'ObjectProperty' && parent.key === id && !parent.computed)
      return [unwrap(parent.value as Node)]
    const compared = isMember(parent) && parent.property === id ? parentOf(parent) : parent
    return compared?.type === 'BinaryExpression' ? [unwrap(compared.left as Node), unwrap(compared.right as Node)] : []
  })
  return [...new Set([...given, ...expected])]
    .filter((node) =>
      node.type === 'RegExpLiteral' ? IN_PATTERNS.test(node.pattern) : isText(literalText(node) ?? '', models),
    )
    .map((at) => ({ at, around: enclosingStatement(at) }))
}

/** True for a text of an error of Prisma; of a model only where the schema has one of that name, or is not known. */
function isText(text: string, models: readonly string[]): boolean {
  const model = /^No (\w+) found(?: error)?$/.exec(text)?.[1]
  return model === undefined ? TEXTS.test(text) : models.length === 0 || models.includes(model)
}

const COMPARING =
  /^(?:toThrow|toThrowError|includes|startsWith|match|test|toBe|toEqual|toContain|toMatch|stringContaining|equal|strictEqual)$/
/** What a text of an error is called where objects are compared: `toMatchObject({ message: 'No User found' })`. */
const MESSAGES = ['message', 'msg']
