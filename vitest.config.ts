import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest, measured in time of the processor: begun first, or one of them is what all others are waited for. */
const LONGEST = [
  'fixtures',
  'projects',
  'behaviour',
  'payment-projects',
  'blame',
  'prisma/types',
  'observe',
  'trap',
  'payment-facade',
  'payment-cutover',
  'type-check',
  'undo',
  'commit',
  'bad-input',
  'twins',
  'session',
  'pull-request',
  'fuzz',
]

/** Longest files first, then as Vitest would. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
      return found < 0 ? LONGEST.length : found
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  // not as a condition: Vitest gives conditions to Node as well, and what is compiled would then look for the source
  resolve: { alias: { '#kit': fileURLToPath(new URL('src/kit.ts', import.meta.url)) } },
  test: {
    include: ['test/**/*.test.ts'],
    // what is compiled is loaded as it is
    server: { deps: { external: [/\/dist\/(?:src|transforms)\//] } },
    globalSetup: 'test/data/scratch.ts',
    // generous: a machine may do ten things at once
    testTimeout: 180_000,
    // else a machine of two cores works with one: Vitest keeps one for itself, which it needs only while it watches
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
  },
})
