import {
  argumentsOf,
  type Draft,
  type DraftEdit,
  type DraftRequest,
  defineChange,
  type Evidence,
  fix,
  isCall,
  isMember,
  type JavaScriptFile,
  keyName,
  literalText,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { ASKING, fateOf } from './client/clients.ts'
import { Client, Delegate, modelOf } from './client/kinds.ts'
import { accessorOf } from './client/model.ts'
import { namespaceIn } from './client/names.ts'
import { renamed } from './client/queries.ts'
import { NAME } from './client/reject.ts'
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
}

const METHODS = ['findUnique', 'findFirst']
const ANSWER = /^(?:mock[A-Z]\w*|mock|calledWith|resolves|rejects|returns|callsFake|throws|withArgs|and)$/
const ASKING_OF = /^(?:expect|mocked|asMock|when|verify)$/
const SPY = /^(?:spyOn|stub|replace)$/
const MADE = /^(?:jest|vi|sinon)\.(?:fn|stub|fake)$|^(?:fn|mockFn|stub)$/

export default defineChange({
  title: 'A mock of a query that throws by another name is never called',
  why: 'Where `findUnique` and `findFirst` become `…OrThrow` because of `rejectOnNotFound`, tests still stand in for the old method: the new one is not mocked, and gives undefined or asks a database. A mock that gave null has to reject with the code P2025.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-rejectonnotfound-parameter',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\b(?:jest|vi|sinon|mock\w*|\w+Mock|expect)\b/],
  *find(file, project) {
    if (!METHODS.some((name) => file.text.includes(name)) || !isTest(file.path)) return
    const mocks = mocksIn(file, project)
    if (mocks.length === 0) return
    const asking = project.survey(ASKING)
    for (const mock of mocks) {
      const fate = mock.model === undefined ? 'kept' : fateOf(asking, mock.model, mock.method, isTest)
      if (fate !== 'kept') yield draftOf(file, mock, fate)
    }
  },
})

/** Tests and what stands in for modules in them. */
function isTest(path: string): boolean {
  return /(?:^|\/)(?:__tests__|__mocks__|tests?|spec|e2e)\/|[.-](?:test|spec|mock)\.[cm]?[jt]sx?$/i.test(path)
}

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
  const edits: DraftEdit[] = [replace(mock.name, mock.written(method))]
  const requests: DraftRequest[] = []
  for (const answer of mock.answers) {
    const rejected = rejection(file, answer)
    if (rejected === 'unclear') return { ...draft, notes: ['what stands for null has to reject with the code P2025'] }
    if (!rejected) continue
    edits.push(...rejected.edits)
    requests.push(...rejected.requests)
  }
  return { ...draft, fix: { ...fix('review', `Stand in for \`${method}\``, ...edits), requests } }
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
  return [...methodsIn(file), ...spiesIn(file), ...objectsIn(file, project)].sort((a, b) => a.name.start - b.name.start)
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
function spiesIn(file: JavaScriptFile): Mock[] {
  return file.module.calls.flatMap((call): Mock[] => {
    const [object, name] = argumentsOf(call)
    const method = literalText(name)
    if (!object || !name || method === undefined || !METHODS.includes(method)) return []
    if (!SPY.test(lastName(call.callee as Node) ?? '')) return []
    const evidence = file.evidence(object, [Delegate])
    if (!evidence) return []
    const answer = parentOf(outermost(call))
    const quote = file.source(name)[0]!
    return [
      {
        method,
        model: modelOf(evidence.kind),
        name,
        written: (other) => `${quote}${other}${quote}`,
        answers: isMember(answer) ? answersOf(answer) : [],
        evidence,
      },
    ]
  })
}

/** `vi.mock('./prisma', () => ({ prisma: { user: { findUnique: vi.fn() } } }))`. */
function objectsIn(file: JavaScriptFile, project: ProjectFacts): Mock[] {
  const models = project.survey(SCHEMAS).flatMap((schema) => schema.models)
  return METHODS.flatMap((method) => file.module.identifiersNamed(method)).flatMap((id): Mock[] => {
    const property = parentOf(id)
    if (property?.type !== 'ObjectProperty' || property.key !== id || property.shorthand) return []
    const made = madeIn(file, property.value as Node)
    const delegate = parentOf(parentOf(property) as Node)
    const model =
      delegate?.type === 'ObjectProperty'
        ? models.find(({ name }) => accessorOf(name) === keyName(delegate))
        : undefined
    const evidence = model && delegate ? mockedClient(file, delegate) : undefined
    if (!made || !model || !evidence) return []
    return [{ method: id.name, model: model.name, name: id, written: (name) => name, answers: made.answers, evidence }]
  })
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

/** Evidence that an object within the factory of a mocked module stands for a client that the module exports. */
function mockedClient(file: JavaScriptFile, delegate: Node): Evidence | undefined {
  const holder = parentOf(parentOf(delegate) as Node)
  const exported = holder?.type === 'ObjectProperty' ? keyName(holder) : undefined
  for (let at = holder; at; at = parentOf(at)) {
    if (!isCall(at, false) || !/^(?:mock|doMock)$/.test(lastName(at.callee as Node) ?? '')) continue
    const specifier = literalText(argumentsOf(at)[0])
    if (specifier === undefined || exported === undefined) return undefined
    const value = file.origins.imported(file.module, specifier, exported, at).find((v) => v.is === 'kind')
    if (value?.is !== 'kind' || !isClient(value.kind)) return undefined
    const what = `'${specifier}', which exports a Prisma client as \`${exported}\`, is mocked`
    return { certainty: value.certainty, steps: [{ what, at: file.module.locate(at.start) }] }
  }
  return undefined
}

function isClient(kind: Parameters<typeof modelOf>[0]): boolean {
  for (let at: typeof kind | undefined = kind; at; at = at.base) if (at === Client) return true
  return false
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
