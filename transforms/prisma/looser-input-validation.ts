import { defineChange } from '#kit'

export default defineChange({
  title: 'Some arguments that were refused are taken',
  why: '`select: { id: 1 }` counts as true and `undefined` as absent, a text is taken for a BigInt, several unique fields are combined, and a fraction for an Int loses what is behind the point instead of throwing.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  fixable: 'never',
  stage: 'before-bump',
  byHand:
    'Where input of users goes into queries unchecked, check it before: what threw in 4 may now find something. Tests that expect such an error fail.',
})
