import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Edit } from '../src/model/finding.ts'
import { applyEdits, mapOffset, merge, normaliseNewlines, type TextEdit } from '../src/text/edits.ts'

const edit = (start: number, end: number, text: string, file = 'a.js'): Edit => ({ file, start, end, text })
const fix = (...edits: Edit[]) => ({ edits })

/** Takes the fixes and returns the text, with the indices of those left out. */
function merged(text: string, ...fixes: { edits: Edit[] }[]) {
  const result = merge(fixes)
  return [
    applyEdits(text, result.edits.get('a.js') ?? []),
    result.conflicts.map((c) => [fixes.indexOf(c.fix), c.with && fixes.indexOf(c.with)]),
  ]
}

describe('merge', () => {
  const text = '0123456789'

  it('takes what does not touch, in any file', () => {
    expect(merged(text, fix(edit(5, 6, 'five')), fix(edit(0, 1, 'zero'), edit(0, 9, 'x', 'b.js')))).toEqual([
      'zero1234five6789',
      [],
    ])
  })

  it('leaves out a replacement that overlaps one taken before, and names that one', () => {
    expect(merged(text, fix(edit(8, 9, 'x')), fix(edit(2, 5, 'a')), fix(edit(4, 6, 'b')))).toEqual([
      '01a567x9',
      [[2, 1]],
    ])
  })

  it('sees an overlap with a wide edit that starts far in front', () => {
    expect(merged(text, fix(edit(0, 9, 'wide')), fix(edit(7, 8, 'x')))).toEqual(['wide9', [[1, 0]]])
    expect(merged(text, fix(edit(7, 8, 'x')), fix(edit(0, 9, 'wide')))).toEqual(['0123456x89', [[1, 0]]])
  })

  it('leaves a fix out whole, also where only its edit in another file collides', () => {
    const result = merged(text, fix(edit(0, 4, 'x', 'b.js')), fix(edit(1, 2, '!'), edit(3, 5, 'y', 'b.js')))
    expect(result).toEqual([text, [[1, 0]]])
  })

  it('gives the place of a fix that was left out to the next one', () => {
    expect(merged(text, fix(edit(0, 2, 'a')), fix(edit(1, 2, 'b'), edit(5, 6, 'b')), fix(edit(5, 6, 'c')))).toEqual([
      'a234c6789',
      [[1, 0]],
    ])
  })

  it('does the same replacement once', () => {
    expect(merged(text, fix(edit(1, 3, 'x')), fix(edit(1, 3, 'x'), edit(5, 6, '')))).toEqual(['0x346789', []])
    expect(merged(text, fix(edit(1, 3, 'x')), fix(edit(1, 3, 'y')))).toEqual(['0x3456789', [[1, 0]]])
  })

  it('has insertions inside of a replacement in conflict, at its border not', () => {
    const replacement = fix(edit(3, 6, '-'))
    expect(merged(text, replacement, fix(edit(4, 4, 'i')))).toEqual(['012-6789', [[1, 0]]])
    expect(merged(text, fix(edit(4, 4, 'i')), replacement)).toEqual(['0123i456789', [[1, 0]]])
    const borders = fix(edit(3, 3, '<'), edit(6, 6, '>'))
    expect(merged(text, replacement, borders)).toEqual(['012<->6789', []])
    expect(merged(text, borders, replacement)).toEqual(['012<->6789', []])
  })

  it('puts an insertion between two replacements that touch', () => {
    expect(merged(text, fix(edit(5, 7, 'b')), fix(edit(3, 5, 'a')), fix(edit(5, 5, '|')))).toEqual(['012a|b789', []])
  })

  it('keeps the order of insertions at one offset and does equal ones once', () => {
    expect(merged(text, fix(edit(2, 2, 'a;')), fix(edit(2, 2, 'b;')), fix(edit(2, 2, 'a;')))).toEqual([
      '01a;b;23456789',
      [],
    ])
  })

  it('never mixes two pairs of brackets or quotes that start or end together', () => {
    const inner = fix(edit(2, 2, 'f('), edit(4, 4, ')'))
    expect(merged(text, inner, fix(edit(2, 2, 'g('), edit(8, 8, ')')))).toEqual(['01f(23)456789', [[1, 0]]])
    expect(merged(text, inner, fix(edit(0, 0, 'f('), edit(4, 4, ')')))).toEqual(['01f(23)456789', [[1, 0]]])
    expect(merged(text, inner, fix(edit(4, 4, ', x')))).toEqual(['01f(23)456789', [[1, 0]]])
    const quotes = fix(edit(2, 2, "'"), edit(4, 4, "'"))
    expect(merged(text, quotes, fix(edit(2, 2, '['), edit(4, 4, ']')))).toEqual(["01'23'456789", [[1, 0]]])
  })

  it('lets a pair start where the one before it ends', () => {
    const [left, right] = [fix(edit(1, 1, '('), edit(3, 3, ')')), fix(edit(3, 3, '('), edit(5, 5, ')'))]
    expect(merged(text, left, right)).toEqual(['0(12)(34)56789', []])
    expect(merged(text, right, left)).toEqual(['012(34)56789', [[1, 0]]])
  })

  it('keeps equal insertions within one fix, and leaves out a fix that contradicts itself', () => {
    expect(
      merged(text, fix(edit(4, 4, ')'), edit(4, 4, ')'), edit(1, 1, '(('), edit(8, 9, 'x'), edit(8, 9, 'x'))),
    ).toEqual(['0((123))4567x9', []])
    expect(merged(text, fix(edit(1, 3, 'a'), edit(2, 4, 'b')), fix(edit(5, 3, '')))).toEqual([
      text,
      [
        [0, undefined],
        [1, undefined],
      ],
    ])
  })

  const anyFix = fc
    .array(fc.tuple(fc.nat(10), fc.nat(4), fc.constantFrom('', 'x', 'yy', '(', ')')), { minLength: 1, maxLength: 3 })
    .map((edits) => fix(...edits.map(([start, length, t]) => edit(start, Math.min(start + length, 10), t))))

  it('accounts for every fix, and what it takes has no overlap', () => {
    fc.assert(
      fc.property(fc.array(anyFix, { maxLength: 12 }), (fixes) => {
        const { taken, conflicts, edits } = merge(fixes)
        expect(new Set([...taken, ...conflicts.map((c) => c.fix)])).toEqual(new Set(fixes))
        expect(taken.length + conflicts.length).toBe(fixes.length)
        const list = edits.get('a.js') ?? []
        expect(() => applyEdits(text, list)).not.toThrow()
        for (const f of taken) for (const e of f.edits) expect(list).toContainEqual(e)
      }),
    )
  })

  it('gives the same text for disjoint fixes in any order', () => {
    const disjoint = fc.uniqueArray(fc.nat(9), { minLength: 1 }).chain((places) => {
      const fixes = places.map((at) => fix(edit(at, at + 1, `<${at}>`)))
      return fc.tuple(fc.constant(fixes), fc.shuffledSubarray(fixes, { minLength: fixes.length }))
    })
    fc.assert(
      fc.property(disjoint, ([fixes, shuffled]) => {
        expect(merged(text, ...shuffled)).toEqual(merged(text, ...fixes))
      }),
    )
  })

  it('takes all that is left after enough rounds of its own conflicts', () => {
    fc.assert(
      fc.property(fc.array(anyFix, { maxLength: 8 }), (fixes) => {
        let left = fixes.filter((f) => merge([f]).taken.length > 0)
        while (left.length > 0) {
          const next = merge(left).conflicts.map((c) => c.fix)
          expect(next.length).toBeLessThan(left.length)
          left = next
        }
      }),
    )
  })
})

/** A text and edits that do not overlap, in any order. */
const textAndEdits = fc
  .tuple(fc.array(fc.tuple(fc.string(), fc.string(), fc.string()), { maxLength: 8 }), fc.string())
  .chain(([pieces, rest]) => {
    let offset = 0
    const edits = pieces.map(([kept, removed, text]): TextEdit => {
      const start = offset + kept.length
      offset = start + removed.length
      return { start, end: offset, text }
    })
    const expected = pieces.map(([kept, , added]) => kept + added).join('') + rest
    const insertionsTogether = edits.some((e, i) => i > 0 && edits[i - 1]!.start === e.start)
    const text = pieces.map(([kept, removed]) => kept + removed).join('') + rest
    const order = insertionsTogether ? fc.constant(edits) : fc.shuffledSubarray(edits, { minLength: edits.length })
    return order.map((shuffled) => ({ text, edits: shuffled, expected }))
  })

describe('applyEdits', () => {
  it('replaces the ranges and keeps every other character, in whatever order the edits come', () => {
    fc.assert(
      fc.property(textAndEdits, ({ text, edits, expected }) => {
        expect(applyEdits(text, edits)).toBe(expected)
      }),
    )
  })

  it('equals doing one edit at a time from the end', () => {
    fc.assert(
      fc.property(textAndEdits, ({ text, edits }) => {
        const fromTheEnd = edits
          .map((e, i) => ({ e, i }))
          .sort((a, b) => b.e.start - a.e.start || b.e.end - a.e.end || b.i - a.i)
        const naive = fromTheEnd.reduce((t, { e }) => t.slice(0, e.start) + e.text + t.slice(e.end), text)
        expect(applyEdits(text, edits)).toBe(naive)
      }),
    )
  })

  it('refuses overlaps and offsets outside of the text', () => {
    const at = (start: number, end: number) => ({ start, end, text: '' })
    expect(() => applyEdits('abcdef', [at(0, 3), at(2, 4)])).toThrow(RangeError)
    expect(() => applyEdits('abcdef', [at(0, 7)])).toThrow(RangeError)
    expect(() => applyEdits('abcdef', [at(-1, 2)])).toThrow(RangeError)
    expect(() => applyEdits('abcdef', [at(3, 2)])).toThrow(RangeError)
  })
})

describe('mapOffset', () => {
  it('finds every character that was kept', () => {
    fc.assert(
      fc.property(textAndEdits, ({ text, edits }) => {
        const after = applyEdits(text, edits)
        for (let offset = 0; offset < text.length; offset++) {
          if (edits.some((e) => e.start <= offset && offset < e.end)) continue
          expect(after.charAt(mapOffset(edits, offset))).toBe(text.charAt(offset))
        }
        expect(mapOffset(edits, text.length)).toBe(after.length)
      }),
    )
  })

  it('puts what was replaced at the start of its replacement', () => {
    const edits = [
      { start: 1, end: 1, text: '++' },
      { start: 4, end: 7, text: '-' },
    ]
    expect([0, 1, 4, 5, 6, 7].map((offset) => mapOffset(edits, offset))).toEqual([0, 3, 6, 6, 6, 7])
  })
})

describe('normaliseNewlines', () => {
  it.each([
    ['a\nb\n', '\r\n', 'a\r\nb\r\n'],
    ['a\r\nb\n', '\r\n', 'a\r\nb\r\n'],
    ['a\r\nb\rc', '\n', 'a\nb\nc'],
    ['a\nb', '\r', 'a\rb'],
  ])('turns %j for %j into %j', (text, eol, expected) => expect(normaliseNewlines(text, eol)).toBe(expected))
})
