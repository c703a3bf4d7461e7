import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import {
  COMMAND,
  generatedAssets,
  generatedExamples,
  generatedIndex,
  generatedMaps,
  generatedReadmes,
  generatedRecipes,
  generatedRuntime,
  generatedSchema,
  generatedSettings,
} from '../src/dev/generated.ts'
import { isTransform } from '../src/index.ts'
import { catalogue } from '../transforms/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

test.each([
  ...generatedIndex(root),
  ...generatedSchema(root),
  ...generatedAssets(root),
  ...generatedRecipes(catalogue),
  ...generatedSettings(catalogue),
  ...generatedMaps(root),
  ...generatedRuntime(root),
  ...generatedExamples(root, catalogue),
  ...generatedReadmes(root, catalogue),
])('%s is up to date', (file, text) => {
  const path = join(root, file)
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '', `${file} is out of date; run: ${COMMAND}`).toBe(text)
})

test('loading the catalogue loads no examples, and asking for them gives one for every change', async () => {
  for (const [file] of generatedIndex(root))
    expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/^import .*examples/m)
  const examples = await catalogue.examples!()
  // what no file can show has none
  const shown = Object.entries(catalogue.changes).filter(([, change]) => isTransform(change))
  expect(Object.keys(examples)).toEqual(shown.map(([id]) => id).sort())
  expect(examples['express/app-del']?.before).toContain('.del(')
  expect(examples['express/app-del']?.after).toContain('.delete(')
  for (const { before, after } of Object.values(examples))
    expect(before + (after ?? '')).not.toMatch(/(?:\/\/|#|--) want/)
})
