/**
 * The major versions that Express 5.3.0 and the packages it is made of ask for, by name.
 * Read in their package.json.
 */
export const NEEDED: Readonly<Record<string, string>> = {
  express: '^5.0.0',
  router: '^2.0.0',
  'path-to-regexp': '^8.0.0',
  'body-parser': '^2.0.0',
  send: '^1.0.0',
  'serve-static': '^2.0.0',
  finalhandler: '^2.0.0',
  accepts: '^2.0.0',
  negotiator: '^1.0.0',
  'type-is': '^2.0.0',
  'media-typer': '^1.0.0',
  fresh: '^2.0.0',
  'merge-descriptors': '^2.0.0',
  'mime-types': '^3.0.0',
  'mime-db': '^1.53.0',
  'content-disposition': '^2.0.0',
  'content-type': '^2.0.0',
  'cookie-signature': '^1.2.1',
  'raw-body': '^3.0.0',
  'iconv-lite': '^0.7.0',
  debug: '^4.0.0',
  qs: '^6.14.0',
  cookie: '^0.7.1',
  'http-errors': '^2.0.0',
  statuses: '^2.0.0',
  encodeurl: '^2.0.0',
}

/** What changes for code that gets a package only because Express brings it. */
export interface Brought {
  /** The range that Express 4.22 asks for. */
  readonly was: string
  /** What Express 5 brings instead; absent where it brings none. */
  readonly is?: string
}

/** Packages that Express 4.22.3 puts beside itself and Express 5.3.0 does not, or in another major version. */
export const BROUGHT: Readonly<Record<string, Brought>> = {
  accepts: { was: '~1.3.8', is: '2' },
  'array-flatten': { was: '1.1.1' },
  'body-parser': { was: '~1.20.3', is: '2' },
  'content-disposition': { was: '~0.5.4', is: '2, which is no longer a function but `{ create, parse }`' },
  'content-type': { was: '~1.0.4', is: '2, whose `parse` takes a string and no request' },
  debug: { was: '2.6.9', is: '4' },
  destroy: { was: '1.2.0' },
  finalhandler: { was: '~1.3.1', is: '2' },
  fresh: { was: '~0.5.2', is: '2' },
  'iconv-lite': { was: '~0.4.24', is: '0.7' },
  'media-typer': { was: '0.3.0', is: '1' },
  'merge-descriptors': { was: '1.0.3', is: '2' },
  methods: { was: '~1.1.2' },
  mime: { was: '1.6.0' },
  'mime-types': { was: '~2.1.34', is: '3' },
  negotiator: { was: '0.6.3', is: '1' },
  'path-to-regexp': { was: '~0.1.12', is: '8, which is no longer a function but `{ pathToRegexp, match, compile }`' },
  'raw-body': { was: '~2.5.3', is: '3' },
  'safe-buffer': { was: '5.2.1' },
  send: { was: '~0.19.0', is: '1' },
  'serve-static': { was: '~1.16.2', is: '2' },
  'type-is': { was: '~1.6.18', is: '2' },
  'utils-merge': { was: '1.0.1' },
}
