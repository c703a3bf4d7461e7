import type { RunnerId } from '../../model/verification.ts'
import { ownFile } from '../own-files.ts'

/** A test runner, and how it is made to write its results down without a change to the project. */
export interface Runner {
  readonly id: RunnerId
  /** Names of its program, as scripts call it. */
  readonly programs: readonly string[]
  /** A word that must be among its arguments: `test` of `playwright test`. */
  readonly subcommand?: string
  /** Matches the path (forward slashes) of the module that its program runs; the preload knows it by that. */
  readonly main: string
  /** Arguments to add; `{output}` stands for a path without extension that no other process writes to. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Arguments of the project's own that say something else about the same; with one of them, nothing is added. */
  readonly conflicts: readonly string[]
  /** Its results are TAP on standard output. */
  readonly tapOnOutput?: true
}

/** Absolute path of a JavaScript file beside this one, as it runs in the project's processes. */
export function beside(name: string): string {
  return ownFile(`runners/${name}`)
}

/** Every runner whose results we read test by test, but for node:test, which is no program of its own. */
export const RUNNERS: readonly Runner[] = [
  {
    id: 'vitest',
    programs: ['vitest'],
    main: '/vitest/vitest\\.mjs$',
    args: ['--reporter=default', `--reporter=${beside('vitest.mjs')}`],
    env: {},
    conflicts: [],
  },
  {
    id: 'jest',
    programs: ['jest', 'react-scripts'],
    main: '/(?:jest|jest-cli)/bin/jest\\.js$|/react-scripts/scripts/test\\.js$',
    args: ['--json', '--outputFile={output}.json'],
    env: {},
    conflicts: ['--json', '--outputFile'],
  },
  {
    id: 'mocha',
    programs: ['mocha', '_mocha'],
    main: '/mocha/bin/_?mocha(?:\\.js)?$',
    args: [`--reporter=${beside('mocha.cjs')}`],
    env: {},
    conflicts: [],
  },
  {
    id: 'ava',
    programs: ['ava'],
    main: '/ava/(?:entrypoints/cli\\.mjs|cli\\.js)$',
    args: ['--tap'],
    env: {},
    conflicts: [],
    tapOnOutput: true,
  },
  {
    id: 'tap',
    programs: ['tap'],
    main: '/tap/bin/run\\.[cm]?js$|/@tapjs/run/dist/esm/index\\.js$',
    args: ['--output-file={output}.tap'],
    env: {},
    conflicts: ['--output-file', '-o'],
  },
  {
    id: 'tape',
    programs: ['tape'],
    main: '/tape/bin/tape$',
    args: [],
    env: {},
    conflicts: [],
    tapOnOutput: true,
  },
  {
    id: 'playwright',
    programs: ['playwright'],
    subcommand: 'test',
    main: '/(?:@playwright/test|playwright)/cli\\.js$',
    args: ['--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: '{output}.json' },
    conflicts: [],
  },
]
