import { defineChange } from '#kit'
import { callsWithStatus } from './responses/body-and-status.ts'

export default defineChange({
  title: '`res.json(status, body)` and `res.json(body, status)` were removed',
  why: 'Express 5 looks at the first argument only: `res.json({}, 201)` answers 200, and `res.json(404, {})` answers 200 with the body `404`. Nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#resjsonobj-status',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/\bjson\b['"`\])]*\s*(?:\?\.|[(</])/],
  names: ['json'],
  find: (file) => callsWithStatus(file, 'json'),
})
