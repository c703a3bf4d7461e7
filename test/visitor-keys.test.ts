import { VISITOR_KEYS as theirs } from '@babel/types'
import { expect, test } from 'vitest'
import { VISITOR_KEYS as ours } from '../src/formats/javascript/visitor-keys.ts'

test('every node type is walked through the fields that Babel says hold nodes', () => {
  const withChildren = Object.fromEntries(Object.entries(theirs).filter(([, keys]) => keys.length > 0))
  expect(ours).toEqual(withChildren)
})
