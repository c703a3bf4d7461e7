import { defineChange } from '#kit'

export default defineChange({
  title: 'Values inside of a JSON column are stored in another form',
  why: 'The JSON protocol, which 5 always uses, writes a `Decimal` as a number instead of a text, and a `Buffer` as base64 instead of `{"type":"Buffer","data":[…]}`; a `BigInt`, which threw, is stored as a text, and a function throws. Rows that are there stay as they are.',
  since: '5.0.0',
  breakage: 'silent',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#jsonprotocol-out-of-preview',
  fixable: 'never',
  stage: 'before-bump',
  byHand:
    'Look for `Decimal`, `Buffer` and `BigInt` in what is written to fields of type `Json`; code that reads them meets both forms, in old rows and in new ones.',
})
