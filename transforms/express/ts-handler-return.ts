import {
  type Draft,
  type DraftFix,
  defineChange,
  fix,
  isCall,
  type JavaScriptFile,
  type Node,
  replace,
  type TypeProblem,
  unwrap,
} from '#kit'
import { nodeAt, subjectOf } from './declarations/nodes.ts'
import { standsAlone } from './handlers/expressions.ts'

export default defineChange({
  title: 'Handlers are declared to return `unknown`',
  why: 'A handler of Express 5 may return a promise, so what one returns is `unknown` since `@types/express-serve-static-core` 5.0.7, and no longer `void`. Code that hands the result of a call on as `void` no longer compiles.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/DefinitelyTyped/DefinitelyTyped/tree/master/types/express-serve-static-core',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [],
  redeclared: [
    { package: '@types/express-serve-static-core', now: '    ): unknown;', before: '    ): void;' },
    { package: '@types/express-serve-static-core', now: ') => unknown;', before: ') => void;' },
  ],
  *find(file, project) {
    for (const problem of project.typeProblems) yield draftFor(file, problem)
  },
})

function draftFor(file: JavaScriptFile, problem: TypeProblem): Draft {
  return {
    at: problem,
    message: 'what a handler returns is `unknown` now: say that it is not used',
    evidence: problem,
    fix: asVoid(file, subjectOf(nodeAt(file, problem))),
  }
}

/** `handler(req, res, next)` → `handler(req, res, next) as void`. */
function asVoid(file: JavaScriptFile, subject: Node): DraftFix | undefined {
  const inner = unwrap(subject)
  const called = inner.type === 'AwaitExpression' ? unwrap(inner.argument) : inner
  if (!isCall(called, false) || !file.isTypeScript) return undefined
  const cast = `${file.source(subject)} as void`
  return fix('safe', 'Assert that nothing is returned', replace(subject, standsAlone(subject) ? cast : `(${cast})`))
}
