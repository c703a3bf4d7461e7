import { defineChange } from '#kit'

export default defineChange({
  title: '`$on()` returns the client',
  why: 'It returned nothing. A callback that is declared to return nothing, and rules about promises that nobody waits for, may notice.',
  since: '6.5.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/6.5.0',
  fixable: 'never',
  stage: 'bump',
  byHand: 'Look at code that keeps what `$on` returns; what type-checks needs nothing.',
})
