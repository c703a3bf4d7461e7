import { defineChange, fix, type JavaScriptFile } from '#kit'
import { behindCreation, creationsIn, hasParser } from './applications/creation.ts'
import { outermostOf } from './applications/mounting.ts'
import { quoteOf } from './handlers/layout.ts'

const NOTE = 'keep Express 4 query strings; see upgrade-kit explain express/query-parser-default'

export default defineChange({
  title: 'Query strings are read flat by default',
  why: 'The default of the setting `query parser` went from `extended` to `simple`: `?filter[name]=x` gives `{ "filter[name]": "x" }`, and `?ids[]=1` no list under `ids`. Nothing is thrown. The setting is not inherited by a mounted application, so every `express()` needs it.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqquery',
  fixable: 'always',

  format: 'javascript',
  mentions: [/\bexpress\b/],
  *find(file, project) {
    for (const creation of creationsIn(file)) {
      // what is mounted on an application with a parser of its own gets that one, by another change
      if (hasParser(creation) || outermostOf(project, file, creation)?.parser !== undefined) continue
      yield {
        at: creation.use.call,
        message:
          "set the 'query parser' to 'extended' to keep nested query strings; remove it where no client sends any",
        evidence: creation.use,
        fix: fix('safe', "Set the 'query parser' to 'extended'", behindCreation(file, creation, insertion(file))),
        notes: [
          'lists of more than 20 elements become objects all the same: Express 5 reads them with the limit of `qs`',
        ],
      }
    }
  },
})

function insertion(file: JavaScriptFile) {
  const quote = quoteOf(file.module)
  const call = `.set(${quote}query parser${quote}, ${quote}extended${quote})`
  return {
    statement: (holder: string, semicolon: string) => [`${holder}${call}${semicolon} // ${NOTE}`],
    chained: call,
  }
}
