/** Projects that call a payment API, on disk, and the command line run in them as a person would. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from '../../../src/cli/main.ts'
import { createEngine } from '../../../src/engine/session.ts'
import { catalogue } from '../../../transforms/index.ts'
import * as paymentMaps from '../../../transforms/payment/map/tools.ts'
import { settings } from '../../../transforms/settings.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What a person sees, and the exit code. */
export interface Seen {
  readonly code: number
  readonly out: string
  /** Without what goes to the error stream. */
  readonly stdout: string
}

/** A project in a folder of its own. */
export class ShopFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'upgrade-kit-shop-'))

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.write(files)
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true })
      writeFileSync(join(this.folder, file), text)
    }
  }

  read(file: string): string {
    return readFileSync(join(this.folder, file), 'utf8')
  }

  has(file: string): boolean {
    return existsSync(join(this.folder, file))
  }

  /** All files by their paths, but what the tool keeps for itself and what is installed. */
  files(): Record<string, string> {
    const entries = readdirSync(this.folder, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.folder, join(entry.parentPath, entry.name)))
      .filter((path) => !/^(?:node_modules|\.upgrade-kit)\//.test(path))
    return Object.fromEntries(paths.sort().map((path) => [path, this.read(path)]))
  }

  /** Packages are found as in this repository. */
  install(): void {
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'))
  }

  async run(...words: readonly string[]): Promise<Seen> {
    const seen = { out: '', stdout: '' }
    const stderr = { write: (text: string) => (seen.out += text), columns: 120 }
    const stdout = {
      write: (text: string) => {
        seen.out += text
        seen.stdout += text
      },
      columns: 120,
    }
    const code = await main(words, {
      engine: async () => createEngine(catalogue, '0.0.0'),
      settings,
      paymentMaps: async () => paymentMaps,
      stdout,
      stderr,
      env: {},
      cwd: this.folder,
      version: '0.0.0',
      signal: new AbortController().signal,
    })
    return { code, ...seen }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What is left out where nothing is to be installed or tested. */
export const QUICK = ['--no-verify', '--no-install', '--no-types'] as const
