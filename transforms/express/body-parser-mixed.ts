import {
  type Draft,
  defineChange,
  fix,
  type JavaScriptFile,
  type JsonFile,
  type Node,
  type ProjectFacts,
  parentOf,
  raiseRange,
  replace,
  type Survey,
  unwrap,
} from '#kit'
import { hasOwnParser, leavesVersion1, packageParsers, parserName, parserSites } from './applications/body-parsers.ts'
import { Request } from './provider.ts'
import { unsaidExtended } from './requests/extended.ts'

const NAME = 'body-parser'
const TARGET = '2.2.0'
const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies']

export default defineChange({
  title: 'A body that body-parser 1 reads is no longer seen by the parsers of Express 5',
  why: 'The mark `req._body`, by which a parser of Express 4 saw that another one had read the body, is neither set nor looked at any more. `express.json()` in front of `bodyParser.json()` of version 1 answers each request with a body with 500 "stream is not readable", and a middleware that sets `req._body = true` to keep the parsers away no longer does. Version 2 of body-parser is what Express 5 uses; `bodyParser()` itself throws in it, and its `urlencoded()` reads nested fields only when told so.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqbody',
  fixable: 'sometimes',

  format: ['json', 'javascript'],
  restsOn: 'dependency',
  mentions: [NAME, /\b_body\b/],
  *find(file, project) {
    if (file.format === 'json') yield* inManifest(file as JsonFile, project)
    else if (file.format === 'javascript') yield* inCode(file as JavaScriptFile, project)
  },
})

/** What may break with version 2, as `file:line` of the first place. */
interface Obstacles {
  /** A parser whose place is not seen, so that nothing gives its requests a body. */
  readonly loose?: string
  /** A look at the mark of the parsers. */
  readonly mark?: string
  /** `bodyParser()`. */
  readonly bare?: string
}

const obstacles: Survey<Obstacles> = {
  mentions: [NAME, /\b_body\b/],
  look: (files) => {
    let found: Obstacles = {}
    for (const file of files) {
      const at = (node: Node | undefined) => node && `${file.path}:${file.module.locate(node.start).line}`
      const parsers = packageParsers(file)
      const loose = at(parserSites(file, parsers).loose[0]?.call)
      const mark = /\b_body\b/.test(file.text) ? file.path : undefined
      const bare = at(parsers.find(({ call }) => parserName(file, unwrap(call.callee)) === undefined)?.call)
      found = { ...(loose && { loose }), ...(mark && { mark }), ...(bare && { bare }), ...found }
    }
    return found
  },
}

function* inManifest(file: JsonFile, project: ProjectFacts): Iterable<Draft> {
  if (!project.inScope || !/(?:^|\/)package\.json$/.test(file.path) || !leavesVersion1(project)) return
  const { loose, mark, bare } = project.survey(obstacles)
  const notes = [
    ...(bare ? [`\`bodyParser()\` (${bare}) throws in version 2`] : []),
    ...(mark ? [`${mark} looks at \`_body\`, which version 2 neither sets nor heeds`] : []),
    ...(loose
      ? [
          `where the parser of ${loose} is mounted is not seen: in version 2 it leaves \`req.body\` undefined when there is nothing to parse`,
        ]
      : []),
  ]
  for (const section of SECTIONS)
    for (const { key, value } of file.entries(section)) {
      if (key !== NAME || typeof value.value !== 'string') continue
      const raised = raiseRange(value.value, TARGET)
      if (raised.is === 'fine') continue
      const draft = {
        at: value,
        message: `a body that \`express.json()\` has read is read again by \`${NAME}\` 1; it goes to ${TARGET}, the version that Express 5 uses, or \`express.json()\` and its like take its place`,
        evidence: { certainty: 'proven' as const, steps: [{ what: `\`${key}\` in ${section} of ${file.path}` }] },
      }
      const level = notes.length > 0 ? 'review' : 'safe'
      if (raised.is === 'unclear') yield { ...draft, notes: [raised.why, ...notes] }
      else
        yield {
          ...draft,
          notes,
          fix: fix(level, `Raise to \`${raised.range}\``, replace(value.inner, raised.range)),
        }
    }
}

function* inCode(file: JavaScriptFile, project: ProjectFacts): Iterable<Draft> {
  for (const { call, evidence } of leavesVersion1(project) ? packageParsers(file) : []) {
    const name = parserName(file, unwrap(call.callee))
    const message =
      '`bodyParser()` throws in version 2; use `bodyParser.json()` and `bodyParser.urlencoded({ extended: true })`'
    if (name === undefined) yield { at: call, message, evidence }
    else if (name === 'urlencoded') yield* unsaidExtended(file, { call, evidence })
  }
  // body-parser 1 by itself goes on setting and heeding the mark
  for (const use of project.survey(hasOwnParser) ? file.members([Request], '_body') : []) {
    const parent = parentOf(use.node)
    const isSet = parent?.type === 'AssignmentExpression' && parent.left === use.node
    yield {
      at: use.property,
      message: isSet
        ? '`req._body` no longer keeps the parsers away, which overwrite `req.body`; mount them only where they are wanted'
        : '`req._body` is no longer set by the parsers; look at `req.body`',
      evidence: use,
    }
  }
}
