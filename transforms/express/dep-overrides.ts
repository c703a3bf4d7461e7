import {
  areDisjoint,
  type DataFile,
  type Draft,
  defineChange,
  fix,
  type JsonFile,
  type PatchFile,
  type Range,
  replace,
  type YamlFile,
} from '#kit'
import { NEEDED } from './packages/family.ts'
import { type Pin, pinsInManifest, pinsInWorkspace } from './packages/overrides.ts'

const SECTIONS = ['dependencies', 'devDependencies', 'optionalDependencies']

export default defineChange({
  title: 'Express 5 is reached by the overrides and patches made for Express 4',
  why: 'An override holds for whoever asks. With `path-to-regexp` held at 0.1 the first route of Express 5 throws "pathRegexp.match is not a function"; with `send`, `serve-static` or `body-parser` held at their old versions it starts and silently behaves like Express 4; with `express` held at 4 npm refuses to install, and other package managers stay on 4. Patches of Express 4 do not fit.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://expressjs.com/en/guide/migrating-5.html#installation',
  fixable: 'sometimes',

  format: ['json', 'yaml', 'patch'],
  mentions: ['overrides', 'resolutions', 'patch', 'diff '],
  *find(file, project) {
    if (project.packagesInScope.length === 0) return
    if (file.format === 'patch') return yield* inPatch(file)
    if (file.format === 'json' && !/(?:^|\/)package\.json$/.test(file.path)) return
    if (file.format === 'yaml' && !/(?:^|\/)pnpm-workspace\.yaml$/.test(file.path)) return
    for (const pin of file.format === 'json' ? pinsInManifest(file) : pinsInWorkspace(file)) yield pinned(file, pin)
    yield* patched(file)
  },
})

function pinned(file: DataFile, { name, value, needs, where, range, scoped, removal }: Pin): Draft {
  const notes = scoped ? [] : [`other packages that ask for ${name} lose it too; to keep it for them, scope it to them`]
  return {
    at: range,
    message: `this holds \`${name}\` at ${value}, and Express 5 needs ${needs}`,
    evidence: proven(`\`${where}\` of ${file.path}`),
    notes,
    ...(removal
      ? { fix: fix(scoped ? 'safe' : 'review', `Remove the override of \`${name}\``, replace(removal, '')) }
      : {}),
  }
}

/** `pnpm.patchedDependencies`, and yarn's `patch:express@npm%3A4.18.2#…`. */
function* patched(file: JsonFile | YamlFile): Iterable<Draft> {
  const said =
    file.format === 'json' ? file.scalars().map(({ inner, ...one }) => ({ ...one, range: inner })) : file.scalars()
  for (const { path, value, range } of said) {
    const key = path.at(-1)!
    const holder = path.slice(0, -1).join('.')
    if (/^(?:pnpm\.)?patchedDependencies$/.test(holder)) yield* ofOld(file, key, range, holder)
    const target = /^patch:(.+?)#/.exec(String(value))?.[1]
    if (target && (SECTIONS.includes(holder) || holder === 'resolutions'))
      yield* ofOld(file, decodeURIComponent(target).replace('@npm:', '@'), range, holder)
  }
}

function* inPatch(file: PatchFile): Iterable<Draft> {
  const name = /([^/]+)\.patch$/.exec(file.path)?.[1]?.split('++').at(-1) ?? ''
  const [, scope = '', plain, version] = /^(@[^+]+\+)?([^+]+)\+(\d[^+]*)/.exec(name) ?? []
  const first = file.files()[0]?.range ?? { start: 0, end: 0 }
  if (plain) yield* ofOld(file, `${scope.replace('+', '/')}${plain}@${version}`, first, file.path)
}

/** A finding for `name@version` if Express 5 does not use that version. */
function* ofOld(file: DataFile, target: string, at: Range, where: string): Iterable<Draft> {
  const [, name = '', version = ''] = /^(.[^@]*)@(.+)$/.exec(target) ?? []
  const needs = Object.hasOwn(NEEDED, name) ? NEEDED[name] : undefined
  if (needs === undefined || !areDisjoint(version, needs)) return
  yield {
    at,
    message: `the patch is made for \`${name}\` ${version}, and Express 5 needs ${needs}`,
    evidence: proven(`${where} of ${file.path}`),
    notes: ['see whether Express 5 still needs it; remove it or make it anew'],
  }
}

function proven(what: string) {
  return { certainty: 'proven' as const, steps: [{ what }] }
}
