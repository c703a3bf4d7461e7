import { defineChange } from '#kit'
import { inPath } from './routes/mentions.ts'
import { pathFindings } from './routes/path-change.ts'

export default defineChange({
  title: 'A `*` in front of a letter is a wildcard with a name',
  why: '`/files*zip` matched what begins with `/files` and ends with `zip`. Express 5 takes `*zip` for a wildcard called `zip`: the route answers everything below `/files`, and nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#path-route-matching-syntax',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [inPath(/\*[A-Za-z_$\x80-\uffff]/)],
  find: (file) =>
    pathFindings(file, 'path-wildcard-named-by-accident', {
      message: 'the letters behind `*` are the name of the wildcard now',
      judge: ({ text, keys }) => (isMeantAsName(text, keys) ? { because: MEANT } : 'safe'),
    }),
})

const MEANT =
  'this is how Express 5 writes a wildcard; in Express 4 it matched only what ends in these letters, so decide which one is meant'

/** Names that nobody ends a URL with, and names that the handlers read. */
function isMeantAsName(path: string, keys: ReadonlySet<string> | 'unknown'): boolean {
  const names = Array.from(path.matchAll(/\*([A-Za-z_$][\w$]*)/g), ([, name]) => name!)
  return names.some((name) => USUAL.has(name.toLowerCase()) || (keys !== 'unknown' && keys.has(name)))
}

const USUAL = new Set('all any catchall everything filepath glob others path rest splat wild wildcard'.split(' '))
