import {
  type Draft,
  defineChange,
  type Evidence,
  fix,
  indentationAt,
  insertAfter,
  isCall,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { writableQuery } from './applications/writable-query.ts'
import { handlerAround } from './handlers/handler.ts'
import { indentUnit, semicolonAt } from './handlers/layout.ts'
import { goesOn, type QueryWrite, queriesOfRequest, queryWrites } from './requests/query-writes.ts'

/** Middleware that writes to `req.query`, and what becomes of it: each was run on both versions. */
const SANITIZERS: Readonly<Record<string, string>> = {
  'express-mongo-sanitize': 'it assigns `req.query`, and every request fails',
  'xss-clean': 'it assigns `req.query`, and every request fails; the package is no longer maintained',
  hpp: 'it no longer protects: `?a=1&a=2` stays a list',
}
/** Methods of express-validator that write the new value back. */
const WRITES_BACK =
  /^(?:toInt|toFloat|toBoolean|toDate|toArray|toLowerCase|toUpperCase|trim|ltrim|rtrim|escape|unescape|blacklist|whitelist|stripLow|normalizeEmail|default|replace|customSanitizer)$/

export default defineChange({
  title: 'What is written into `req.query` is lost',
  why: '`req.query` is a getter that parses the query string at every access, so `req.query.page = 1`, `delete req.query.x` and sanitizers that clean the object in place change a copy that nobody sees again. Nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqquery',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bquery\b/, ...Object.keys(SANITIZERS)],
  *find(file, project) {
    const writes = queryWrites(file)
    const packages = [...sanitizers(file), ...validators(file)]
    if (writes.length === 0 && packages.length === 0) return
    const writable = writableQuery(project, file)
    if (writable.is === 'everywhere') return
    const seen = new Set<Node>()
    for (const write of writes) {
      const local = project.modern || !writable.fix ? hoisted(file, write, seen) : undefined
      if (local === 'done') continue
      yield {
        at: write.at,
        message: '`req.query` is parsed anew at every access, so what is written into it is lost',
        evidence: write.evidence,
        fix: local ?? writable.fix,
        ...(writable.fix
          ? {}
          : {
              notes: [
                'no application is made here, except in tests and examples; whoever mounts this has to keep the query',
              ],
            }),
      }
    }
    if (writable.fix) for (const draft of packages) yield { ...draft, fix: writable.fix }
  },
})

/** `const query = req.query` at the top of a handler that nobody comes after; `done` for the second place of one handler. */
function hoisted(file: JavaScriptFile, { request }: QueryWrite, seen: Set<Node>) {
  const fn = request && handlerAround(file, request)
  if (!fn || !request || fn.body.type !== 'BlockStatement' || goesOn(file, request)) return undefined
  if (seen.has(fn)) return 'done'
  const isTaken = file.module
    .identifiersNamed('query')
    .some((id) => id.start >= fn.start && id.end <= fn.end && !(isMember(parentOf(id)) && !isObject(id)))
  if (isTaken) return undefined
  seen.add(fn)
  const body = fn.body as Node & { type: 'BlockStatement' }
  const first = body.body[0] as Node
  const onOneLine = !/[\r\n]/.test(file.text.slice(body.start, first.start))
  const indent = onOneLine ? '' : indentationAt(file.text, first.start) || indentUnit(file)
  const end = onOneLine ? ';' : semicolonAt(file, body.body as Node[])
  const at = body.directives.length > 0 ? (body.directives.at(-1) as Node).end : body.start + 1
  return fix(
    'safe',
    'Keep the query in a variable',
    insertAfter(
      { start: at, end: at },
      `${onOneLine ? ' ' : `\n${indent}`}const query = ${file.source(request)}.query${end}`,
    ),
    ...queriesOfRequest(file, fn, request).map((member) => replace(member, 'query')),
  )
}

function isObject(id: Node): boolean {
  const parent = parentOf(id)
  return isMember(parent) && parent.object === id
}

/** Where middleware that cleans the query is loaded. */
function sanitizers(file: JavaScriptFile): Draft[] {
  return file.module.mentions.flatMap(({ specifier, node }): Draft[] => {
    const effect = Object.hasOwn(SANITIZERS, specifier) ? SANITIZERS[specifier] : undefined
    if (!effect) return []
    return [
      {
        at: node,
        message: `\`${specifier}\` writes to \`req.query\`, which is parsed anew at every access: ${effect}`,
        evidence: loaded(file, specifier, node),
      },
    ]
  })
}

/** `query('page').toInt()` of express-validator: valid as before, but handlers see the text that was sent. */
function validators(file: JavaScriptFile): Draft[] {
  return file.module.calls.flatMap((call): Draft[] => {
    const callee = isCall(call, false) ? unwrap(call.callee) : undefined
    if (callee?.type !== 'Identifier' || !/^(?:query|check)$/.test(callee.name)) return []
    const isValidator = file
      .known(callee)
      .alternatives.some((v) => v.is === 'unknown' && v.from === 'express-validator')
    const writing = isValidator ? chain(call).find((property) => WRITES_BACK.test(file.source(property))) : undefined
    if (!writing) return []
    return [
      {
        at: writing,
        message: 'the cleaned value is written to `req.query` and lost; `matchedData(req)` has it',
        evidence: loaded(file, 'express-validator', call),
      },
    ]
  })
}

/** The names of the methods called behind a call. */
function chain(call: Node): Node[] {
  const found: Node[] = []
  for (let at = call, up = parentOf(at); isMember(up) && up.object === at; up = parentOf(at)) {
    if (memberName(up) !== undefined) found.push(up.property as Node)
    const outer = parentOf(up)
    if (!isCall(outer, false) || outer.callee !== up) break
    at = outer
  }
  return found
}

function loaded(file: JavaScriptFile, specifier: string, node: Node): Evidence {
  return {
    certainty: 'proven',
    steps: [{ what: `the package '${specifier}'`, at: file.module.locate(node.start) }],
  }
}
