import {
  argumentsOf,
  contains,
  type Draft,
  defineChange,
  fix,
  isFunction,
  type JavaScriptFile,
  type Node,
  type ProjectFacts,
  type Survey,
} from '#kit'
import {
  defaultBody,
  GIVES_BODY,
  leavesVersion1,
  ownParsers,
  type ParserSite,
  packageParsers,
  parserSites,
  pathOf,
} from './applications/body-parsers.ts'
import { bodyReads } from './requests/body-reads.ts'

/** Validators that accept a missing body for an object with required keys. */
const ACCEPT_NOTHING = ['joi', '@hapi/joi', 'celebrate', 'express-validation', 'express-joi-validation']
/** Packages that read the body of a request themselves. */
const READERS = [...ACCEPT_NOTHING, '@apollo/server', 'apollo-server-express', 'express-validator', 'express-graphql']

interface Readers {
  readonly count: number
  /** The first of them, as `file:line`. */
  readonly places: readonly string[]
  readonly packages: readonly string[]
}

/** Whether a parser of Express itself is made anywhere: body-parser 1 goes on giving every request a body. */
const hasParser: Survey<boolean> = {
  mentions: [/\b(?:urlencoded|json|raw|text)\b/],
  reach: 'package',
  look: (files) => {
    for (const file of files) if (ownParsers(file).length > 0) return true
    return false
  },
}

/** Who reads the body as if it were there. */
const readers: Survey<Readers> = {
  mentions: [/\bbody\b/, ...READERS],
  look: (files) => {
    const places: string[] = []
    const packages = new Set<string>()
    for (const file of files) {
      for (const { at } of bodyReads(file)) places.push(`${file.path}:${file.module.locate(at.start).line}`)
      for (const { specifier } of file.module.mentions) {
        const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
        if (READERS.includes(name)) packages.add(name)
      }
    }
    return { count: places.length, places: places.slice(0, 3), packages: [...packages].sort() }
  },
}

export default defineChange({
  title: '`req.body` is undefined when there is no body to parse',
  why: 'A body parser of Express 4 gave every request that it saw an empty object; now `req.body` stays undefined for each GET, each request without a body and each other content type. Reading a property throws, and answers 500; and it is silent where it hurts most: Joi and celebrate accept `undefined` for an object with required keys, so a request without a body passes validation.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqbody',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bbody\b/, /\b(?:json|urlencoded|raw|text)\b/, 'body-parser'],
  *find(file, project) {
    if (!project.survey(hasParser)) return
    const { count, packages } = project.survey(readers)
    if (count === 0 && packages.length === 0) return
    if (project.modern) yield* reads(file)
    else yield* parsers(file, project)
  },
})

/** One statement in front of the parsers of each application and router. */
function* parsers(file: JavaScriptFile, project: ProjectFacts): Iterable<Draft> {
  const others = leavesVersion1(project) ? packageParsers(file) : []
  const { sites, loose } = parserSites(file, [...ownParsers(file), ...others])
  const done = new Set<string>()
  const calls = new Set<Node>()
  for (const site of sites) {
    const key = file.source(site.receiver)
    if (done.has(key) || calls.has(site.call) || hasDefault(file, site)) continue
    calls.add(site.call)
    if (site.method === 'use' && !pathOf(file, site)) done.add(key)
    if (site.method !== 'use' && !readsBody(file, site)) continue
    yield {
      at: site.argument,
      message: message(project.survey(readers)),
      evidence: site.evidence,
      fix: fix(
        site.method === 'use' ? 'safe' : 'review',
        'Start every request with an empty body',
        defaultBody(file, site),
      ),
      notes: notes(project.survey(readers)),
    }
  }
  for (const { call, evidence } of loose)
    yield {
      at: call,
      message:
        'this parser leaves `req.body` undefined when there is nothing to parse; `req.body ??= {}` in front of it keeps the empty object',
      evidence,
    }
}

function message({ count, places }: Readers): string {
  const where =
    count === 0
      ? 'packages that are used here read it'
      : `${count === 1 ? 'one place reads' : `${count} places read`} it as if it were there`
  return `\`req.body\` stays undefined when this parser has nothing to parse, and ${where}${places.length > 0 ? `, first ${places.join(', ')}` : ''}`
}

function notes({ packages }: Readers): string[] {
  const accepting = packages.filter((name) => ACCEPT_NOTHING.includes(name))
  return accepting.length > 0
    ? [`${accepting.join(' and ')}: a missing body passes validation; mark the schema of the body as required`]
    : []
}

/** True if a middleware in front of a parser gives every request a body already. */
function hasDefault(file: JavaScriptFile, { call, receiver, argument }: ParserSite): boolean {
  const inFront = argumentsOf(call).filter((other) => other.start < argument.start)
  const earlier = file.module.calls
    .filter((other) => other.start < call.start && file.source(other).startsWith(`${file.source(receiver)}.use(`))
    .flatMap((other) => argumentsOf(other))
  return [...inFront, ...earlier].some(
    (handler) =>
      GIVES_BODY.test(file.source(handler)) ||
      (handler.type === 'Identifier' &&
        file.functions(handler).found.some(({ module, node }) => GIVES_BODY.test(module.source(node)))),
  )
}

/** False if all handlers behind a parser are seen, and none depends on there being a body. */
function readsBody(file: JavaScriptFile, { call, argument }: ParserSite): boolean {
  const reads = bodyReads(file)
  return argumentsOf(call)
    .filter((handler) => handler.start > argument.start)
    .some((handler) => {
      const { found, complete } = file.functions(handler)
      if (!complete && !isFunction(handler)) return true
      return found.some(({ module, node }) =>
        module === file.module ? reads.some(({ at }) => contains(node, at)) : /\bbody\b/.test(module.source(node)),
      )
    })
}

/** Each place that reads the body, by itself. */
function* reads(file: JavaScriptFile): Iterable<Draft> {
  for (const { at, evidence, edits } of bodyReads(file))
    yield {
      at,
      message: edits
        ? '`req.body` is undefined when there is no body to parse'
        : '`req.body` is undefined when there is no body to parse, where it was an empty object',
      evidence,
      ...(edits ? { fix: fix('safe', 'Read it as Express 4 did, also without a body', ...edits) } : {}),
    }
}
