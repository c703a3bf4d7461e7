import {
  type CallUse,
  type Draft,
  type DraftFix,
  defineChange,
  fix,
  indentationAt,
  insertBefore,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { isJoin } from './files/dot-folders.ts'
import { projectFolder } from './files/folders.ts'
import { hasComment, quoteOf } from './handlers/layout.ts'
import { App, Router, StaticFactory } from './provider.ts'
import { isSet } from './static/hidden.ts'
import { givenOptions, isOpen, type Options, propertyOf, valueOfProperty } from './static/options.ts'

export default defineChange({
  title: '`express.static()` no longer serves what lies in folders that start with a dot',
  why: "Express 4 refused files that start with a dot but served those in such folders: `/.well-known/security.txt` now answers 404. Do not follow the guide to `dotfiles: 'allow'`, which also makes `/.env` public; a folder that is itself the root is not checked, so it gets a mount of its own.",
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#expressstatic-dotfiles',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bstatic\b/],
  *find(file, project) {
    const uses = file.callsOf(StaticFactory)
    const served = new Set(uses.map((use) => use.arguments[0] && projectFolder(file, use.arguments[0], project.folder)))
    for (const use of uses) {
      const [root] = use.arguments
      if (!root || saysDotfiles(file, use)) continue
      const folder = projectFolder(file, root, project.folder)
      const found = folder === undefined ? undefined : project.dotFolders(folder)
      if (found === undefined) {
        if (/['"`/]\.well-known\b/.test(file.text))
          yield {
            at: use.call.callee as Node,
            message: 'if `.well-known` lies in here, it is not served any more',
            evidence: use,
          }
        continue
      }
      const missing = found.filter((name) => !served.has(folder === '.' ? name : `${folder}/${name}`))
      if (missing.length > 0) yield judge(file, use, root, missing)
    }
  },
})

/** True if the options decide themselves what is served. */
function saysDotfiles(file: JavaScriptFile, use: CallUse): boolean {
  const given = givenOptions(file, use.arguments[1])
  const objects = given.is === 'own' ? [given.object] : given.is === 'shared' ? given.objects : []
  return objects.some((object) => isSet(object, 'dotfiles') || isShown(object))
}

/** True for `hidden` that is not literally false: it has a change of its own. */
function isShown(object: Options): boolean {
  const property = propertyOf(object, 'hidden')
  const value = property && valueOfProperty(property)
  return isSet(object, 'hidden') && !(value?.type === 'BooleanLiteral' && !value.value)
}

function judge(file: JavaScriptFile, use: CallUse, root: Node, folders: readonly string[]): Draft {
  const names = folders.map((name) => `\`${name}\``).join(', ')
  const mount = ownMounts(file, use, root, folders)
  return {
    at: use.call.callee as Node,
    message: `what lies in ${names} is not served any more`,
    evidence: use,
    ...(mount
      ? {
          fix: mount,
          notes: ['the folder itself, asked for without a slash at its end, answers with a redirect instead of 404'],
        }
      : {
          notes: [
            "give each folder a mount of its own in front: `app.use('/.well-known', express.static('…/.well-known'))`",
          ],
        }),
  }
}

/** `app.use('/.well-known', express.static(…/.well-known))` in front of the statement that mounts the root. */
function ownMounts(
  file: JavaScriptFile,
  { call, arguments: given }: CallUse,
  root: Node,
  folders: readonly string[],
): DraftFix | undefined {
  const use = parentOf(call)
  const statement = use && parentOf(use)
  const list = statement && parentOf(statement)
  if (!isCall(use, false) || statement?.type !== 'ExpressionStatement') return undefined
  if (!/^(?:Program|BlockStatement)$/.test(list?.type ?? '') || hasComment(file, statement)) return undefined
  const callee = unwrap(use.callee)
  if (!isMember(callee) || memberName(callee) !== 'use' || isCall(unwrap(callee.object), false)) return undefined
  if (!file.evidence(callee.object, [App, Router])) return undefined
  const prefix = prefixOf(use.arguments as unknown as readonly Node[], call)
  const options = givenOptions(file, given[1])
  if (
    prefix === undefined ||
    options.is === 'unknown' ||
    (options.is === 'own' && (isOpen(options.object) || propertyOf(options.object, 'hidden')))
  )
    return undefined
  const quote = quoteOf(file.module)
  const rest = given
    .slice(1)
    .map((argument) => `, ${file.source(argument)}`)
    .join('')
  const end = file.source(statement).endsWith(';') ? ';' : ''
  const indent = indentationAt(file.text, statement.start)
  const mounts = folders.map(
    (name) =>
      `${file.source(callee)}(${quote}${prefix}/${name}${quote}, ${file.source(call.callee)}(${below(file, root, name)}${rest}))${end}\n${indent}`,
  )
  return fix('review', 'Mount the folder by itself', insertBefore(statement, mounts.join('')))
}

/** The path in front of the only handler; empty for none. */
function prefixOf(all: readonly Node[], handler: Node): string | undefined {
  if (all.length === 1) return all[0] === handler ? '' : undefined
  const path = literalText(all[0])
  if (all.length !== 2 || all[1] !== handler || path === undefined || !/^\/[\w./-]*$/.test(path)) return undefined
  return path.replace(/\/$/, '')
}

/** The source of a folder below the root. */
function below(file: JavaScriptFile, root: Node, name: string): string {
  const node = unwrap(root)
  const text = file.source(node)
  if (node.type === 'StringLiteral') return `${text.slice(0, -1).replace(/\/$/, '')}/${name}${text.at(-1)}`
  if (isJoin(node) && !/,\s*\)$/.test(text)) {
    const quote = quoteOf(file.module)
    return `${text.slice(0, -1)}, ${quote}${name}${quote})`
  }
  if (node.type === 'BinaryExpression' && node.right.type === 'StringLiteral')
    return `${text.slice(0, -1).replace(/\/$/, '')}/${name}${text.at(-1)}`
  return `\`\${${text}}/${name}\``
}
