import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SqlFile } from '../src/formats/sql.ts'

const read = (text: string) =>
  new SqlFile('migration.sql', text).statements.map(({ tokens }) => tokens.map((t) => t.text))

test('statements end at a semicolon that is neither quoted nor in a comment', () => {
  expect(
    read(`-- CreateTable; not this
CREATE TABLE "a;""b" (x TEXT DEFAULT 'it''s;');
/* ; /* nested ; */ ; */ SELECT $$ ; $$, $tag$ $$ ; $tag$, E'\\';';
DROP INDEX \`x;y\`; ALTER TABLE [z;z] ADD y INT`),
  ).toEqual([
    ['CREATE', 'TABLE', 'a;"b', '(', 'x', 'TEXT', 'DEFAULT', "it's;", ')'],
    ['SELECT', ' ; ', ',', ' $$ ; ', ',', "\\';"],
    ['DROP', 'INDEX', 'x;y'],
    ['ALTER', 'TABLE', 'z;z', 'ADD', 'y', 'INT'],
  ])
})

test('whatever a text is, reading it ends, with places in order', () => {
  const piece = fc.constantFrom(
    ';',
    "'",
    '"',
    '$$',
    '$a$',
    '/*',
    '*/',
    '--',
    '\n',
    ' ',
    'E',
    '[',
    ']',
    '`',
    'x',
    '1',
    '(',
  )
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
      (text) => {
        let last = 0
        for (const { start, end } of new SqlFile('a.sql', text).statements.flatMap(({ tokens }) => tokens)) {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThan(start)
          last = end
        }
        expect(last).toBeLessThanOrEqual(text.length)
      },
    ),
    { numRuns: 300 },
  )
})
