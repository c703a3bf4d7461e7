import {
  type Draft,
  type DraftFix,
  defineChange,
  type FunctionPlace,
  fix,
  insertAfter,
  isCall,
  type JavaScriptFile,
  type Node,
  parentOf,
  type TypeProblem,
} from '#kit'
import { nodeAt } from './declarations/nodes.ts'

export default defineChange({
  title: 'The error of a callback of `res.sendFile()` has become optional in the types',
  why: 'Since `@types/express-serve-static-core` 5.1.3 the callback of `sendFile`, `download` and `render` may be called without an error, as it always was. A callback that declares `err: Error` no longer compiles.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/DefinitelyTyped/DefinitelyTyped/tree/master/types/express-serve-static-core',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [],
  redeclared: [
    {
      package: '@types/express-serve-static-core',
      now: 'export type Errback = (err?: Error) => void;',
      before: 'export type Errback = (err: Error) => void;',
    },
  ],
  *find(file, project) {
    for (const problem of project.typeProblems) yield draftFor(file, problem)
  },
})

function draftFor(file: JavaScriptFile, problem: TypeProblem): Draft {
  return {
    at: problem,
    message: 'the callback may be called without an error: write `err?: Error`',
    evidence: problem,
    fix: optional(file, nodeAt(file, problem)),
  }
}

/** `(err: Error)` → `(err?: Error)`, in every callback that an error of the compiler may be about. */
function optional(file: JavaScriptFile, at: Node): DraftFix | undefined {
  const places = callbacks(file, at).flatMap(({ module, node }) => {
    const first = node.params[0] as Node | undefined
    if (!/\.[cm]?tsx?$/.test(module.path)) return []
    if (first?.type !== 'Identifier' || first.optional || !first.typeAnnotation) return []
    const name = { start: first.start, end: first.start + first.name.length }
    return [insertAfter(name, '?', module === file.module ? undefined : module.path)]
  })
  return places.length === 0 ? undefined : fix('safe', 'Make the error optional', ...places)
}

/** The functions that an error is reported at: itself, or what the call around it is given. */
function callbacks(file: JavaScriptFile, at: Node): readonly FunctionPlace[] {
  const own = file.functions(at).found
  if (own.length > 0) return own
  for (let up: Node | undefined = at; up; up = parentOf(up))
    if (isCall(up)) return (up.arguments as Node[]).flatMap((argument) => file.functions(argument).found)
  return []
}
