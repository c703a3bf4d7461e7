import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { discover, propose, type Report, readPackages, recipesOf } from '../../src/index.ts'
import { catalogue } from '../../transforms/index.ts'
import type { Major } from './packages.ts'

/** What the recipe makes of files of a project. */
export interface Outcome {
  readonly findings: Report['findings']
  /** Only of the files that are written. */
  readonly written: ReadonlyMap<string, string>
}

/** Runs the whole recipe over a project of these files that depends on Prisma 4, up to what a person has to look at. */
export async function runRecipe(
  files: Readonly<Record<string, string>>,
  from: Major = 4,
  to: Major = 6,
  stage: 'before-bump' | 'bump' = 'bump',
): Promise<Outcome> {
  const version = { 4: '4.16.2', 5: '5.22.0', 6: '6.19.3' }[from]
  const root = await realpath(await mkdtemp(join(tmpdir(), 'upgrade-kit-recipe-')))
  try {
    const manifest = {
      name: 'shop',
      dependencies: { '@prisma/client': version },
      devDependencies: { prisma: version },
    }
    for (const [file, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
      await mkdir(dirname(join(root, file)), { recursive: true })
      await writeFile(join(root, file), text)
    }
    const discovery = discover(root, { cwd: root })
    const { report, files: planned } = await propose({
      catalogue,
      recipe: { ...recipesOf(catalogue).find(({ id }) => id === 'prisma6')!, from: `${from}`, to: `${to}` },
      discovery,
      packages: readPackages(root, discovery),
      level: 'review',
      mode: 'dry-run',
      settings: { stage },
      toolVersion: '0.0.0',
    })
    const written = new Map([...planned].map(([file, { after }]) => [file, after]))
    return { findings: report.findings, written }
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 })
  }
}
