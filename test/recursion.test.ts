import { expect, test } from 'vitest'
import { Answers, Recursion } from '../src/formats/javascript/recursion.ts'

test('a question that takes too long uses up no steps of the next one', () => {
  const recursion = new Recursion()
  const answers = new Answers<object, boolean>()
  const inside = () => recursion.ask(answers, {}, () => recursion.tooLong(1))
  expect(recursion.ask(answers, {}, () => recursion.tooLong(10_000))).toBe(true)
  expect(recursion.ask(answers, {}, () => recursion.tooLong(1))).toBe(false)
  expect(recursion.ask(answers, {}, () => !recursion.tooLong(5999) && inside() === false)).toBe(true)
})
