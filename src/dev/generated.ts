import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Change, isTransform } from '../catalogue/change.ts'
import { coverageOf } from '../catalogue/coverage.ts'
import type { Setting } from '../catalogue/provider.ts'
import { type Catalogue, type Example, recipesOf, type SelectedRecipe, selectChanges } from '../catalogue/select.ts'
import type { SettingFlag } from '../cli/options.ts'
import { BREAKAGES } from '../model/change.ts'
import type { ChangeId, ProjectPath } from '../model/finding.ts'
import { type Case, readCases } from '../testing/cases.ts'
import { unifiedDiff } from '../text/patch.ts'
import { schemaOf } from './schema.ts'
import { withoutTypes } from './types.ts'

/** What brings every generated file up to date. */
export const COMMAND = 'npm run generate'

/** The changes that a folder `transforms/` declares: every file directly in a provider's folder but `provider.ts`. */
export function changeIds(transforms: string): ChangeId[] {
  return providerIds(transforms).flatMap((provider) =>
    readdirSync(join(transforms, provider), { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && entry.name !== 'provider.ts')
      .map((entry): ChangeId => `${provider}/${entry.name.slice(0, -'.ts'.length)}`)
      .sort(),
  )
}

/** The folders of `transforms/` that declare a provider. */
export function providerIds(transforms: string): string[] {
  return readdirSync(transforms, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(transforms, entry.name, 'provider.ts')))
    .map((entry) => entry.name)
    .sort()
}

/** `transforms/<provider>.ts` and `transforms/index.ts`, from the names of the files alone. */
export function generatedIndex(root: string): ReadonlyMap<ProjectPath, string> {
  const transforms = join(root, 'transforms')
  const ids = changeIds(transforms)
  const providers = providerIds(transforms)
  const all = `// Made by \`${COMMAND}\` from the files in this folder.
import type { Catalogue } from '../src/catalogue/select.ts'
${providers.map((id) => `import * as ${identifier(id)} from './${id}.ts'`).join('\n')}

/** Every change, by its id. */
export const changes = {
${providers.map((id) => `  ...${identifier(id)}.changes,`).join('\n')}
}

/** The id of a change there is. */
export type ChangeId = keyof typeof changes

/** Everything there is. */
export const catalogue: Catalogue = {
  providers: [${providers.map(identifier).join(', ')}].flatMap((part) => part.catalogue.providers),
  changes,
  examples: async () => (await import('./examples.ts')).examples,
}
`
  return new Map([
    ...providers.map((id): [ProjectPath, string] => [
      `transforms/${id}.ts`,
      providerIndex(
        id,
        ids.filter((change) => change.startsWith(`${id}/`)),
      ),
    ]),
    ['transforms/index.ts', all],
  ])
}

/** What a run of one of the provider's recipes needs, and nothing of another provider. */
function providerIndex(provider: string, ids: readonly ChangeId[]): string {
  const imports = [...ids, `${provider}/provider`]
    .sort()
    .map((path) => `import ${identifier(path.replace(/\/provider$/, ''))} from './${path}.ts'`)
  return `// Made by \`${COMMAND}\` from the files in the folder ${provider}.
import type { Catalogue } from '../src/catalogue/select.ts'
${imports.join('\n')}

/** Every change of ${provider}, by its id. */
export const changes = {
${ids.map((id) => `  '${id}': ${identifier(id)},`).join('\n')}
}

/** The recipes of ${provider} alone. */
export const catalogue: Catalogue = {
  providers: [${identifier(provider)}],
  changes,
  examples: async () => (await import('./examples.ts')).examples,
}
`
}

/** `transforms/recipes.ts`: which part of the catalogue a run of one recipe has to load. */
export function generatedRecipes(catalogue: Catalogue): ReadonlyMap<ProjectPath, string> {
  const entries = recipesOf(catalogue).map(
    ({ id, provider }) => `  ['${id}', async () => (await import('./${provider.id}.ts')).catalogue],\n`,
  )
  const text = `// Made by \`${COMMAND}\` from the recipes.
import type { Catalogue } from '../src/catalogue/select.ts'

/** By the id of a recipe, how to load the part of the catalogue that a run of it needs. */
export const recipes: ReadonlyMap<string, () => Promise<Catalogue>> = new Map([
${entries.join('')}])
`
  return new Map([['transforms/recipes.ts', text]])
}

/** `transforms/examples.ts`: what one case of every change shows. It is loaded only where somebody wants to see it. */
export function generatedExamples(root: string, catalogue: Catalogue): ReadonlyMap<ProjectPath, string> {
  const cases = readCases(join(root, 'fixtures'))
  const entries = (Object.keys(catalogue.changes) as ChangeId[]).sort().flatMap((id) => {
    const shown = exampleOf(casesOf(id, cases))
    if (!shown) return []
    const fields = Object.entries(shown).map(([name, text]) => `    ${name}: ${JSON.stringify(text)},\n`)
    return [`  '${id}': {\n${fields.join('')}  },\n`]
  })
  const text = `// Made by \`${COMMAND}\` from the fixtures.
import type { Example } from '../src/catalogue/select.ts'

/** What one case of each change shows. */
export const examples: Readonly<Record<string, Example>> = {
${entries.join('')}}
`
  return new Map([['transforms/examples.ts', text]])
}

/** What two recipes say of an option that both of them take. */
function merged(known: SettingFlag, { description, values }: Setting, recipe: string) {
  const isSame = known.description === description
  return {
    ...(isSame ? {} : { description: `${known.description}; ${recipe}: ${description}` }),
    ...(known.values && values ? { values: [...new Set([...known.values, ...values])] } : {}),
  }
}

/** `transforms/settings.ts`: the options that only some recipes take, for a command line that has loaded no recipe. */
export function generatedSettings(catalogue: Catalogue): ReadonlyMap<ProjectPath, string> {
  const flags = new Map<string, SettingFlag & { readonly recipes: string[] }>()
  for (const { id, settings = {} } of recipesOf(catalogue))
    for (const [name, { default: _, ...setting }] of Object.entries(settings)) {
      const known = flags.get(name)
      const recipes = [...(known?.recipes ?? []), id]
      flags.set(name, known ? { ...known, ...merged(known, setting, id), recipes } : { name, ...setting, recipes })
    }
  const text = `// Made by \`${COMMAND}\` from the recipes.
import type { SettingFlag } from '../src/cli/options.ts'

/** The options that only some recipes take. */
export const settings: readonly SettingFlag[] = ${JSON.stringify([...flags.values()], undefined, 2)}
`
  return new Map([['transforms/settings.ts', text]])
}

function identifier(path: string): string {
  return path.replace(/[-/](\w)/g, (_all, letter: string) => letter.toUpperCase())
}

/** `schema/report-1.json`, from the types of the model. */
export function generatedSchema(root: string): ReadonlyMap<ProjectPath, string> {
  const schema = schemaOf([join(root, 'src/model/report.ts')], 'Report', {
    $id: 'urn:upgrade-kit:report:1',
    title: 'A report of upgrade-kit, schema 1',
    $comment: `Made by \`${COMMAND}\`. Later versions may add properties; none is taken away or changed.`,
  })
  const map = schemaOf([join(root, 'transforms/payment/map/types.ts')], 'PaymentMap', {
    $id: 'urn:upgrade-kit:payment-map:1',
    title: 'A payment map of upgrade-kit, version 1',
    $comment: `Made by \`${COMMAND}\`. Closed, so that a misspelt word is an error and not without effect.`,
  })
  return new Map([
    ['schema/report-1.json', `${JSON.stringify(schema, null, 2)}\n`],
    ['schema/payment-map-1.json', `${JSON.stringify(closed(map), null, 2)}\n`],
  ])
}

/** A schema that takes no property it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]))
  const isObject = inner.type === 'object' && inner.properties !== undefined && !('additionalProperties' in inner)
  return isObject ? { ...inner, additionalProperties: false } : inner
}

const MAPS = 'transforms/payment/maps'

/** The bundled payment maps as texts, since transforms read no files. */
export function generatedMaps(root: string): ReadonlyMap<ProjectPath, string> {
  const folder = join(root, MAPS)
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
  const entries = files.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n')
    return `  ${JSON.stringify(file.slice(0, -'.yaml'.length))}: ${JSON.stringify(text)},\n`
  })
  const text = `// Made by \`${COMMAND}\` from the .yaml files in this folder.
/** The text of every bundled map, by the id of its provider. */
export const MAPS: Readonly<Record<string, string>> = {
${entries.join('')}}
`
  return new Map([[`${MAPS}/index.ts`, text]])
}

const ASSETS = 'src/report/html'

/** The style and the script of the HTML report as strings, since a report is one file and the package has no others. */
export function generatedAssets(root: string): ReadonlyMap<ProjectPath, string> {
  const read = (file: string) => JSON.stringify(readFileSync(join(root, ASSETS, file), 'utf8').replaceAll('\r\n', '\n'))
  const text = `// Made by \`${COMMAND}\` from page.css and page.js.
/** The style sheet. */
export const STYLE = ${read('page.css')}

/** The script. */
export const SCRIPT = ${read('page.js')}
`
  return new Map([[`${ASSETS}/assets.ts`, text]])
}

const FACADE = 'transforms/payment/facade'

/** The files of the façade that no map changes, as texts of TypeScript and of JavaScript. */
export function generatedRuntime(root: string): ReadonlyMap<ProjectPath, string> {
  const folder = join(root, FACADE, '_runtime')
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .sort()
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n'))
  const entries = (language: 'ts' | 'js') =>
    files.map((file, index) => {
      const text = language === 'ts' ? texts[index]! : withoutTypes(file, texts[index]!)
      return `    ${JSON.stringify(file.slice(0, -'.ts'.length))}: ${JSON.stringify(formatted(root, `runtime.${language}`, text))},\n`
    })
  const text = `// Made by \`${COMMAND}\` from the files in _runtime.
/** The text of every file of the runtime, by its name. */
export const RUNTIME: Readonly<Record<'typescript' | 'javascript', Readonly<Record<string, string>>>> = {
  typescript: {
${entries('ts').join('')}  },
  javascript: {
${entries('js').join('')}  },
}
`
  return new Map([[`${FACADE}/runtime.ts`, text]])
}

/** Formatted with semicolons, whatever we do ourselves: a project's style is made from that. */
function formatted(root: string, file: string, text: string): string {
  const bin = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const options = ['--semicolons=always', '--javascript-formatter-line-width=100', `--stdin-file-path=${file}`]
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'format', ...options], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`Biome cannot format ${file}: ${stderr}`)
  return stdout
}

/** The READMEs of `transforms/` and of every provider, from the catalogue and the cases. */
export function generatedReadmes(root: string, catalogue: Catalogue): ReadonlyMap<ProjectPath, string> {
  const cases = readCases(join(root, 'fixtures'))
  return new Map([
    ['transforms/README.md', recipesPage(catalogue)],
    ...catalogue.providers.map((provider): [ProjectPath, string] => [
      `transforms/${provider.id}/README.md`,
      providerPage(catalogue, provider.id, cases),
    ]),
  ])
}

const NOTE = `<!-- Made by \`${COMMAND}\`. -->`

const REWRITTEN = { always: 'always', sometimes: 'where it is certain', never: 'never: a person decides' } as const

const LEFT_ALONE = {
  silent: 'goes on, but does something else',
  throws: 'throws',
  compile: 'no longer compiles',
  deprecated: 'works, with a warning',
} as const

// ---- all recipes --------------------------------------------------------------------------------

function recipesPage(catalogue: Catalogue): string {
  const sections = recipesOf(catalogue).map((recipe) => recipeSection(catalogue, recipe))
  return `${NOTE}

# Recipes

What \`upgrade-kit <recipe>\` can do, and what it cannot.

${sections.join('\n\n')}
`
}

function recipeSection(catalogue: Catalogue, recipe: SelectedRecipe): string {
  const changes = selectChanges(catalogue, recipe).map(({ id, change }) => ({ id, change, name: nameOf(id) }))
  const shown = changes.filter(({ change }) => isTransform(change))
  const coverage = coverageOf(recipe, changes)
  const rows = BREAKAGES.flatMap((breakage) => shown.filter(({ change }) => change.breakage === breakage)).map(
    ({ change, name }) =>
      `| [${name}](${recipe.provider.id}/README.md#${name}) | ${cell(change.title)} | ${LEFT_ALONE[change.breakage]} | ${REWRITTEN[change.fixable]} |`,
  )
  const count = (fixable: Change['fixable']) => shown.filter(({ change }) => change.fixable === fixable).length
  const checklist = changes.flatMap(({ change, name }) =>
    'byHand' in change
      ? [`- [${name}](${recipe.provider.id}/README.md#${name}): ${change.title}. ${change.byHand}`]
      : [],
  )
  return [
    `## ${recipe.id}`,
    `${recipe.provider.packages.map((name) => `\`${name}\``).join(', ')} from ${recipe.from} to ${recipe.to}, after the [official guide](${recipe.guide}).`,
    ...(coverage.changes === 0
      ? []
      : [
          `${coverage.changes - coverage.notCovered.length} of the ${coverage.changes} changes that the guide lists are covered, and ${coverage.undocumented} that it does not mention.`,
        ]),
    `${shown.length} breaking changes are looked for: ${count('always')} are always rewritten, ${count('sometimes')} where it is certain, ${count('never')} are found and left to a person.`,
    ['| change | what broke | code that is left alone | rewritten |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    ...(checklist.length > 0
      ? [`What files show of these is not all; every report asks for them:\n\n${checklist.join('\n')}`]
      : []),
  ].join('\n\n')
}

// ---- one provider -------------------------------------------------------------------------------

function providerPage(catalogue: Catalogue, provider: string, cases: readonly Case[]): string {
  const sections = (Object.entries(catalogue.changes) as [ChangeId, Change][])
    .filter(([id]) => id.startsWith(`${provider}/`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, change]) => changeSection(id, change, cases))
  return `${NOTE}

# ${provider}

Every breaking change of \`${provider}\` that upgrade-kit knows. The examples are test cases.

${sections.join('\n\n')}
`
}

function changeSection(id: ChangeId, change: Change, cases: readonly Case[]): string {
  const own = casesOf(id, cases)
  const rewritten = isTransform(change) ? REWRITTEN[change.fixable] : 'no file shows it; see below'
  return [
    `## ${nameOf(id)}`,
    `**${change.title}.** ${change.why}`,
    [
      `- Code that is left alone: ${LEFT_ALONE[change.breakage]}`,
      `- Since: ${change.since} ([source](${change.source}))`,
      `- Rewritten: ${rewritten}`,
      ...(change.guideSays === undefined ? [] : [`- The guide: ${change.guideSays}`]),
    ].join('\n'),
    ...('byHand' in change ? [change.byHand] : []),
    ...(example(own) ?? []),
  ].join('\n\n')
}

/** The cases of a change, the ones that were written to show something first. */
function casesOf(id: ChangeId, cases: readonly Case[]): readonly Case[] {
  return cases.filter((one) => one.change === id).sort(behaviourLast)
}

/** Programs that are run on both versions come last: they are longer than what is written to show one thing. */
function behaviourLast(a: Case, b: Case): number {
  return (
    Number(a.situation === 'behaviour') - Number(b.situation === 'behaviour') || (a.situation < b.situation ? -1 : 1)
  )
}

const MAX_LINES = 14

/** The first rewrites that a case shows, as a diff; where none does, the first lines that are left to a person. */
function example(cases: readonly Case[]): string[] | undefined {
  const rewriting = cases.find((one) => one.after.size > 0)
  if (rewriting) return [fenced('diff', firstRewrites(rewriting).join('\n').trimEnd())]
  const left = leftLines(cases)
  return left && [fenced(left.language, left.lines.join('\n'))]
}

/** The same as two texts. */
function exampleOf(cases: readonly Case[]): Example | undefined {
  const rewriting = cases.find((one) => one.after.size > 0)
  if (!rewriting) {
    const left = leftLines(cases)
    return left && { before: left.lines.join('\n') }
  }
  const rewrites = firstRewrites(rewriting).map((rewrite) => rewrite.trimEnd().split('\n'))
  const side = (own: string) =>
    rewrites
      .map((lines) =>
        lines
          .filter((line) => line.startsWith(' ') || line.startsWith(own))
          .map((line) => line.slice(1))
          .join('\n'),
      )
      .join('\n')
  return { before: withoutMargin(side('-')), after: withoutMargin(side('+')) }
}

/** Lines without the indentation that all of them have. */
function withoutMargin(text: string): string {
  const margins = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [/^\s*/.exec(line)![0].length]))
  const margin = Math.min(...margins)
  return text
    .split('\n')
    .map((line) => line.slice(margin))
    .join('\n')
}

interface LeftLines {
  readonly language: string
  readonly lines: readonly string[]
}

/** The lines of the first case with marks that a person has to look at; for what no file shows, its program. */
function leftLines(cases: readonly Case[]): LeftLines | undefined {
  const marked = cases.find((one) => one.marks.length > 0)
  const [first] = marked?.marks ?? []
  if (!marked || !first) return programOf(cases)
  const lines = marked.before.get(first.file)!.split(/\r?\n/)
  const shown = marked.marks.filter(({ file }) => file === first.file).map(({ line }) => lines[line - 1]!.trim())
  return { language: /\.(\w+)$/.exec(first.file)?.[1] ?? '', lines: shown.slice(0, MAX_LINES) }
}

/** The program that is run on both versions, without what all of them have. */
function programOf(cases: readonly Case[]): LeftLines | undefined {
  const program = cases.find(({ situation }) => situation === 'behaviour')?.before.get('before.js')
  const lines = program
    ?.split(/\r?\n/)
    .filter((line) => line !== '' && !/= require\(|= express\(\)$|^module\.exports/.test(line))
  return lines && { language: 'js', lines: lines.slice(0, MAX_LINES) }
}

/** As many whole rewrites as fit, as parts of a diff, each with a line around it. */
function firstRewrites(one: Case): readonly string[] {
  const [file, after] = [...one.after].find(([name, text]) => one.before.get(name) !== text) ?? ['', '']
  const diff = unifiedDiff([{ file, before: one.before.get(file) ?? '', after }]).replace(/\r/g, '')
  const hunks = diff.split(/^@@.*@@.*\n/m).slice(1)
  const rewrites = hunks.flatMap((hunk) => hunk.match(/(?:^ .*\S.*\n)?(?:^[-+].*\n)+(?:^ .*\S.*\n)?/gm) ?? [])
  const shown: string[] = []
  let lines = 0
  for (const rewrite of rewrites) {
    lines += rewrite.split('\n').length
    if (lines > MAX_LINES && shown.length > 0) break
    shown.push(rewrite)
  }
  return shown
}

function fenced(language: string, text: string): string {
  const fence = text.includes('```') ? '````' : '```'
  return `${fence}${language}\n${text}\n${fence}`
}

function nameOf(id: ChangeId): string {
  return id.slice(id.indexOf('/') + 1)
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
