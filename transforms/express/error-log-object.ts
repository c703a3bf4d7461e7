import { defineChange } from '#kit'

export default defineChange({
  title: 'Errors that nobody handles are logged with all their properties',
  why: 'The default handler printed `err.stack`; since 5.3.0 it prints the error itself, with `cause` and every property that was put on it. What hangs on errors (the request of an HTTP client, a query with its values, a token) gets into the log, and programs that parse the log see another layout.',
  since: '5.3.0',
  breakage: 'silent',
  source: 'https://github.com/expressjs/express/releases/tag/v5.3.0',
  fixable: 'never',
  byHand:
    'Do errors carry anything that must not be logged (requests with headers, connection strings)? Without an error handler of your own, Express prints them whole. Does anything parse what it printed?',
})
