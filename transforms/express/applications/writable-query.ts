import { type DraftEdit, type DraftFix, fix, type JavaScriptFile, type ProjectFacts, type Survey } from '#kit'
import { isAside } from '../files/asides.ts'
import { behindCreation, creationsIn, startsWith } from './creation.ts'

/** The applications of a package, as far as their `req.query` is concerned. */
interface QueryHolder {
  /** True if `req.query` is made an ordinary property already. */
  readonly isWritable: boolean
  /** Made by a test, an example or the like, which nobody who uses the package runs. */
  readonly isAside: boolean
  /** The edit that makes it one. */
  readonly edit: DraftEdit
}

const NOTE =
  'Express 4 behaviour: `req.query` is parsed once and may be written to; remove this when nothing writes to it any more'
const SHORT_NOTE = 'Express 4: `req.query` may be written to'
const PROPERTY = 'value: req.query, writable: true, enumerable: true, configurable: true'
/** Source of a middleware that makes the query a property that can be written to. */
const KEEPS_QUERY =
  /defineProperty\(\s*\w+\s*,\s*(['"`])query\1[\s\S]*\b(?:writable\s*:\s*true|set)\b|__defineSetter__\(\s*(['"`])query\2/
/** Source of a middleware that gives a request a query of its own. */
export const DEFINES_QUERY = /defineProperty\(\s*\w+\s*,\s*(['"`])query\1|__defineGetter__\(\s*(['"`])query\2/

const holders: Survey<readonly QueryHolder[]> = {
  mentions: [/\bexpress\b/],
  look: (files) =>
    [...files].flatMap((file) =>
      creationsIn(file).map((creation) => ({
        isWritable: startsWith(file, creation, KEEPS_QUERY),
        isAside: isAside(file.path),
        edit: behindCreation(file, creation, {
          statement: (app, end) => [
            `// ${NOTE}`,
            `${app}.use((req, _res, next) => {`,
            `\tObject.defineProperty(req, 'query', { ${PROPERTY} })${end}`,
            `\tnext()${end}`,
            `})${end}`,
          ],
          chained: `.use(/* ${SHORT_NOTE} */ (req, _res, next) => { Object.defineProperty(req, 'query', { ${PROPERTY} }); next() })`,
        }),
      })),
    ),
}

/** Whether `req.query` can be written to, in all applications of a package. */
export interface WritableQuery {
  /** `everywhere`: nothing is lost; `nowhere`: the package makes no application that could be changed. */
  readonly is: 'everywhere' | 'missing' | 'no-application'
  /** One statement for each application that lacks it. The same edits for every place that asks. */
  readonly fix?: DraftFix
}

/**
 * Looks at all applications of the package for the one statement that keeps `req.query` as Express 4 had it. Those of its
 * tests and examples do not serve the users of a library, so they count alone only for what is written there.
 *
 * @param file what writes to `req.query`
 */
export function writableQuery(project: ProjectFacts, file: JavaScriptFile): WritableQuery {
  const found = project.survey(holders)
  if (found.every((holder) => holder.isAside && !isAside(file.path))) return { is: 'no-application' }
  const edits = found.filter(({ isWritable }) => !isWritable).map(({ edit }) => edit)
  if (edits.length === 0) return { is: 'everywhere' }
  return { is: 'missing', fix: fix('safe', 'Make `req.query` an ordinary property of each request', ...edits) }
}
