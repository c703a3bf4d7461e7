import { type Draft, defineChange, type JavaScriptFile, type TypeProblem } from '#kit'

/** What is missing, and which change tells what to do. */
const ADVICE: Readonly<Record<string, string>> = {
  param: '`param` has no such form in the types of Express 5: see req-param and app-param-fn',
  sendfile: '`res.sendfile()` is not in the types of Express 5: see sendfile-camelcase',
  query: '`express.query()` is not in the types of Express 5: see express-query-middleware',
  mime: '`express.static.mime` is not in the types of Express 5: see static-mime',
  ParamsArray: 'the type `ParamsArray` is not in the types of Express 5: write `string[]`',
}

export default defineChange({
  title: 'Members that Express 5 removed are gone from the types',
  why: '`req.param`, `res.sendfile`, `res.redirect(url, status)`, `app.param(fn)`, `express.query`, `express.static.mime` and the type `ParamsArray` are no longer declared. What is left of them in the code no longer compiles, and throws when it runs.',
  since: '5.0.0',
  breakage: 'compile',
  source: 'https://github.com/DefinitelyTyped/DefinitelyTyped/tree/master/types/express-serve-static-core',
  fixable: 'never',

  format: 'javascript',
  mentions: [],
  redeclared: [
    {
      package: '@types/express-serve-static-core',
      now: '    accepts(): string[];',
      before: '    param(name: string, defaultValue?: any): string;\n    accepts(): string[];',
    },
    {
      package: '@types/express-serve-static-core',
      now: '    sendFile(path: string, fn?: Errback): void;',
      before:
        '    sendFile(path: string, fn?: Errback): void;\n    sendfile(path: string, options?: any, fn?: any): void;',
    },
    {
      package: '@types/express-serve-static-core',
      now: '    redirect(status: number, url: string): void;',
      before: '    redirect(status: number, url: string): void;\n    redirect(url: string, status: number): void;',
    },
    {
      package: '@types/express-serve-static-core',
      now: '    param(name: string, handler: RequestParamHandler): this;',
      before:
        '    param(name: string, handler: RequestParamHandler): this;\n    param(callback: (name: string, matcher: RegExp) => RequestParamHandler): this;',
    },
    {
      package: '@types/express-serve-static-core',
      now: '    param(name: string | string[], handler: RequestParamHandler): this;',
      before:
        '    param(name: string | string[], handler: RequestParamHandler): this;\n    param(callback: (name: string, matcher: RegExp) => RequestParamHandler): this;',
    },
    { package: '@types/express-serve-static-core', now: '    router: Router;', before: '    router: any;' },
    {
      package: '@types/express-serve-static-core',
      now: 'export type Query = ParsedQs;',
      before: 'export type Query = ParsedQs;\nexport type ParamsArray = string[];',
    },
    {
      package: '@types/express',
      now: '    export function Router(options?: RouterOptions): core.Router;',
      before:
        '    export function Router(options?: RouterOptions): core.Router;\n    export function query(options: any): Handler;',
    },
    {
      package: '@types/serve-static',
      now: '(root: string, options?: ServeStaticOptions<R>): RequestHandler<R>;',
      before: '(root: string, options?: ServeStaticOptions<R>): RequestHandler<R>;\n        mime: any;',
    },
  ],
  *find(file, project) {
    for (const problem of project.typeProblems) yield draftFor(file, problem)
  },
})

function draftFor(file: JavaScriptFile, problem: TypeProblem): Draft {
  const name = file.text.slice(problem.start, problem.end)
  const known = Object.hasOwn(ADVICE, name) ? ADVICE[name] : undefined
  return { at: problem, message: known ?? 'the types of Express 5 no longer have this form', evidence: problem }
}
