import { defineChange } from '#kit'

export default defineChange({
  title: 'The keys of `req.params` are read out of a path as Express 5 writes it',
  why: 'The keys of `req.params` are read out of a literal path: `*splat` gives a list, and `:id?` or `:id(\\\\d+)` of Express 4 give the keys `id?` and `id(\\\\d+)`. So a path that was not rewritten, or a wildcard whose value is taken for a string, no longer compiles.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/DefinitelyTyped/DefinitelyTyped/tree/master/types/express-serve-static-core',
  fixable: 'never',

  format: 'javascript',
  mentions: [],
  redeclared: [
    {
      package: '@types/express-serve-static-core',
      now: 'type ParseRouteParameters<Route extends string> = string extends Route ? ParamsDictionary\n',
      before:
        'type ParseRouteParameters<Route extends string> = string extends Route ? ParamsDictionary\n    : Route extends `${string}(${string}` ? ParamsDictionary\n',
    },
    {
      package: '@types/express-serve-static-core',
      now: ': { [P in GetRouteParameter<Rest>]: string }\n',
      before:
        ': GetRouteParameter<Rest> extends `${infer ParamName}?` ? { [P in ParamName]?: string }\n                    : { [P in GetRouteParameter<Rest>]: string }\n',
    },
    {
      package: '@types/express-serve-static-core',
      now: '{ [P in GetRouteParameter<Rest>]: string[] }',
      before: '{ [P in GetRouteParameter<Rest>]: string }',
    },
  ],
  *find(_file, project) {
    for (const problem of project.typeProblems)
      yield {
        at: problem,
        message: 'the path of this route gives other keys now: see its path, or join the list that a wildcard gives',
        evidence: problem,
      }
  },
})
