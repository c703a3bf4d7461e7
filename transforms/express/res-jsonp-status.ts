import { defineChange } from '#kit'
import { callsWithStatus } from './responses/body-and-status.ts'

export default defineChange({
  title: '`res.jsonp(status, body)` and `res.jsonp(body, status)` were removed',
  why: 'Express 5 looks at the first argument only: `res.jsonp({}, 201)` answers 200, and `res.jsonp(404, {})` calls the callback with `404`. Nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#resjsonpobj-status',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bjsonp\b['"`\])]*\s*(?:\?\.|[(</])/],
  names: ['jsonp'],
  find: (file) => callsWithStatus(file, 'jsonp'),
})
