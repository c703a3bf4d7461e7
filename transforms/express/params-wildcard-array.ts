import { defineChange } from '#kit'
import { wildcardFindings } from './routes/wildcard-values.ts'

export default defineChange({
  title: 'The value of a wildcard is a list of segments',
  why: '`req.params.path` of `/files/*path` was a text in every way that Express 4 could write it. Now `startsWith` and `path.join` throw a TypeError when the route is reached, and `+` puts commas between the segments without an error.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',
  symptom: ({ expected, actual }) => expected.includes('/') && segments(actual)?.join('/') === expected,

  format: 'javascript',
  mentions: [/\bparams\b/],
  find: wildcardFindings,
})

/** The list that a test printed as JSON. */
function segments(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
