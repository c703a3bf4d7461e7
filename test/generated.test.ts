import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { COMMAND, generatedAssets, generatedIndex, generatedReadmes, generatedSchema } from '../src/dev/generated.ts'
import { catalogue } from '../transforms/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

test.each([
  ...generatedIndex(root),
  ...generatedSchema(root),
  ...generatedAssets(root),
  ...generatedReadmes(root, catalogue),
])('%s is up to date', (file, text) => {
  const path = join(root, file)
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '', `${file} is out of date; run: ${COMMAND}`).toBe(text)
})
