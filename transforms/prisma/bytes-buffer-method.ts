import { defineChange, fix } from '#kit'
import { asBuffer, BY_HAND } from './bytes/rewrite.ts'
import { ANY_BYTES } from './client/rows.ts'

const NUMBERS = [
  'BigInt64',
  'BigUInt64',
  'Double',
  'Float',
  'Int16',
  'Int32',
  'UInt16',
  'UInt32',
  'BigUint64',
  'Uint16',
  'Uint32',
]
const ends = (verb: string, names: readonly string[]) =>
  names.flatMap((name) => [`${verb}${name}LE`, `${verb}${name}BE`])
const small = (verb: string) =>
  ['Int8', 'UInt8', 'Uint8', 'IntLE', 'IntBE', 'UIntLE', 'UIntBE', 'UintLE', 'UintBE'].map((name) => `${verb}${name}`)

/** What a Buffer has, a Uint8Array has not, and does nothing to it. */
const READS = [
  'equals',
  'compare',
  'copy',
  'toJSON',
  'inspect',
  'latin1Slice',
  'utf8Slice',
  'base64Slice',
  'hexSlice',
  ...ends('read', NUMBERS),
  ...small('read'),
]
/** What changes it: a copy would not be the value that is used later. */
const WRITES = [
  'write',
  'swap16',
  'swap32',
  'swap64',
  'latin1Write',
  'utf8Write',
  ...ends('write', NUMBERS),
  ...small('write'),
]

export default defineChange({
  title: 'A Bytes field has no methods of Buffer any more',
  why: 'The value is a plain Uint8Array: `equals()`, `compare()`, `copy()`, `toJSON()`, and all that read or write numbers are not there.',
  since: '6.0.0',
  breakage: 'throws',
  source: 'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6#usage-of-buffer',
  guideSays:
    '`Buffer.from(value.buffer)`, as the guide has it, gives the whole piece of memory that the value shares with others.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [...READS, ...WRITES].map((name) => `.${name}`),
  *find(file) {
    for (const use of file.members(ANY_BYTES, ...READS, ...WRITES)) {
      const edits = READS.includes(use.name) ? asBuffer(file, use) : undefined
      yield {
        at: use.property,
        message: `a Uint8Array has no \`${use.name}()\``,
        evidence: use,
        ...(edits
          ? { fix: fix('safe', 'Make it a Buffer', ...edits) }
          : {
              notes: [
                READS.includes(use.name)
                  ? BY_HAND
                  : 'it writes: keep the Buffer under a name, and use that from there on',
              ],
            }),
      }
    }
  },
})
