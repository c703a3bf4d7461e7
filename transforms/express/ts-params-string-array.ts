import {
  type Draft,
  type DraftFix,
  defineChange,
  fix,
  type JavaScriptFile,
  replace,
  type Survey,
  type TypeProblem,
} from '#kit'
import { nodeAt, subjectOf } from './declarations/nodes.ts'
import { annotationOf, keysIn, objectType, type ParamsRead, readsBehind } from './declarations/params.ts'
import { standsAlone } from './handlers/expressions.ts'
import { bracketStart } from './handlers/layout.ts'

/** The names of wildcards in the paths of a package: only their values are lists. */
const wildcards: Survey<ReadonlySet<string>> = {
  mentions: ['*'],
  look: (files) => {
    const names = new Set<string>()
    for (const { text } of files) for (const [, name] of text.matchAll(/[/{'"`]\*([A-Za-z_$][\w$]*)/g)) names.add(name!)
    return names
  },
}

export default defineChange({
  title: 'The types of `req.params` have become `string | string[]`',
  why: 'A wildcard of Express 5 gives a list, so since `@types/express-serve-static-core` 5.1.1 each value of the `params` of a bare `Request` may be one. Code that takes a string no longer compiles, although a value of `:id` is still a string.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/DefinitelyTyped/DefinitelyTyped/pull/74161',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [],
  redeclared: [
    {
      package: '@types/express-serve-static-core',
      now: '[key: string]: string | string[];',
      before: '[key: string]: string;',
    },
  ],
  *find(file, project) {
    for (const problem of project.typeProblems) yield draftFor(file, problem, project.survey(wildcards))
  },
})

function draftFor(file: JavaScriptFile, problem: TypeProblem, lists: ReadonlySet<string>): Draft {
  const reads = readsBehind(file, subjectOf(nodeAt(file, problem)))
  const list = reads.flatMap(({ keys }) => keys ?? []).find((key) => lists.has(key))
  const fixes =
    list === undefined && reads.length > 0 && file.isTypeScript
      ? [declaring(file, reads), casting(file, reads)].filter(isFix)
      : []
  return {
    at: problem,
    message: messageFor(file, reads, list),
    evidence: problem,
    fix: fixes[0],
    otherwise: fixes[1],
  }
}

function isFix(one: DraftFix | undefined): one is DraftFix {
  return one !== undefined
}

function messageFor(file: JavaScriptFile, reads: readonly ParamsRead[], list: string | undefined): string {
  if (list !== undefined) return `\`${list}\` is the name of a wildcard, whose value is a list now: join it`
  const read = reads[0]
  if (!read) return 'a value of `req.params` may be a list for the compiler: say that it is a string'
  return `\`${file.source(read.expression)}\` may be a list for the compiler: say which keys are strings`
}

/** `Request` → `Request<{ id: string }>`, with all keys that the function reads. */
function declaring(file: JavaScriptFile, reads: readonly ParamsRead[]): DraftFix | undefined {
  const annotations = reads.map(({ request }) => request && annotationOf(file, request))
  const edits = new Map<number, ReturnType<typeof replace>>()
  for (const annotation of annotations) {
    if (!annotation) return undefined
    const keys = keysIn(file, annotation)
    const params = keys ? objectType(keys) : 'Record<string, string>'
    edits.set(annotation.type.start, replace(annotation.type, `${file.source(annotation.type)}<${params}>`))
  }
  return fix('safe', 'Declare the keys of `req.params`', ...edits.values())
}

/** `req.params.id` → `req.params.id as string`. */
function casting(file: JavaScriptFile, reads: readonly ParamsRead[]): DraftFix {
  const edits = reads.map(({ expression, keys, isValue }) => {
    const type = isValue ? 'string' : keys ? objectType(keys) : 'Record<string, string>'
    const cast = `${file.source(expression)} as ${type}`
    const text = standsAlone(expression) ? cast : bracketStart(expression, `(${cast})`, file.module)
    return replace(expression, text)
  })
  return fix('safe', 'Assert that it is a string', ...edits)
}
