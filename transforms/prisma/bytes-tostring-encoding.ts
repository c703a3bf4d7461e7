import { defineChange, fix } from '#kit'
import { asBuffer, BY_HAND } from './bytes/rewrite.ts'
import { ANY_BYTES } from './client/rows.ts'

export default defineChange({
  title: '`toString(encoding)` of a Bytes field no longer knows encodings',
  why: 'The value is a Uint8Array, whose `toString()` takes no argument: `"104,101,…"` comes out where base64, hex or text was. TypeScript refuses the argument, JavaScript says nothing.',
  since: '6.0.0',
  breakage: 'silent',
  source: 'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#usage-of-buffer',
  guideSays:
    '`Buffer.from(value.buffer)`, as the guide has it, gives the whole piece of memory that the value shares with others.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['toString'],
  *find(file) {
    for (const use of file.calls(ANY_BYTES, 'toString')) {
      if (use.arguments.length === 0) continue
      const edits = asBuffer(file, use)
      yield {
        at: use.property,
        message: 'a Uint8Array has no encodings: make it a Buffer first',
        evidence: use,
        ...(edits ? { fix: fix('safe', 'Make it a Buffer', ...edits) } : { notes: [BY_HAND] }),
      }
    }
  },
})
