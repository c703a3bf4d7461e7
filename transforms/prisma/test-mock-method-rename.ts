import {
  argumentsOf,
  type Draft,
  type DraftEdit,
  type DraftRequest,
  defineChange,
  type Evidence,
  fix,
  isCall,
  isFunction,
  isMember,
  type JavaScriptFile,
  keyName,
  literalText,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
  returnsOf,
  unwrap,
} from '#kit'
import { ASKING, fateOf } from './client/clients.ts'
import { Delegate, modelOf } from './client/kinds.ts'
import { isObject, type ObjectNode, removeProperty } from './client/literals.ts'
import { accessorOf } from './client/model.ts'
import { namespaceIn } from './client/names.ts'
import { renamed } from './client/queries.ts'
import { NAME } from './client/reject.ts'
import { accessorBefore, isTest, STAND_INS, type StandIn, standInBehind, standInsIn } from './client/stand-ins.ts'
import { SCHEMAS } from './schema/project.ts'

/** A method that a test stands in for: `prismaMock.user.findUnique`. */
interface Mock {
  readonly method: string
  readonly model: string | undefined
  /** The name of the method, and what it is written as when it is another one. */
  readonly name: Node
  readonly written: (name: string) => string
  /** What is called on the mock to say what it gives. */
  readonly answers: readonly Node[]
  readonly evidence: Evidence
  /** Why it cannot have another name just like that. */
  readonly inTheWay?: string | undefined
  /** Where it is one of the methods that an object is written with. */
  readonly entry?: {
    readonly methods: ObjectNode
    readonly property: Node
    /** What the declared type of the object has to say then. */
    readonly declared: readonly DraftEdit[]
  }
}

const METHODS = ['findUnique', 'findFirst']
const ANSWER = /^(?:mock[A-Z]\w*|mock|calledWith|resolves|rejects|returns|callsFake|throws|withArgs|and)$/
const ASKING_OF = /^(?:expect|mocked|asMock|when|verify)$/
const SPY = /^(?:spyOn|stub|replace)$/
const MADE = /^(?:jest|vi|sinon|mock|(?:t|ctx|context)\.mock)\.(?:fn|stub|fake)$|^(?:fn|mockFn|stub)$/

export default defineChange({
  title: 'A mock of a query that throws by another name is never called',
  why: 'Where `findUnique` and `findFirst` become `…OrThrow` because of `rejectOnNotFound`, tests still stand in for the old method: the new one is not mocked, and gives undefined or asks a database. A mock that gave null has to reject with the code P2025.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-rejectonnotfound-parameter',
  guideSays: 'It says nothing of tests.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\bfind(?:Unique|First)\b/],
  *find(file, project) {
    if (!METHODS.some((name) => file.text.includes(name))) return
    const mocks = mocksIn(file, project)
    if (mocks.length === 0) return
    const asking = project.survey(ASKING)
    for (const mock of mocks) {
      const fate = mock.model === undefined ? 'kept' : fateOf(asking, mock.model, mock.method, isTest)
      if (fate !== 'kept') yield draftOf(file, mock, fate)
    }
  },
})

function draftOf(file: JavaScriptFile, mock: Mock, fate: 'renamed' | 'some'): Draft {
  const method = `${mock.method}OrThrow`
  const draft = {
    at: mock.name,
    message: `the code calls \`${method}\` now; stand in for that`,
    evidence: mock.evidence,
  }
  if (fate === 'some')
    return {
      ...draft,
      notes: [`only some calls of \`${mock.method}\` have the option \`${NAME}\`: look which one this is for`],
    }
  const edits: DraftEdit[] = []
  const { entry } = mock
  if (mock.inTheWay !== undefined) return { ...draft, notes: [mock.inTheWay] }
  if (entry && entryOf(entry.methods, method)) {
    // both methods are there already, and do the same: they are one from here on
    const removal = removeProperty(file, entry.methods, entry.property)
    if (!removal) return { ...draft, notes: [oneOfTwo(mock.method)] }
    edits.push(removal)
  } else edits.push(replace(mock.name, mock.written(method)))
  edits.push(...(entry?.declared ?? []))
  const requests: DraftRequest[] = []
  for (const answer of mock.answers) {
    const rejected = rejection(file, answer)
    if (rejected === 'unclear') return { ...draft, notes: [REJECT] }
    if (!rejected) continue
    edits.push(...rejected.edits)
    requests.push(...rejected.requests)
  }
  return { ...draft, fix: { ...fix('review', `Stand in for \`${method}\``, ...edits), requests } }
}

const REJECT = 'what stands for null has to reject with the code P2025'

/** True for a function that is written to give null, itself or within `fn(…)`. */
function givesNull(value: Node): boolean {
  const plain = unwrap(value)
  if (isCall(plain, false)) return argumentsOf(plain).some(givesNull)
  if (!isFunction(plain)) return false
  if (plain.body.type !== 'BlockStatement') return unwrap(plain.body as Node).type === 'NullLiteral'
  return returnsOf(plain).some((given) => given !== undefined && unwrap(given).type === 'NullLiteral')
}

function oneOfTwo(method: string): string {
  return `\`${method}OrThrow\` is mocked as well, and is both from here on: make one of the two`
}

/** A method that an object is written with: its property, and the mock or the method itself. */
function entryOf(methods: ObjectNode, name: string) {
  for (const property of methods.properties) {
    if (property.type === 'SpreadElement' || keyName(property) !== name) continue
    return { property, value: (property.type === 'ObjectProperty' ? property.value : property) as Node }
  }
  return undefined
}

/** Why a method of an object cannot have another name just like that. */
function obstacleTo(methods: ObjectNode, method: string, source: (node: Node) => string): string | undefined {
  const [own, other] = [entryOf(methods, method), entryOf(methods, `${method}OrThrow`)]
  if (own && givesNull(own.value)) return REJECT
  return own && other && source(own.value) !== source(other.value) ? oneOfTwo(method) : undefined
}

/** `mockResolvedValue(null)` as `mockRejectedValue(new …)`; nothing for what gives a record. */
function rejection(
  file: JavaScriptFile,
  answer: Node,
): { readonly edits: DraftEdit[]; readonly requests: DraftRequest[] } | 'unclear' | undefined {
  const call = parentOf(answer)
  const name = isMember(answer) ? memberName(answer) : undefined
  if (!isMember(answer) || name === undefined || !isCall(call, false) || call.callee !== answer) return undefined
  const [value] = argumentsOf(call)
  if (!value || unwrap(value).type !== 'NullLiteral') return undefined
  const rejected = { mockResolvedValue: 'mockRejectedValue', mockResolvedValueOnce: 'mockRejectedValueOnce' }[name]
  const namespace = namespaceIn(file)
  if (!rejected || !namespace || isMocked(file)) return 'unclear'
  const error = `new ${namespace.name}.PrismaClientKnownRequestError('', { code: 'P2025', clientVersion: '' })`
  return {
    edits: [replace(answer.property as Node, rejected), replace(value, error)],
    requests: [...namespace.requests],
  }
}

/** True where the package itself is a mock, which has no errors. */
function isMocked(file: JavaScriptFile): boolean {
  return /\b(?:jest|vi)\.(?:mock|doMock)\(\s*['"]@prisma\/client['"]/.test(file.text)
}

function mocksIn(file: JavaScriptFile, project: ProjectFacts): Mock[] {
  const own = isTest(file.path) ? [...methodsIn(file), ...spiesIn(file, project)] : []
  const seen = new Set(own.map(({ name }) => name))
  const others = objectsIn(file, project).filter(({ name }) => !seen.has(name))
  return [...own, ...others].sort((a, b) => a.name.start - b.name.start)
}

/** `prismaMock.user.findUnique.mockResolvedValue(…)`, `vi.mocked(prisma.user.findUnique)`, `expect(prisma.user.findUnique)`. */
function methodsIn(file: JavaScriptFile): Mock[] {
  return file.members([Delegate], ...METHODS).flatMap((use): Mock[] => {
    if (use.call) return []
    const outer = outermost(use.node)
    const parent = parentOf(outer)
    const mock = {
      method: use.name,
      model: modelOf(use.kind),
      name: use.property,
      written: (name: string) => renamed(file, use, name),
      evidence: use.evidence,
    }
    if (isMember(parent) && parent.object === outer && ANSWER.test(memberName(parent) ?? ''))
      return [{ ...mock, answers: answersOf(parent) }]
    if (!isCall(parent, false) || !ASKING_OF.test(lastName(parent.callee as Node) ?? '')) return []
    const answer = parentOf(outermost(parent))
    return [{ ...mock, answers: isMember(answer) ? answersOf(answer) : [] }]
  })
}

/** `jest.spyOn(prisma.user, 'findUnique')`. */
function spiesIn(file: JavaScriptFile, project: ProjectFacts): Mock[] {
  return file.module.calls.flatMap((call): Mock[] => {
    const [object, name] = argumentsOf(call)
    const method = literalText(name)
    if (!object || !name || method === undefined || !METHODS.includes(method)) return []
    if (!SPY.test(lastName(call.callee as Node) ?? '')) return []
    const spied = file.evidence(object, [Delegate])
    const known = spied ? { evidence: spied as Evidence, model: modelOf(spied.kind) } : spiedIn(file, project, object)
    if (!known) return []
    const { evidence, model } = known
    const answer = parentOf(outermost(call))
    const quote = file.source(name)[0]!
    return [
      {
        method,
        model,
        name,
        written: (other) => `${quote}${other}${quote}`,
        answers: isMember(answer) ? answersOf(answer) : [],
        evidence,
      },
    ]
  })
}

/** `prismaMock.user`, of an object that stands in for a client. */
function spiedIn(file: JavaScriptFile, project: ProjectFacts, delegate: Node) {
  const plain = unwrap(delegate)
  const accessor = isMember(plain) ? memberName(plain) : undefined
  const model = accessor === undefined ? undefined : modelNames(project).get(accessor)
  if (!isMember(plain) || model === undefined) return undefined
  const behind = standInBehind(file, unwrap(plain.object as Node), project.survey(STAND_INS))
  return behind && { evidence: standsFor(behind.standIn), model }
}

/** `{ user: { findUnique: vi.fn() } }` that a test puts in the place of a client, in this file or in another one. */
function objectsIn(file: JavaScriptFile, project: ProjectFacts): Mock[] {
  const standIns = project.survey(STAND_INS)
  if (standIns.length === 0) return []
  const models = modelNames(project)
  const written = standInsIn(file, standIns).flatMap(({ object, standIn }) =>
    object.properties.flatMap((delegate): Mock[] => {
      const model = delegate.type === 'ObjectProperty' ? models.get(keyName(delegate) ?? '') : undefined
      const methods = delegate.type === 'ObjectProperty' ? unwrap(delegate.value as Node) : undefined
      if (model === undefined || !isObject(methods)) return []
      return METHODS.flatMap((method): Mock[] => {
        const entry = entryOf(methods, method)
        if (!entry) return []
        const { property, value } = entry
        const quote = property.key.type === 'StringLiteral' ? file.source(property.key)[0]! : ''
        const isShorthand = property.type === 'ObjectProperty' && property.shorthand
        return [
          {
            method,
            model,
            name: property.key as Node,
            written: (name) => (isShorthand ? `${name}: ${method}` : `${quote}${name}${quote}`),
            answers: madeIn(file, value)?.answers ?? [],
            evidence: standsFor(standIn),
            inTheWay: obstacleTo(methods, method, (node) => file.source(node)),
            entry: {
              methods,
              property: property as Node,
              declared: declaredAs(file, object, keyName(delegate as never) ?? '', method),
            },
          },
        ]
      })
    }),
  )
  // elsewhere, a query may be made on what a test hands over
  if (!isTest(file.path)) return written
  const called = METHODS.flatMap((method) => [...file.module.membersNamed(method)]).flatMap((member): Mock[] => {
    const before = isMember(member) ? accessorBefore(member) : undefined
    const model = before && models.get(before.accessor)
    const behind = model === undefined ? undefined : standInBehind(file, before!.object, standIns)
    if (!behind || model === undefined || !isMember(member)) return []
    const delegate = entryOf(behind.object, before!.accessor)?.value
    const methods = delegate && unwrap(delegate)
    const outer = outermost(member)
    const answer = parentOf(outer)
    const asked = isCall(answer, false) && answer.callee !== outer ? parentOf(outermost(answer)) : answer
    const method = memberName(member)!
    const quote = member.property.type === 'Identifier' ? '' : file.source(member.property)[0]!
    return [
      {
        method,
        model,
        name: member.property as Node,
        written: (name) => `${quote}${name}${quote}`,
        answers: isMember(asked) ? answersOf(asked) : [],
        evidence: standsFor(behind.standIn),
        inTheWay: isObject(methods) ? obstacleTo(methods, method, behind.source) : undefined,
      },
    ]
  })
  return [...written, ...called]
}

/** The edits by which the type that is written for the name of an object has a method under its new name: `let prisma: { user: { … } }`. */
function declaredAs(file: JavaScriptFile, object: Node, accessor: string, method: string): DraftEdit[] {
  const holder = parentOf(outermost(object))
  const name =
    holder?.type === 'VariableDeclarator'
      ? holder.id
      : holder?.type === 'AssignmentExpression'
        ? holder.left
        : undefined
  const [id] =
    (name?.type === 'Identifier' && file.module.binding(name as Node & { type: 'Identifier' })?.identifiers) || []
  const annotation = id?.typeAnnotation?.type === 'TSTypeAnnotation' ? id.typeAnnotation.typeAnnotation : undefined
  const delegate = membersOf(file, annotation as Node | undefined).find((one) => keyName(one as never) === accessor)
  const type = delegate?.type === 'TSPropertySignature' ? delegate.typeAnnotation?.typeAnnotation : undefined
  const members = membersOf(file, type as Node | undefined)
  const own = members.find((one) => keyName(one as never) === method)
  if (!own) return []
  const index = members.indexOf(own)
  if (!members.some((one) => keyName(one as never) === `${method}OrThrow`))
    return [replace((own as Node & { key: Node }).key, `${method}OrThrow`)]
  const [previous, next] = [members[index - 1], members[index + 1]]
  return [replace(next ? { start: own.start, end: next.start } : { start: previous!.end, end: own.end }, '')]
}

/** The members of a type that is written out, in its place or under a name of the file. */
function membersOf(file: JavaScriptFile, type: Node | undefined): readonly Node[] {
  if (type?.type === 'TSTypeLiteral') return type.members.filter(isNamed) as Node[]
  if (type?.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return []
  const declaration = file.module.scopes.lookup(type.typeName.name, type)?.declarations[0]
  if (declaration?.type === 'TSInterfaceDeclaration') return declaration.body.body.filter(isNamed) as Node[]
  return declaration?.type === 'TSTypeAliasDeclaration' ? membersOf(file, declaration.typeAnnotation as Node) : []
}

function isNamed({ type }: { readonly type: string }): boolean {
  return type === 'TSPropertySignature' || type === 'TSMethodSignature'
}

/** Models by the name that a client has them under. */
function modelNames(project: ProjectFacts): ReadonlyMap<string, string> {
  return new Map(
    project
      .survey(SCHEMAS)
      .flatMap((schema) => schema.models)
      .filter(({ is }) => is !== 'type')
      .map(({ name }) => [accessorOf(name), name]),
  )
}

function standsFor({ what, at }: StandIn): Evidence {
  return { certainty: 'proven', steps: [{ what, at }] }
}

/** `vi.fn()`, `jest.fn().mockResolvedValue(null)`. */
function madeIn(file: JavaScriptFile, value: Node): { readonly answers: readonly Node[] } | undefined {
  const answers: Node[] = []
  let at = unwrap(value)
  while (isCall(at, false)) {
    const callee = unwrap(at.callee as Node)
    if (MADE.test(file.source(callee))) return { answers }
    if (!isMember(callee)) return undefined
    answers.push(callee)
    at = unwrap(callee.object as Node)
  }
  return undefined
}

/** The members of a chain of answers: `.mockResolvedValueOnce` and `.mockResolvedValue` of one after the other. */
function answersOf(first: Node): Node[] {
  const found: Node[] = []
  let at: Node | undefined = first
  while (isMember(at)) {
    found.push(at)
    const call: Node | undefined = parentOf(at)
    if (!isCall(call, false) || call.callee !== at) break
    at = parentOf(outermost(call))
  }
  return found
}

/** With the brackets and casts around it. */
function outermost(node: Node): Node {
  const parent = parentOf(node)
  return parent && unwrap(parent) === unwrap(node) ? outermost(parent) : node
}

function lastName(callee: Node): string | undefined {
  if (isMember(callee)) return memberName(callee)
  return callee.type === 'Identifier' ? callee.name : undefined
}
