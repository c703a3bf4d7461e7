import { defineChange } from '#kit'

export default defineChange({
  title: 'A Buffer that is written to a Bytes field must own its memory, for TypeScript 5.7 and newer',
  why: 'From client 6.18 on a Bytes field is written as `Uint8Array<ArrayBuffer>`, and a variable of type `Buffer` or `Uint8Array` is one of `ArrayBufferLike`. `Buffer.from(…)` in place is taken, and so is everything with TypeScript up to 5.6.',
  since: '6.18.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/6.18.0',
  fixable: 'never',

  byHand:
    'If the compiler refuses a Buffer that is written to a Bytes field, write `new Uint8Array(buffer)`, which copies it.',
})
