import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ddmin } from '../src/engine/ddmin.ts'

const set = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 24 })

test('what is left has the property, and no item of it can go', async () => {
  // any property at all that all items have and no items do not: it need not be monotonic
  await fc.assert(
    fc.asyncProperty(set, fc.func(fc.boolean()), async (items, arbitrary) => {
      const holds = (subset: readonly number[]) =>
        subset.length === items.length || (subset.length > 0 && arbitrary([...subset].sort((a, b) => a - b)))
      const found = await ddmin(items, async (subset) => holds(subset))
      expect(holds(found)).toBe(true)
      if (found.length > 1) for (const item of found) expect(holds(found.filter((other) => other !== item))).toBe(false)
    }),
  )
})

test('where some items are needed together, exactly these are found, in their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      set.chain((items) => fc.tuple(fc.constant(items), fc.subarray(items, { minLength: 1 }))),
      async ([items, needed]) => {
        const found = await ddmin(items, async (subset) => needed.every((item) => subset.includes(item)))
        expect(found).toEqual(items.filter((item) => needed.includes(item)))
      },
    ),
  )
})

test('every question is about a part of the items, and never about all or none of them', async () => {
  await fc.assert(
    fc.asyncProperty(set, fc.func(fc.boolean()), async (items, arbitrary) => {
      await ddmin(items, async (subset) => {
        expect(subset.length).toBeGreaterThan(0)
        expect(subset.length).toBeLessThan(items.length)
        expect(items.filter((item) => subset.includes(item))).toEqual(subset)
        return arbitrary(subset)
      })
    }),
  )
})

test('one culprit among n is found with about 2 log n questions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.nat(), async (count, at) => {
      const items = Array.from({ length: count }, (_, index) => index)
      let asked = 0
      const found = await ddmin(items, async (subset) => {
        asked += 1
        return subset.includes(at % count)
      })
      expect(found).toEqual([at % count])
      expect(asked).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(count)) + 2)
    }),
  )
})

test('when nobody has time to answer any more, what was found so far is the answer', async () => {
  let time = 4
  const found = await ddmin([0, 1, 2, 3, 4, 5, 6, 7], async (subset) => time-- > 0 && subset.includes(6))
  expect(found).toEqual([6, 7])
})
