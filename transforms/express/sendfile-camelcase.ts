import {
  defineChange,
  fix,
  insertAfter,
  insertBefore,
  isFunction,
  type JavaScriptFile,
  keyName,
  literalText,
  type MemberCall,
  type Node,
  replace,
} from '#kit'
import { isAbsolute } from './handlers/absolute-paths.ts'
import { readsUrl, stringsIn } from './handlers/expressions.ts'
import { renamed } from './handlers/layout.ts'
import { Next, Response } from './provider.ts'

export default defineChange({
  title: '`res.sendfile()` was removed',
  why: 'The method is called `sendFile` and wants an absolute path or a `root`. The call throws "res.sendfile is not a function" when a request reaches it.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#ressendfile',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['sendfile'],
  names: ['sendfile'],
  *find(file) {
    for (const use of file.members([Response], 'sendfile'))
      yield {
        at: use.property,
        message: 'the method is `sendFile`, with an absolute path or a `root`',
        evidence: use,
        ...(use.call ? rewrite(file, use as MemberCall) : { notes: ['it is not called here'] }),
      }
    for (const use of file.destructured([Response], 'sendfile'))
      yield { at: use.property, message: '`sendfile` is taken out of the response, but is gone', evidence: use }
  },
})

const DOUBTFUL =
  'the path is not known to be absolute; `path.resolve()` around it would let `../` leave the folder, which Express 4 refused: give `sendFile` a `root`'
const DECODED = 'Express 4 decoded `%` in the path and served folders that start with a dot; `sendFile` does neither'
const OPTIONS = '`hidden` and `from` are gone too: write `dotfiles` and `root`'

function rewrite(file: JavaScriptFile, use: MemberCall) {
  const [path, second] = use.arguments
  if (!path || path.type === 'SpreadElement') return { notes: [DOUBTFUL] }
  if (readsUrl(file, path) || stringsIn(file, path).some((text) => /%|(?:^|[\\/])\.[^./\\]/.test(text)))
    return { notes: [DECODED] }
  const options = optionsOf(second)
  if (options?.has('hidden') || options?.has('from')) return { notes: [OPTIONS] }
  const rename = replace(use.property, renamed(file, use.property, 'sendFile'))
  if (options?.has('root') || isAbsolute(file, path)) return { fix: fix('safe', 'Rename to `sendFile`', rename) }
  const text = literalText(path)
  if (text === undefined || text.includes('..') || text === '') return { notes: [DOUBTFUL] }
  const root = withRoot(file, path, second)
  if (!root) return { notes: ['the options come from elsewhere; they need `root: process.cwd()`'] }
  return { fix: fix('safe', 'Rename to `sendFile`, with the root that Express 4 took', rename, root) }
}

/** The keys of options written in place; undefined for anything else, and for options with a spread in them. */
function optionsOf(options: Node | undefined): Set<string | undefined> | undefined {
  if (options?.type !== 'ObjectExpression') return undefined
  if (options.properties.some((property) => property.type === 'SpreadElement')) return undefined
  return new Set(options.properties.map((property) => keyName(property as { key: Node })))
}

/** Says the root of a relative path: the folder of the process, as Express 4 had it. */
function withRoot(file: JavaScriptFile, path: Node, second: Node | undefined) {
  if (!second) return insertAfter(path, ', { root: process.cwd() }')
  if (isFunction(second) || file.known(second).type === 'function' || file.evidence(second, [Next]))
    return insertBefore(second, '{ root: process.cwd() }, ')
  if (second.type !== 'ObjectExpression' || !optionsOf(second)) return undefined
  const first = second.properties[0] as Node | undefined
  return first ? insertBefore(first, 'root: process.cwd(), ') : replace(second, '{ root: process.cwd() }')
}
