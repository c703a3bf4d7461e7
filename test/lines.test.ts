import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dominantLineEnding, excerpt, indentationAt, joinBom, lineIndex, splitBom } from '../src/text/lines.ts'

const textWithBreaks = fc
  .array(fc.constantFrom('a', 'é', '😀', '\n', '\r\n', '\r', '\u2028', ' '), { maxLength: 40 })
  .map((parts) => parts.join(''))

describe('lineIndex', () => {
  it('counts \\n, \\r\\n and a lone \\r, and not U+2028', () => {
    const index = lineIndex('a\nb\r\nc\rd\u2028e')
    expect(index.count).toBe(4)
    expect([0, 2, 5, 7, 9].map((offset) => index.positionAt(offset))).toEqual([
      { line: 1, column: 1 },
      { line: 2, column: 1 },
      { line: 3, column: 1 },
      { line: 4, column: 1 },
      { line: 4, column: 3 },
    ])
    expect(index.lineRange(2)).toEqual({ start: 2, end: 3 })
  })

  it('has one empty line for an empty text and for the end after a line break', () => {
    expect(lineIndex('').count).toBe(1)
    expect(lineIndex('a\n').lineRange(2)).toEqual({ start: 2, end: 2 })
    expect(lineIndex('a\n').lineRange(3)).toBeUndefined()
    expect(lineIndex('a').offsetAt({ line: 2, column: 1 })).toBeUndefined()
  })

  it('counts columns in UTF-16 units and takes what lies outside for the border', () => {
    const index = lineIndex('😀x\nyy')
    expect(index.positionAt(2)).toEqual({ line: 1, column: 3 })
    expect(index.positionAt(99)).toEqual({ line: 2, column: 3 })
    expect(index.positionAt(-1)).toEqual({ line: 1, column: 1 })
    expect(index.offsetAt({ line: 1, column: 99 })).toBe(3)
    expect(index.offsetAt({ line: 2, column: 0 })).toBe(4)
  })

  it('agrees with splitting the text, line by line', () => {
    fc.assert(
      fc.property(textWithBreaks, (text) => {
        const index = lineIndex(text)
        const lines = Array.from({ length: index.count }, (_, i) => index.lineRange(i + 1)!)
        expect(lines.map(({ start, end }) => text.slice(start, end))).toEqual(text.split(/\r\n|\n|\r/))
      }),
    )
  })

  it('goes from offset to position and back, except inside of \\r\\n', () => {
    fc.assert(
      fc.property(textWithBreaks, fc.nat(60), (text, n) => {
        const offset = Math.min(n, text.length)
        const index = lineIndex(text)
        const there = index.offsetAt(index.positionAt(offset))
        const inBreak = text.slice(offset - 1, offset + 1) === '\r\n'
        expect(there).toBe(inBreak ? offset - 1 : offset)
      }),
    )
  })
})

describe('dominantLineEnding', () => {
  it.each([
    ['', '\n'],
    ['no break', '\n'],
    ['a\nb', '\n'],
    ['a\r\nb\r\nc\n', '\r\n'],
    ['a\rb\rc\n', '\r'],
    ['a\r\nb\n', '\r\n'],
    ['a\nb\r\n', '\n'],
  ])('of %j is %j', (text, ending) => expect(dominantLineEnding(text)).toBe(ending))
})

describe('splitBom', () => {
  it('takes one mark off, and joinBom puts it back', () => {
    expect(splitBom('\uFEFFx')).toEqual({ bom: '\uFEFF', text: 'x' })
    expect(splitBom('x\uFEFF')).toEqual({ bom: '', text: 'x\uFEFF' })
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\uFEFF', 'a') }), (text) => {
        expect(joinBom(splitBom(text))).toBe(text)
      }),
    )
  })
})

describe('indentationAt', () => {
  it.each([
    ['a\n\t  b()', 6, '\t  '],
    ['a\r  b', 4, '  '],
    ['  a', 1, '  '],
    ['a\n', 2, ''],
    ['\n   \n', 2, '   '],
  ])('of %j at %i is %j', (text, offset, indentation) => expect(indentationAt(text, offset)).toBe(indentation))
})

describe('excerpt', () => {
  it('leaves a short line alone', () => expect(excerpt('short', 3)).toEqual({ text: 'short', column: 3 }))

  it('cuts a long line around the column', () => {
    const line = `${'a'.repeat(500)}X${'b'.repeat(500)}`
    const cut = excerpt(line, 501)
    expect(cut.text).toHaveLength(200)
    expect(cut.text[cut.column - 1]).toBe('X')
    expect(cut.text.startsWith('…a') && cut.text.endsWith('b…')).toBe(true)
  })

  it('never cuts a surrogate pair, wherever it starts and ends', () => {
    for (const line of ['😀'.repeat(100), `a${'😀'.repeat(100)}`]) {
      for (let column = 1; column <= line.length; column += 2) {
        expect(excerpt(line, column, 20).text).not.toMatch(/[\ud800-\udfff]/u)
        expect(excerpt(line, column, 21).text).not.toMatch(/[\ud800-\udfff]/u)
      }
    }
  })

  it('stays within the limit, keeps the wanted character and cuts no pair, whatever the line', () => {
    const anyLine = fc.array(fc.constantFrom('a', 'é', '😀'), { maxLength: 80 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(anyLine, fc.nat(200), fc.integer({ min: 8, max: 40 }), (line, n, limit) => {
        const column = Math.min(n, line.length) + 1
        const cut = excerpt(line, column, limit)
        expect(cut.text.length).toBeLessThanOrEqual(limit)
        expect(cut.text.charAt(cut.column - 1)).toBe(line.charAt(column - 1))
        expect(Buffer.from(cut.text).toString()).toBe(cut.text)
      }),
    )
  })
})
