import {
  argumentsOf,
  type Draft,
  defineChange,
  fix,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
} from '#kit'
import { bufferChecks, PARSED } from './bytes/checkers.ts'
import { BY_HAND, bytes, isBuffer, nodesOf, valueAsBuffer } from './bytes/rewrite.ts'
import { SCHEMAS } from './schema/project.ts'

export default defineChange({
  title: 'A Bytes field is no Buffer',
  why: '`Buffer.isBuffer(value)` and `value instanceof Buffer` are false now, and the branch behind them is not taken; `z.instanceof(Buffer)` of Zod throws. A Buffer is a Uint8Array as well, so that asking for that works on both versions.',
  since: '6.0.0',
  breakage: 'silent',
  source: 'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#usage-of-buffer',
  guideSays: 'It speaks of the type, and not of what goes on without an error.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['isBuffer', 'instanceof', 'Readable.from'],
  *find(file, project) {
    yield* checked(file, project)
    yield* streams(file)
    const message = 'it is a Uint8Array, of which Buffer is a special case'
    for (const node of nodesOf(file)) {
      if (node.type === 'BinaryExpression' && node.operator === 'instanceof') {
        const right = node.right as Node
        const evidence = isBufferClass(file, right) && bytes(file, node.left as Node)
        if (evidence)
          yield { at: right, message, evidence, fix: fix('safe', 'Ask for a Uint8Array', replace(right, 'Uint8Array')) }
      }
      if (node.type !== 'CallExpression' || !isMember(node.callee as Node)) continue
      const callee = node.callee as Node & { type: 'MemberExpression' }
      if (memberName(callee) !== 'isBuffer' || !isBufferClass(file, callee.object as Node)) continue
      const value = node.arguments[0] as Node | undefined
      const evidence = value && bytes(file, value)
      if (!evidence) continue
      const operand = /^(?:Identifier|(?:Optional)?(?:Member|Call)Expression|TSNonNullExpression)$/.test(value.type)
        ? file.source(value)
        : `(${file.source(value)})`
      const text = `${operand} instanceof Uint8Array`
      const isAlone = !/^(?:Unary|Binary|Member|OptionalMember|TS|Await)/.test(node.parent?.type ?? '')
      yield {
        at: node,
        message,
        evidence,
        fix: fix('safe', 'Ask for a Uint8Array', replace(node, isAlone ? text : `(${text})`)),
      }
    }
  },
})

/** `Buffer`, under the name that it is imported by, and as a member of its module. */
function isBufferClass(file: JavaScriptFile, node: Node): boolean {
  const ofModule = (declaration: Node | undefined) => {
    const holder = declaration && parentOf(declaration)
    return holder?.type === 'ImportDeclaration' && /^(?:node:)?buffer$/.test(holder.source.value)
  }
  if (isMember(node)) {
    const holder = node.object as Node
    const declaration = file.module.scopes.lookup(file.source(holder), node)?.declarations[0]
    return holder.type === 'Identifier' && memberName(node) === 'Buffer' && ofModule(declaration)
  }
  if (node.type !== 'Identifier') return false
  if (node.name === 'Buffer') return isBuffer(file, node)
  const declaration = file.module.scopes.lookup(node.name, node)?.declarations[0]
  return (
    declaration?.type === 'ImportSpecifier' &&
    declaration.imported.type === 'Identifier' &&
    declaration.imported.name === 'Buffer' &&
    ofModule(declaration)
  )
}

/** `Readable.from(value)`, which hands on a Buffer as a whole and whatever else it can go through piece by piece. */
function* streams(file: JavaScriptFile): Generator<Draft> {
  for (const call of file.module.calls) {
    const [value] = argumentsOf(call)
    if (
      !value ||
      call.arguments.length > 2 ||
      !isMember(call.callee) ||
      !/(?:^|\.)Readable\.from$/.test(file.source(call.callee))
    )
      continue
    const evidence = bytes(file, value)
    if (!evidence) continue
    const edits = isMember(value) || value.type === 'Identifier' ? valueAsBuffer(file, value, evidence.kind) : undefined
    yield {
      at: value,
      message: '`Readable.from()` asks for a Buffer: the numbers of a Uint8Array are chunks of their own',
      evidence,
      ...(edits ? { fix: fix('review', 'Make it a Buffer', ...edits) } : { notes: [BY_HAND] }),
    }
  }
}

/** `z.instanceof(Buffer)`, for the field of a record. */
function* checked(file: JavaScriptFile, project: ProjectFacts): Generator<Draft> {
  const checks = bufferChecks(file)
  if (checks.length === 0) return
  const parsed = project.survey(PARSED).filter((one) => one.file === file.path)
  for (const { at, path, start, isUsed } of checks) {
    const field = path.at(-1)
    const draft = { at, message: 'what a Bytes field holds is a Uint8Array, which this check refuses' }
    const own = parsed.find(
      (one) => one.start === start && (field === undefined ? one.isBytes : one.fields.includes(field)),
    )
    if (own) {
      const evidence = { certainty: own.certainty, steps: [{ what: own.what, at: own.at }] }
      const note = isUsed
        ? 'what is done with the value behind the check may need a Buffer: make one of it there'
        : 'the type that is inferred is another one: code that takes it for a Buffer no longer compiles'
      const change = fix('review', 'Check for a Uint8Array', replace(at, 'Uint8Array'))
      yield { ...draft, evidence, notes: [note], ...(isUsed ? {} : { fix: change }) }
    } else if (field !== undefined && isBytesField(project, field)) {
      const steps = [{ what: `a Bytes field of the schema is called \`${field}\`` }]
      yield { ...draft, message: `${draft.message}, if it is given one`, evidence: { certainty: 'guessed', steps } }
    }
  }
}

function isBytesField(project: ProjectFacts, name: string): boolean {
  const models = project.survey(SCHEMAS).flatMap((schema) => schema.models)
  return models.some(({ fields }) => fields.some((field) => field.name === name && field.type === 'Bytes'))
}
