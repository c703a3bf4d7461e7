import type { Companion } from '#kit'

/** A package that does not go with Express 5 as it is, measured by running it under both versions unless it says otherwise. */
export interface MeasuredCompanion extends Companion {
  /** What happens. Starts lower case, no full stop. */
  readonly verdict: string
  /** The verdict holds for versions below this one: where it was mended, else the next that was not tried. */
  readonly until: string
  /** How it is known. */
  readonly evidence: string
}

const ran = (version: string) => `${version} was run under Express 4 and 5`
const SHIM = 'the statement that makes `req.query` writable again (req-query-assign) lets it work'

/** Every companion with a verdict, by name. What goes with both versions is not here. */
export const COMPANIONS: Readonly<Record<string, MeasuredCompanion>> = {
  'express-mongo-sanitize': {
    verdict: 'it assigns `req.query`, so every request is answered with 500',
    advice: `${SHIM}; or take a maintained fork`,
    until: '3.0.0',
    evidence: ran('2.2.0'),
  },
  'xss-clean': {
    verdict: 'it assigns `req.query`, so every request is answered with 500',
    advice: `${SHIM}; the package is no longer maintained, replace it`,
    until: '1.0.0',
    evidence: ran('0.1.4'),
  },
  hpp: {
    verdict: 'it silently stops protecting: `?a=1&a=2` stays a list',
    advice: SHIM,
    until: '1.0.0',
    evidence: ran('0.2.3'),
  },
  'express-validator': {
    verdict:
      'validation works, but what sanitizers (`toInt`, `default`, `escape`) make of the query is not in `req.query`',
    advice: `read \`matchedData(req)\`; or ${SHIM.replace('lets it work', 'lets them')}`,
    until: '8.0.0',
    evidence: ran('7.3.2'),
  },
  celebrate: {
    verdict: 'a request without a body passes validation, because `req.body` is undefined and Joi accepts that',
    advice: 'write `.required()` on the schema of the body, or keep the default body (req-body-undefined)',
    until: '17.0.0',
    evidence: ran('16.0.0'),
  },
  'express-validation': {
    verdict: 'a request without a body passes validation, because `req.body` is undefined and Joi accepts that',
    advice: 'write `.required()` on the schema of the body, or keep the default body (req-body-undefined)',
    until: '5.0.0',
    evidence: 'Joi was run under Express 4 and 5',
  },
  'express-openapi-validator': {
    verdict: 'versions before 5.6.2 were not tried with Express 5',
    advice: 'take 5.6.2 or newer, which works: values that it coerces are visible in `req.query` and `req.params`',
    accepts: '5.6.2',
    until: '5.6.2',
    evidence: ran('5.6.2'),
  },
  'express-ws': {
    verdict: '`app.ws` works, but `Router().ws` is not a function: it patches a prototype that is gone',
    advice: 'call `applyTo(router)` of what `expressWs()` returns for each router, or replace it',
    until: '6.0.0',
    evidence: ran('5.0.2'),
  },
  'express-list-endpoints': {
    verdict: 'it returns an empty list',
    advice: 'use `router.listRoutes()` or remove it',
    until: '8.0.0',
    evidence: ran('7.1.1'),
  },
  'express-list-routes': {
    verdict: 'the prefixes of nested routers are unknown to it and shown as `~`',
    advice: 'use `router.listRoutes()` or remove it',
    until: '2.0.0',
    evidence: 'its issues 25 and 26',
  },
  '@apollo/server': {
    verdict: 'with `@apollo/server/express4`, GET requests are answered with 500, because `req.body` is not set',
    advice: 'use `@as-integrations/express5` in place of `@apollo/server/express4`',
    until: '5.0.0',
    evidence: ran('4.13.0'),
  },
  'apollo-server-express': {
    verdict: 'it works, but accepts Express 4 only, so that it cannot be installed beside Express 5',
    advice: 'move to `@apollo/server` with `@as-integrations/express5`',
    until: '4.0.0',
    evidence: ran('3.13.0'),
  },
  '@nestjs/platform-express': {
    verdict: 'the adapter of Nest 10 brings an Express 4 of its own and does not run on another',
    advice: 'leave Express alone and upgrade Nest to 11 by its own guide; Express 5 comes with it',
    accepts: '11.0.0',
    until: '11.0.0',
    evidence: 'the dependencies of 10.4 and 11.2',
  },
  'inversify-express-utils': {
    verdict: 'it accepts Express 4 only',
    advice: 'wait for a version that accepts Express 5, or replace it',
    until: '7.0.0',
    evidence: 'the peerDependencies of 6.5.0',
  },
  '@tsoa/runtime': {
    verdict: 'it brings an Express 4 of its own, for its types',
    advice: 'generate the routes anew, and see whether the types of two Expresses meet',
    until: '7.0.0',
    evidence: 'the dependencies of 6.6.0',
  },
  'express-promise-router': {
    verdict: 'it works, but accepts Express 4 only, so that it cannot be installed beside Express 5',
    advice: 'use `express.Router()`: the router of Express 5 hands rejections on by itself',
    until: '5.0.0',
    evidence: ran('4.1.1'),
  },
  'http-proxy-middleware': {
    verdict: 'it works, but wants `@types/express` 4',
    advice: 'take version 3 for its types',
    accepts: '3.0.0',
    until: '3.0.0',
    evidence: ran('2.0.12'),
  },
  '@opentelemetry/instrumentation-express': {
    verdict: 'it instruments Express 4 only, so that spans of Express are missing',
    advice: 'take 0.49.0 or newer',
    accepts: '0.49.0',
    until: '0.49.0',
    evidence: 'the versions that 0.48.0 and 0.49.0 say they instrument',
  },
  'dd-trace': {
    verdict: 'it does not know the router of Express 5; some versions throw at start',
    advice: 'take 5.29.0 or newer before Express',
    accepts: '5.29.0',
    until: '5.29.0',
    evidence: 'its maintainers, in issue 4704',
  },
  newrelic: {
    verdict: 'it does not know Express 5, so that transactions are not called after their routes',
    advice: 'take 12.4.0 or newer',
    accepts: '12.4.0',
    until: '12.4.0',
    evidence: 'the release notes of 12.4.0, which adds Express 5',
  },
  '@sentry/node': {
    verdict:
      'errors are reported, but what it traces of Express 5 lacks the routes, and it warns that nothing is instrumented',
    advice: 'take 9.2.0 or newer',
    accepts: '9.2.0',
    until: '9.2.0',
    evidence: 'its maintainers, in issue 13674, and the release notes of 9.2.0',
  },
  'elastic-apm-node': {
    verdict: 'it does not know Express 5, so that transactions are not called after their routes',
    advice: 'take 4.13.0 or newer',
    accepts: '4.13.0',
    until: '4.13.0',
    evidence: 'its maintainers, in issue 4238',
  },
  jest: {
    verdict: 'it does not know modules of Node by the names that Express 5 loads: tests fail with "open \'node:zlib\'"',
    advice: 'take 27.1.0 or newer, with `babel-jest` and `ts-jest` of the same major version',
    accepts: '27.1.0',
    until: '27.1.0',
    evidence: 'a suite was run with 26.6.3 and 27.5.1',
  },
}
