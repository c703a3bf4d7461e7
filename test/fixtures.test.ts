import { fileURLToPath } from 'node:url'
import { describe, test } from 'vitest'
import { fixtureTests } from '../src/testing/index.ts'
import { catalogue } from '../transforms/index.ts'

fixtureTests({ describe, test }, fileURLToPath(new URL('../fixtures', import.meta.url)), catalogue)
