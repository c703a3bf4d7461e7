import { defineChange } from '#kit'
import { Express } from './provider.ts'

/** Middleware of Express 3, and the package that has it today. */
const PACKAGES: Readonly<Record<string, string>> = {
  bodyParser: 'express.json()` and `express.urlencoded()',
  compress: 'compression',
  cookieSession: 'cookie-session',
  session: 'express-session',
  logger: 'morgan',
  cookieParser: 'cookie-parser',
  favicon: 'serve-favicon',
  responseTime: 'response-time',
  errorHandler: 'errorhandler',
  timeout: 'connect-timeout',
  methodOverride: 'method-override',
  vhost: 'vhost',
  csrf: 'csrf-csrf',
  directory: 'serve-index',
  limit: 'raw-body',
  multipart: 'multer',
  staticCache: 'express.static()',
}

const NAMES = Object.keys(PACKAGES).join('|')

export default defineChange({
  title: 'The middleware of Express 3 is no longer explained',
  why: 'Reading `express.session` and its like threw an error in Express 4 that named the way out. In Express 5 it is simply undefined: a call still throws, but `if (express.session)` and a value that is handed on go on without a word.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://github.com/senchalabs/connect#middleware',
  fixable: 'never',

  format: 'javascript',
  mentions: [new RegExp(`\\.\\s*(?:${NAMES})\\b`), new RegExp(`\\{[^{}]*\\b(?:${NAMES})\\b[^{}]*\\}\\s*=`)],
  *find(file) {
    const names = Object.keys(PACKAGES)
    for (const use of [...file.members([Express], ...names), ...file.destructured([Express], ...names)])
      yield {
        at: use.property,
        message: `\`express.${use.name}\` is undefined; today it is \`${PACKAGES[use.name]}\``,
        evidence: use,
      }
  },
})
