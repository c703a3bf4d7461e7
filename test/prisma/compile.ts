import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type ts from 'typescript'
import { generatedClient } from './client.ts'
import { installed, type Major } from './packages.ts'
import { linkClient, SHARED_SCHEMA } from './twins.ts'

/** The versions of TypeScript that are here: the oldest that Prisma 6 takes, the one before ours, and ours. */
export type TypeScriptVersion = '5.1' | '5.9' | '6.0'

/** Bundles of TypeScript without its command, of which there can be only one; and a third of the size. */
const BUNDLES: Readonly<Record<TypeScriptVersion, string>> = {
  '5.1': '@ts-morph/common-ts5.1',
  '5.9': '@ts-morph/common-ts5.9',
  '6.0': '@ts-morph/common',
}

interface Bundle {
  readonly ts: typeof ts
  readonly libFolderInMemoryPath: string
  getLibFiles(): readonly { readonly fileName: string; readonly text: string }[]
}

/** Program text by name, for each major whose generated client of the shared schema it is compiled with. */
export type Programs = Readonly<Partial<Record<Major, Readonly<Record<string, string>>>>>

/** Name → what the compiler says, `TS2322 …`; names without an error are left out. */
export type Errors = Readonly<Record<string, readonly string[]>>

/** Compiles all programs at once with a version of TypeScript, each on its own and strictly. */
export async function compile(version: TypeScriptVersion, programs: Programs): Promise<Partial<Record<Major, Errors>>> {
  const { ts, getLibFiles, libFolderInMemoryPath } = createRequire(import.meta.url)(BUNDLES[version]) as Bundle
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'upgrade-kit-types-')))
  try {
    const files: { major: Major; name: string; path: string }[] = []
    for (const [key, texts] of Object.entries(programs)) {
      const major = Number(key) as Major
      const home = join(folder, key)
      await mkdir(home)
      await linkClient(await generatedClient(major, await readFile(SHARED_SCHEMA, 'utf8')), home)
      await symlink(installed('@types'), join(home, 'node_modules/@types'), 'junction')
      for (const [name, text] of Object.entries(texts)) {
        const path = join(home, `${name}.ts`)
        await writeFile(path, text)
        files.push({ major, name, path })
      }
    }
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      esModuleInterop: true,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts'],
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      types: ['node'],
      typeRoots: [installed('@types')],
    }
    const libs = new Map(getLibFiles().map(({ fileName, text }) => [fileName, text]))
    const host = ts.createCompilerHost(options)
    const { readFile: read, fileExists: exists } = host
    const lib = (path: string): string | undefined =>
      path.startsWith(libFolderInMemoryPath) ? libs.get(path.slice(libFolderInMemoryPath.length + 1)) : undefined
    host.getDefaultLibLocation = () => libFolderInMemoryPath
    host.getDefaultLibFileName = (asked) => `${libFolderInMemoryPath}/${ts.getDefaultLibFileName(asked)}`
    host.readFile = (path) => lib(path) ?? read(path)
    host.fileExists = (path) => lib(path) !== undefined || exists(path)
    host.getSourceFile = (path, language) => {
      const text = host.readFile(path)
      return text === undefined ? undefined : ts.createSourceFile(path, text, language)
    }
    const program = ts.createProgram({ rootNames: files.map(({ path }) => path), options, host })
    const broken = program
      .getOptionsDiagnostics()
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
    if (broken.length > 0) throw new Error(`TypeScript ${version} refuses the options: ${broken.join('; ')}`)
    const errors: Partial<Record<Major, Record<string, string[]>>> = {}
    for (const { major, name, path } of files) {
      errors[major] ??= {}
      const source = program.getSourceFile(path)
      if (source === undefined) throw new Error(`${path} was not read`)
      const said = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      if (said.length === 0) continue
      errors[major][name] = said.map(
        ({ code, messageText }) => `TS${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      )
    }
    return errors
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
