import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { behaviourFolders } from '../../src/testing/behaviour.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The twins that are run, absolute; those for a compiler or a package manager are in twins.test.ts. */
export const programs: readonly string[] = (await behaviourFolders(join(root, 'fixtures/express'))).filter((folder) =>
  existsSync(join(folder, 'before.js')),
)

/** The packages of a program; one that was rewritten has the body-parser that the rewritten manifest asks for. */
export const packagesFor = (major: 4 | 5, isRewritten = false): Record<string, string> => ({
  express: join(root, `node_modules/express${major}`),
  'mime-types': join(root, 'node_modules/express5/node_modules/mime-types'),
  'body-parser': join(
    root,
    isRewritten ? 'node_modules/express5/node_modules/body-parser' : 'node_modules/body-parser',
  ),
  qs: join(root, 'node_modules/qs'),
})
