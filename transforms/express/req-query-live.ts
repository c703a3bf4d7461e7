import {
  argumentsOf,
  children,
  type Draft,
  defineChange,
  isCall,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from '#kit'
import { writableQuery } from './applications/writable-query.ts'
import { Request } from './provider.ts'
import { keepsQuery } from './requests/kept-query.ts'

export default defineChange({
  title: '`req.query` follows `req.url`, and is no property of the request itself',
  why: 'Express 4 parsed the query once, before the first middleware, and stored it in the request. Now it is a getter of the prototype: after `req.url = …` it is the query of the new address, and `{ ...req }` or `Object.keys(req)` do not have it. Nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#reqquery',
  fixable: 'never',

  format: 'javascript',
  mentions: [
    /\.\s*url\s*=[^=]/,
    /\[\s*['"]url['"]\s*\]\s*=[^=]/,
    /\.\.\.\s*\w*[rR]eq/,
    /Object\.(?:keys|entries|values|assign)\(/,
  ],
  *find(file, project) {
    const drafts = [...rewritten(file), ...copies(file)]
    // where one statement makes the query a property, it is parsed once as before
    if (drafts.length === 0 || writableQuery(project, file).is === 'everywhere') return
    yield* drafts.sort((a, b) => a.at.start - b.at.start)
  },
})

/** `req.url = …`. */
function rewritten(file: JavaScriptFile): Draft[] {
  const isWritten = (node: Node) => assignmentTo(node) !== undefined
  return file.membersWhere([Request], isWritten, 'url').flatMap((use): Draft[] => {
    const parent = assignmentTo(use.node)
    if (!parent || keepsQuery(file, parent.right as Node, file.source(unwrap(use.object)))) return []
    return [
      {
        at: parent,
        message: '`req.query` is the query of this address from here on; where the old one is meant, keep it first',
        evidence: use,
      },
    ]
  })
}

/** `node = …` */
function assignmentTo(node: Node) {
  const parent = parentOf(node)
  return parent?.type === 'AssignmentExpression' && parent.left === node ? parent : undefined
}

/** `{ ...req }`, `Object.keys(req)`, `Object.assign({}, req)`. */
function copies(file: JavaScriptFile): Draft[] {
  const spread = spreads(file.module.program)
  const listed = file.module.calls.flatMap((call) => {
    const callee = unwrap(call.callee)
    if (!isCall(call, false) || !isMember(callee) || file.source(callee.object) !== 'Object') return []
    const name = memberName(callee)
    if (name === 'assign') return argumentsOf(call).slice(1)
    return /^(?:keys|entries|values)$/.test(name ?? '') ? argumentsOf(call).slice(0, 1) : []
  })
  return [...spread, ...listed].flatMap((at) => {
    const evidence = file.evidence(at, [Request])
    // what only might be a request is listed for its own sake
    return evidence && evidence.certainty !== 'guessed'
      ? [{ at, message: '`query` is no property of the request itself any more, and missing here', evidence }]
      : []
  })
}

function spreads(root: Node): Node[] {
  const found: Node[] = []
  const waiting = [root]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.type === 'SpreadElement' && parentOf(node)?.type === 'ObjectExpression') found.push(node.argument as Node)
    waiting.push(...children(node))
  }
  return found
}
