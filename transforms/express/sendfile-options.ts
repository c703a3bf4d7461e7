import {
  type Draft,
  type DraftFix,
  defineChange,
  fix,
  insertBefore,
  isFunction,
  isMember,
  type JavaScriptFile,
  literalText,
  type MemberCall,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
  type Survey,
  unwrap,
} from '#kit'
import { isAside } from './files/asides.ts'
import { cutPath, leadsThroughDotFolder, startOf } from './files/dot-folders.ts'
import { isInstalledByOthers } from './files/installed.ts'
import { hasComment, quoteOf, renamed } from './handlers/layout.ts'
import { App, Next, Response } from './provider.ts'
import { removeProperty } from './removals/property.ts'
import { withoutHidden } from './static/hidden.ts'
import {
  type Given,
  givenOptions,
  isOpen,
  isRemovable,
  type Options,
  propertyOf,
  valueOfProperty,
} from './static/options.ts'

export default defineChange({
  title: '`hidden`, `from`, `etag` and folders with a dot are no longer what they were in `res.sendFile()`',
  why: 'The options `hidden` and `from` are not read any more, `etag` is overwritten with the setting of the application (in the very object that was given, which must not be frozen), and a path through a folder whose name starts with a dot answers 404, also where that is the folder in which the program is installed. The setting `etag`, when it is off, is off for files, too.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#ressendfile-options',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\b(?:sendFile|download)\b/, /['"`]etag['"`]/],
  *find(file, project) {
    yield* etagsOff(file, project)
    for (const use of file.calls([Response], 'sendFile', 'download')) {
      const argument = optionsArgument(file, use)
      const given = givenOptions(file, argument)
      const objects = given.is === 'own' ? [given.object] : given.is === 'shared' ? given.objects : []
      for (const object of objects) yield* oldOptions(file, use, object, given)
      if (argument && use.name === 'sendFile') yield* writtenTo(file, use, argument)
      yield* dotFolder(file, project, use, given)
    }
  },
})

/** `sendFile(path, options)`, `download(path, options)`, `download(path, name, options)`. */
function optionsArgument(file: JavaScriptFile, { name, arguments: given }: MemberCall): Node | undefined {
  if (given.some(({ type }) => type === 'SpreadElement')) return undefined
  const candidates = name === 'download' ? given.slice(1, 3) : given.slice(1, 2)
  return candidates.find((argument) => {
    const isCallback = isFunction(unwrap(argument)) || file.evidence(argument, [Next])
    return !isCallback && !/^(?:string|function)$/.test(file.known(argument).type ?? '')
  })
}

// ---- hidden, from, etag ---------------------------------------------------------------------------

function* oldOptions(file: JavaScriptFile, use: MemberCall, object: Options, given: Given): Iterable<Draft> {
  const hidden = propertyOf(object, 'hidden')
  if (hidden) {
    const replacement = given.is === 'own' ? withoutHidden(file, object, quoteOf(file.module)) : undefined
    yield {
      at: hidden.key,
      message: '`hidden` is not read any more; `dotfiles` says what is sent',
      evidence: use,
      fix: replacement && fix('safe', replacement.title, replacement.edit),
    }
  }
  const from = propertyOf(object, 'from')
  if (from)
    yield {
      at: from.key,
      message: '`from` is not read any more; the option is `root`',
      evidence: use,
      fix: given.is === 'own' ? rootInstead(file, use, object, from) : undefined,
    }
  const etag = propertyOf(object, 'etag')
  const value = etag && valueOfProperty(etag)
  if (etag && !(value?.type === 'BooleanLiteral' && value.value))
    yield {
      at: etag.key,
      message: "`etag` is overwritten: whether there is an ETag is up to the application's setting `etag` alone",
      evidence: use,
    }
}

/** `from` was read only where there was no `root`, and only for a path that starts with a slash. */
function rootInstead(
  file: JavaScriptFile,
  use: MemberCall,
  object: Options,
  from: Node & { key: Node },
): DraftFix | undefined {
  if (isOpen(object) || use.name !== 'sendFile') return undefined
  if (propertyOf(object, 'root')) {
    const edit = isRemovable(from) ? removeProperty(file, object, from) : undefined
    return edit && fix('safe', 'Remove `from`, which had no effect', edit)
  }
  const path = literalText(use.arguments[0])
  if (path !== undefined && !path.startsWith('/')) return undefined
  const isShort = from.type === 'ObjectProperty' && from.shorthand
  const edit = isShort ? insertBefore(from, 'root: ') : replace(from.key, renamed(file, from.key, 'root'))
  return fix('safe', 'Rename to `root`', edit)
}

// ---- the setting ----------------------------------------------------------------------------------

const sendsFiles: Survey<boolean> = {
  mentions: [/\b(?:sendFile|download)\b/],
  look: (files) => {
    for (const file of files) if (file.calls([Response], 'sendFile', 'download').length > 0) return true
    return false
  },
}

/** `app.disable('etag')`, which did not concern files. */
function* etagsOff(file: JavaScriptFile, project: ProjectFacts): Iterable<Draft> {
  for (const use of file.calls([App], 'disable', 'set')) {
    const [setting, value] = use.arguments
    if (literalText(setting) !== 'etag' || (use.name === 'set' && !(value && isOff(value)))) continue
    if (!project.survey(sendsFiles)) continue
    yield {
      at: setting as Node,
      message: 'without this setting `sendFile()` and `download()` send no ETag any more, which they did in Express 4',
      evidence: use,
      notes: ['a request that knows the file is answered by its date alone: `Last-Modified` is still sent'],
    }
  }
}

function isOff(value: Node): boolean {
  const node = unwrap(value)
  return node.type === 'BooleanLiteral' && !node.value
}

// ---- options that are written to ------------------------------------------------------------------

/** Express 5 puts `etag` into the options it is given: frozen ones throw, and others that are used elsewhere get a stray key. */
function* writtenTo(file: JavaScriptFile, use: MemberCall, argument: Node): Iterable<Draft> {
  const node = unwrap(argument)
  if (node.type !== 'Identifier' && !isMember(node) && !isFreeze(node)) return
  const { alternatives } = file.known(node)
  const isFrozen = isFreeze(node) || alternatives.some((v) => v.is === 'object' && isFreeze(parentOf(v.node)))
  if (!isFrozen && !isUsedElsewhere(file, node)) return
  yield {
    at: argument,
    message: isFrozen
      ? '`etag` is written into these options, which are frozen: it throws'
      : '`etag` is written into these options, which are used for something else too',
    evidence: use,
    fix: fix('safe', 'Hand over a copy', replace(argument, copyOf(file, node))),
  }
}

/** Options that may be written to: another object, or the one that is frozen in place. */
function copyOf(file: JavaScriptFile, options: Node): string {
  const [frozen] = isFreeze(options) && options.type === 'CallExpression' ? (options.arguments as Node[]) : []
  return frozen?.type === 'ObjectExpression' ? file.source(frozen) : `{ ...${file.source(options)} }`
}

function isFreeze(node: Node | undefined): boolean {
  const callee = node?.type === 'CallExpression' ? unwrap(node.callee) : undefined
  return (
    isMember(callee) &&
    callee.object.type === 'Identifier' &&
    callee.object.name === 'Object' &&
    !callee.computed &&
    callee.property.type === 'Identifier' &&
    callee.property.name === 'freeze'
  )
}

/** True if a constant object is read by something that is no second argument of a call of `sendFile`. */
function isUsedElsewhere(file: JavaScriptFile, node: Node): boolean {
  const binding = node.type === 'Identifier' ? file.module.binding(node) : undefined
  const [declaration] = binding?.declarations ?? []
  const init = declaration?.type === 'VariableDeclarator' ? declaration.init : undefined
  if (!binding || init?.type !== 'ObjectExpression') return false
  return file.module.references(binding).some((reference) => {
    const call = parentOf(reference)
    const isOption =
      call?.type === 'CallExpression' && isMember(call.callee) && /\bsendFile\b/.test(file.source(call.callee.property))
    return !isOption && !isMember(call) && call?.type !== 'SpreadElement'
  })
}

// ---- folders with a dot ---------------------------------------------------------------------------

function* dotFolder(file: JavaScriptFile, project: ProjectFacts, use: MemberCall, given: Given): Iterable<Draft> {
  const [path] = use.arguments
  if (!path || path.type === 'SpreadElement') return
  const message = leadsThroughDotFolder(file, path)
    ? 'the path leads through a folder that starts with a dot, which now answers 404'
    : hasRoot(given)
      ? undefined
      : whereInstalled(file, project, path)
  if (message === undefined) return
  if (given.is === 'own' && (propertyOf(given.object, 'dotfiles') || propertyOf(given.object, 'hidden'))) return
  const found = use.name === 'sendFile' ? withRoot(file, use, path, given) : undefined
  yield {
    at: path,
    message,
    evidence: use,
    ...(found
      ? { fix: found, ...(found.applicability === 'review' ? { notes: [NARROWER] } : {}) }
      : { notes: ['a folder given as `root` is not checked: `res.sendFile(name, { root: folder })`'] }),
  }
}

/** What becomes of a file whose folder is chosen by whoever installs it. */
function whereInstalled(file: JavaScriptFile, project: ProjectFacts, path: Node): string | undefined {
  const start = startOf(file, path)
  if (start === 'package')
    return 'where a package manager keeps packages below a folder with a dot (`node_modules/.pnpm`), it answers 404 now'
  return start === 'own-folder' && !isAside(file.path) && isInstalledByOthers(project)
    ? 'where this is installed below a folder with a dot (`node_modules/.pnpm`, `~/.npm/_npx`), it answers 404 now'
    : undefined
}

function hasRoot(given: Given): boolean {
  const objects = given.is === 'own' ? [given.object] : given.is === 'shared' ? given.objects : []
  return objects.some((object) => propertyOf(object, 'root'))
}

const NARROWER = 'a name that leads out of the folder, or to a file that starts with a dot, is refused'

/** `sendFile(join(root, name))` → `sendFile(name, { root })`: what lies in `root` is not checked. */
function withRoot(file: JavaScriptFile, use: MemberCall, path: Node, given: Given): DraftFix | undefined {
  const cut = cutPath(file, path)
  const [, second] = use.arguments
  if (!cut || hasComment(file, path)) return undefined
  const options = rootOption(given, second, cut.root)
  return (
    options &&
    fix(
      cut.isPlain ? 'safe' : 'review',
      'Give the folder as `root`',
      replace(path, `${cut.rest}${options.behind}`),
      ...options.edits,
    )
  )
}

function rootOption(given: Given, second: Node | undefined, root: string) {
  const none = { behind: `, { root: ${root} }`, edits: [] }
  if (!second || given.is === 'none') return none
  if (given.is !== 'own' || unwrap(second) !== given.object) return undefined
  const { object } = given
  if (isOpen(object) || propertyOf(object, 'root') || propertyOf(object, 'from')) return undefined
  const [first] = object.properties
  const text = `root: ${root}`
  const edit = first ? insertBefore(first as Node, `${text}, `) : replace(object, `{ ${text} }`)
  return { behind: '', edits: [edit] }
}
