import { defineChange } from '#kit'
import { Urlencoded } from './provider.ts'
import { unsaidExtended } from './requests/extended.ts'

export default defineChange({
  title: '`express.urlencoded()` reads nested fields as flat ones by default',
  why: 'The default of `extended` went from true to false: a form field `user[name]` gives `{ "user[name]": … }` instead of `{ user: { name: … } }`. Nothing is thrown.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#expressurlencoded',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: ['urlencoded'],
  names: ['urlencoded'],
  *find(file) {
    for (const use of file.callsOf(Urlencoded)) yield* unsaidExtended(file, use)
  },
})
