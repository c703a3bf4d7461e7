import { type CallNode, type Draft, defineChange, fix, type JavaScriptFile } from '#kit'
import { behindCreation, type Creation, creationsIn, hasParser, parserSettings } from './applications/creation.ts'
import { type Application, lateSettings, outermostOf, settingOf } from './applications/mounting.ts'
import { quoteOf } from './handlers/layout.ts'

const NOTE =
  'Express 4 read queries with the parser of the outermost application; see upgrade-kit explain express/query-parser-subapp'
/** What Express 4 had, and what the other change writes. */
const DEFAULT = "'extended'"

export default defineChange({
  title: 'A mounted application has a query parser of its own',
  why: 'Express 4 parsed the query once, with the parser of the outermost application, as that was set before its first `use`. Express 5 asks the application that handles the request at each access: the `query parser` of a parent is not inherited by a mounted `express()`, and a setting that Express 4 ignored (of a mounted application, or after the first `use`) takes effect. Routers are not concerned.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqquery',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bexpress\b/],
  *find(file, project) {
    for (const creation of creationsIn(file)) {
      for (const call of lateSettings(file, creation))
        yield {
          at: call,
          message: 'this parser takes effect now: Express 4 ignored it, because it is set after the first middleware',
          evidence: creation.use,
        }
      const outermost = outermostOf(project, file, creation)
      if (!outermost) continue
      if (hasParser(creation)) yield* ignoredBefore(file, creation, outermost)
      else yield* inherited(file, creation, outermost)
    }
  },
})

function* inherited(file: JavaScriptFile, creation: Creation, outermost: Application): Iterable<Draft> {
  const { parser } = outermost
  // the default of Express 5 is what the parent says
  if (parser === undefined || isSame(parser, "'simple'") || parser === 'true') return
  const draft = {
    at: creation.use.call,
    message: `it is mounted on the application of ${outermost.file}, whose parser \`${parser.slice(0, 60)}\` it does not inherit any more`,
    evidence: creation.use,
  }
  if (!outermost.isLiteral) {
    yield draft
    return
  }
  const quote = quoteOf(file.module)
  const call = `.set(${quote}query parser${quote}, ${parser.replace(/^['"`]|['"`]$/g, quote)})`
  const edit = behindCreation(file, creation, {
    statement: (holder, end) => [`${holder}${call}${end} // ${NOTE}`],
    chained: call,
  })
  yield { ...draft, fix: fix('safe', 'Set the parser of the outermost application', edit) }
}

function* ignoredBefore(file: JavaScriptFile, creation: Creation, outermost: Application): Iterable<Draft> {
  const effective = outermost.parser ?? DEFAULT
  for (const call of parserSettings(creation) as CallNode[]) {
    const value = settingOf(call)
    if (value && isSame(file.source(value), effective)) continue
    yield {
      at: call,
      message: `this parser takes effect now: Express 4 ignored it, because the application is mounted on the one of ${outermost.file}, which had \`${effective.slice(0, 60)}\``,
      evidence: creation.use,
    }
  }
}

function isSame(one: string, other: string): boolean {
  const plain = (text: string) => text.replace(/^['"`]|['"`]$/g, "'")
  return plain(one) === plain(other)
}
