import { defineChange } from '#kit'

export default defineChange({
  title: '`$metrics` is deprecated',
  why: 'The preview feature `metrics` and `prisma.$metrics` go on working in 6, with a warning when the client is generated, and are gone in 7.',
  since: '6.14.0',
  breakage: 'deprecated',
  source: 'https://github.com/prisma/prisma/releases/tag/6.14.0',
  fixable: 'never',
  stage: 'before-bump',
  byHand: 'Plan to measure in another way, for example with a query extension or the metrics of the database driver.',
})
