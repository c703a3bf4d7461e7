import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../model/user-error.ts'
import { excerptAround } from './excerpt.ts'
import { generatedIndex } from './generated.ts'

const TEMPLATE = fileURLToPath(new URL('./_transform', import.meta.url))

/**
 * Writes a change to fill in, with its first case, and puts it in the index. Gives back the files it wrote, relative to
 * the root. Throws a UserError for an id that is none, an unknown provider and a change there is already.
 */
export function newTransform(root: string, id: string | undefined): string[] {
  const [provider, name] = idParts(id)
  const change = `transforms/${provider}/${name}.ts`
  const providerFile = join(root, 'transforms', provider, 'provider.ts')
  if (!existsSync(providerFile))
    throw new UserError(`There is no provider '${provider}'.`, `Write transforms/${provider}/provider.ts first.`)
  if (existsSync(join(root, change))) throw new UserError(`${change} is there already.`, 'Choose another name.')
  const library = /packages: \[\s*'([^']+)'/.exec(readFileSync(providerFile, 'utf8'))?.[1] ?? provider
  const template = (file: string) => readFileSync(join(TEMPLATE, file), 'utf8')
  const before = `fixtures/${provider}/${name}/plain-call/before.js`
  write(root, change, template('change.ts'))
  write(root, before, template('before.js').replace("'library'", `'${library}'`))
  for (const [file, text] of generatedIndex(root)) write(root, file, text)
  return [change, before]
}

/**
 * Lifts the statement at `place` (`file:line`, relative to `cwd`), with all it needs, into a case of a change. Gives
 * back the file it wrote, relative to the root. Throws a UserError where `place` leads to nothing and for a case there
 * is already.
 */
export function newCase(root: string, id?: string, place?: string, situation?: string, cwd = root): string {
  const [provider, name] = idParts(id)
  const [, path = '', line] = /^(.*):(\d+)$/.exec(place ?? '') ?? []
  if (line === undefined)
    throw new UserError(`'${place ?? ''}' is no place.`, 'Write the file and the line: src/app.js:42')
  const file = resolve(cwd, path)
  if (!existsSync(file)) throw new UserError(`There is no file ${file}.`, 'Give its path from where you are.')
  const extension = extname(file)
  const folder = situation ?? `${basename(file, extension).replace(/[^a-z0-9]+/gi, '-')}-line-${line}`.toLowerCase()
  const before = `fixtures/${provider}/${name}/${folder}/before${extension}`
  if (existsSync(join(root, dirname(before))))
    throw new UserError(`${dirname(before)} is there already.`, 'Name the situation as the third argument.')
  write(root, before, excerptAround(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''), path, Number(line)))
  return before
}

function idParts(id: string | undefined): [provider: string, name: string] {
  const [, provider, name] = /^([a-z][a-z0-9-]*)\/([a-z][a-z0-9]*(?:-[a-z0-9]+){1,4})$/.exec(id ?? '') ?? []
  if (provider === undefined || name === undefined)
    throw new UserError(
      `'${id ?? ''}' is no id of a change.`,
      'Write the provider, a slash, and the old thing that broke in two to five words: express/app-del',
    )
  return [provider, name]
}

function write(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

/** Runs a script of this folder; a person who got something wrong reads what to do, without a stack. */
export function script(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    console.error(`${error.message} ${error.advice}`)
    process.exitCode = 2
  }
}
