/** Brings every generated file up to date: `npm run generate`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  generatedAssets,
  generatedExamples,
  generatedIndex,
  generatedMaps,
  generatedReadmes,
  generatedRecipes,
  generatedRuntime,
  generatedSchema,
  generatedSettings,
} from './generated.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

function write(files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) {
    const path = join(root, file)
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    console.log(`${file} written`)
  }
}

write(generatedIndex(root))
write(generatedSchema(root))
write(generatedAssets(root))
write(generatedMaps(root))
write(generatedRuntime(root))
// Only now: the index says which changes there are.
const { catalogue } = await import('../../transforms/index.ts')
write(generatedRecipes(catalogue))
write(generatedSettings(catalogue))
write(generatedExamples(root, catalogue))
write(generatedReadmes(root, catalogue))
