import {
  type Draft,
  defineChange,
  type Evidence,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'

/** Texts of errors that are others in 5 or 6. */
const TEXTS =
  /^No \w+ found(?: error)?$|Record to (?:update|delete) (?:not found|does not exist)|^Invalid `prisma\.|Unknown arg `|Argument \w+ is missing|Got invalid value/

const IN_PATTERNS = /No \S+ found|Record to (?:update|delete)|Invalid `prisma|Unknown arg/

export default defineChange({
  title: 'Texts of errors and what they hold in `meta` are different',
  why: 'The name of the constraint of a foreign key (P2003) is `meta.constraint` from 6.7 on, so that `meta.field_name` is undefined without a word. Texts of validation errors were written anew in 5.0, those of records that are not found in 6.0 and 6.8, and every known error has `meta.modelName` from 5.7 on. Only the codes are the same.',
  since: '5.0.0',
  again: ['6.7.0'],
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/6.7.0',
  guideSays: 'It says nothing of it; that `meta.field_name` of P2003 went stands nowhere.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [
    'field_name',
    /No \w+ found|Record to (?:update|delete)|Invalid `prisma|Unknown arg `|Argument \w+ is missing|Got invalid value/,
  ],
  names: ['field_name'],
  *find(file) {
    for (const member of file.module.membersNamed('field_name')) {
      const draft = fieldName(file, member)
      if (draft) yield draft
    }
    for (const node of textsOf(file))
      yield {
        at: node,
        message: 'this text of an error is another one in the new version; look at the code',
        evidence: saysPrisma(file, node),
      }
  },
})

/** `e.meta?.field_name`, where an error of Prisma is what is looked at. */
function fieldName(file: JavaScriptFile, member: Node): Draft | undefined {
  if (!isMember(member)) return undefined
  const meta = unwrap(member.object as Node)
  if (!isMember(meta) || memberName(meta) !== 'meta' || !isAboutPrisma(file)) return undefined
  const draft = {
    at: member,
    message: '`meta.field_name` is `meta.constraint` from 6.7 on, with the name of the constraint alone',
    evidence: saysPrisma(file, member),
    notes: ['what was `Post_authorId_fkey (index)` is `Post_authorId_fkey`'],
  }
  const parent = parentOf(member)
  const isRead =
    parent?.type !== 'AssignmentExpression' &&
    !(isCall(parent) && parent.callee === member) &&
    parent?.type !== 'BinaryExpression' &&
    !(isMember(parent) && parent.object === member)
  if (!isRead || member.computed) return draft
  const object = file.source(member.object)
  const dot = member.type === 'OptionalMemberExpression' && member.optional ? '?.' : '.'
  // both, because the old version is there until the new one is
  const isSimple =
    parent?.type === 'VariableDeclarator' ||
    parent?.type === 'ReturnStatement' ||
    parent?.type === 'ObjectProperty' ||
    (isCall(parent) && parent.callee !== member)
  if (!isSimple) return draft
  return {
    ...draft,
    fix: fix('review', 'Read what either version has', {
      start: member.start,
      end: member.start,
      text: `${object}${dot}constraint ?? `,
    }),
  }
}

function isAboutPrisma(file: JavaScriptFile): boolean {
  return /P2003|PrismaClientKnownRequestError/.test(file.text)
}

function saysPrisma(file: JavaScriptFile, node: Node): Evidence {
  return {
    certainty: 'inferred',
    steps: [{ what: 'the file is about errors of Prisma', at: file.module.locate(node.start) }],
  }
}

/** Literals with such a text that something is compared with, in a file that has to do with Prisma. */
function textsOf(file: JavaScriptFile): Node[] {
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
  return [...new Set([...given, ...expected])].filter((node) =>
    node.type === 'RegExpLiteral' ? IN_PATTERNS.test(node.pattern) : TEXTS.test(literalText(node) ?? ''),
  )
}

const COMPARING =
  /^(?:toThrow|toThrowError|includes|startsWith|match|test|toBe|toEqual|toContain|toMatch|stringContaining|equal|strictEqual)$/
/** What a text of an error is called where objects are compared: `toMatchObject({ message: 'No User found' })`. */
const MESSAGES = ['message', 'msg']
