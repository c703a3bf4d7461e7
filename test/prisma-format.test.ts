import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PrismaFile } from '../src/formats/prisma.ts'
import { applyEdits } from '../src/text/edits.ts'

const read = (text: string) => new PrismaFile('schema.prisma', text)

const SCHEMA = `// a comment { with a brace
generator client { // behind the brace
  provider        = "prisma-client-js"
  previewFeatures = ["a", "b"] // why
  output = env("OUT")
}
/// documented } strangely
datasource db {
  provider="postgresql"
  url = "postgresql://u:p@h/db?a=\\"{\\"//x"
}

model User{
  id    Int     @id @default(autoincrement())
  name  String? @db.VarChar(191) /// }
  /* block
     } */
  posts Post[]  @relation("A", onDelete: Cascade)
  raw   Unsupported("circle")?
  json  Json @default("{}")
  @@index([name, id(sort: Desc)], map: "x")
  @@map(
    "users"
  )
}
enum Role {
  USER @map("user")
  ADMIN // }
  @@map("roles")
}
`

describe('a schema', () => {
  test('is read with the place of everything', () => {
    const file = read(SCHEMA)
    expect(file.problems).toEqual([])
    expect(file.blocks.map(({ keyword, name }) => `${keyword.text} ${name.text}`)).toEqual([
      'generator client',
      'datasource db',
      'model User',
      'enum Role',
    ])
    const at = ({ start, end }: { start: number; end: number }) => SCHEMA.slice(start, end)
    const [generator, datasource, user, role] = file.blocks
    expect(generator!.entries.map(at)).toEqual([
      'provider        = "prisma-client-js"',
      'previewFeatures = ["a", "b"]',
      'output = env("OUT")',
    ])
    expect(datasource!.entries[1]).toMatchObject({ value: { is: 'string', value: 'postgresql://u:p@h/db?a="{"//x' } })
    expect(user!.entries.map(at)).toEqual([
      'id    Int     @id @default(autoincrement())',
      'name  String? @db.VarChar(191)',
      'posts Post[]  @relation("A", onDelete: Cascade)',
      'raw   Unsupported("circle")?',
      'json  Json @default("{}")',
      '@@index([name, id(sort: Desc)], map: "x")',
      '@@map(\n    "users"\n  )',
    ])
    expect(user!.entries[1]).toMatchObject({
      name: { text: 'name' },
      type: { text: 'String' },
      isOptional: true,
      isList: false,
      attributes: [{ name: { text: 'db.VarChar' }, args: [{ value: { is: 'number', value: '191' } }] }],
    })
    expect(user!.entries[2]).toMatchObject({
      isList: true,
      attributes: [{ args: [{ value: { value: 'A' } }, { name: { text: 'onDelete' }, value: { value: 'Cascade' } }] }],
    })
    expect(role!.entries.map(at)).toEqual(['USER @map("user")', 'ADMIN', '@@map("roles")'])
    expect(at(role!.body)).toBe('\n  USER @map("user")\n  ADMIN // }\n  @@map("roles")\n')
  })

  test('that is odd is read as far as it goes, and what is odd is said', () => {
    const said = (text: string) => read(text).problems.map(({ what }) => what)
    expect(said('model User {\n  id Int @id\n')).toEqual(['`model User` is not closed'])
    expect(said('model User {\n  ??? \n  id Int\n}')).toEqual(['not an entry of this block'])
    expect(said('type Id = Int @id\nmodel User {\n  id Id\n}')).toEqual(['not the start of a block'])
    expect(said('generator c {\n  provider = "x\n}')).toEqual(['a string that does not end'])
    const file = read('@#!\nmodel A {\n  id Int }\nmodel B {\n  x = 1 2\n  id Int\n}')
    expect(file.blocks.map(({ name, entries }) => [name.text, entries.length])).toEqual([
      ['A', 1],
      ['B', 2],
    ])
  })

  test('an entry is taken out with its line, and with nothing else', () => {
    const without = (text: string, index: number) => {
      const file = read(text)
      return applyEdits(text, [{ ...file.removal(file.blocks[0]!.entries[index]!), text: '' }])
    }
    expect(without('generator c {\n  a = 1 // gone\r\n  b = 2\n}', 0)).toBe('generator c {\n  b = 2\n}')
    expect(without('generator c { a = 1 }', 0)).toBe('generator c { }')
    expect(without('generator c {\n  a = 1 }', 0)).toBe('generator c { }'.replace(' }', '\n }'))
  })
})

/** Text that a schema could be made of, in any order. */
const piece = fc.constantFrom(
  ...[
    'model',
    'User',
    'generator',
    'enum',
    ' ',
    '\n',
    '\r\n',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '"',
    "'",
    '\\',
    '//',
    '///',
  ],
  ...['/*', '*/', '@', '@@', '=', ',', '.', '?', ':', '-', '1', 'é', '💩', 'env("X")', '  id Int @id\n', 'a = ["b"]\n'],
)
const text = fc.oneof(
  fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
  fc.string(),
)

test('whatever a text is, reading it ends, and every place lies within what holds it', () => {
  fc.assert(
    fc.property(text, (source) => {
      const file = read(source)
      let last = 0
      for (const block of file.blocks) {
        expect(block.start).toBeGreaterThanOrEqual(last)
        expect(source.slice(block.keyword.start, block.keyword.end)).toBe(block.keyword.text)
        expect(source.slice(block.name.start, block.name.end)).toBe(block.name.text)
        expect(block.body.end).toBeLessThanOrEqual(block.end)
        let within = block.body.start
        for (const entry of block.entries) {
          expect(entry.start).toBeGreaterThanOrEqual(within)
          expect(entry.end).toBeGreaterThanOrEqual(entry.start)
          expect(entry.end).toBeLessThanOrEqual(block.body.end)
          within = entry.end
          const { start, end } = file.removal(entry)
          expect(start).toBeGreaterThanOrEqual(block.body.start - Number(start < block.body.start) * source.length)
          expect(end).toBeGreaterThanOrEqual(entry.end)
        }
        last = block.end
      }
      expect(last).toBeLessThanOrEqual(source.length)
    }),
    { numRuns: process.env.UPGRADE_KIT_FUZZ ? 20_000 : 500 },
  )
})

test('a schema in other line endings and with a comment behind every line is the same schema', () => {
  const names = (source: string) =>
    read(source).blocks.map(({ name, entries }) => [name.text, entries.map((entry) => entry.is)])
  expect(names(SCHEMA.replaceAll('\n', '\r\n'))).toEqual(names(SCHEMA))
  expect(names(SCHEMA.replaceAll(/(?<!block|\()\n/g, ' // } "\n'))).toEqual(names(SCHEMA))
})
