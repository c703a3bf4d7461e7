import { type Difference, defineChange } from '#kit'
import { wildcardFindings } from './routes/wildcard-values.ts'
import { isOfBody } from './text/symptoms.ts'

export default defineChange({
  title: 'The value of a wildcard is a list of segments',
  why: '`req.params.path` of `/files/*path` was a text in every way that Express 4 could write it. Now `startsWith` and `path.join` throw a TypeError when the route is reached, and `+` puts commas between the segments without an error.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',
  symptom: isJoined,
  sideEffect: isOfBody,

  format: 'javascript',
  mentions: [/\bparams\b/],
  find: wildcardFindings,
})

/** True if only lists stand where texts were, of which they are the segments; for values as they are printed in JSON. */
function isJoined({ expected, actual }: Difference): boolean {
  const now = parsed(actual)
  if (now === undefined) return false
  const then = parsed(expected) ?? expected
  return JSON.stringify(now) !== JSON.stringify(then) && isSame(then, now)
}

function isSame(then: unknown, now: unknown): boolean {
  if (typeof then === 'string' && Array.isArray(now)) return then.includes('/') && now.join('/') === then
  if (typeof then !== 'object' || typeof now !== 'object' || !then || !now) return then === now
  const keys = Object.keys(then)
  const values = now as Readonly<Record<string, unknown>>
  return (
    Array.isArray(then) === Array.isArray(now) &&
    keys.length === Object.keys(values).length &&
    keys.every((key) => key in values && isSame(then[key as keyof typeof then], values[key]))
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
