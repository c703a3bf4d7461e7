import { defineChange, fix, type JsonFile, type Range, replace, type YamlFile } from '#kit'
import { declaredRange } from './packages/targets.ts'

export default defineChange({
  title: 'A catalog asks for Express 4',
  why: 'Packages that say `catalog:` take their range from the catalog of the workspace (pnpm-workspace.yaml, .yarnrc.yml, or package.json for bun), so the range that keeps them on Express 4 stands there.',
  since: '5.0.0',
  breakage: 'deprecated',
  source: 'https://expressjs.com/en/guide/migrating-5.html#installation',
  fixable: 'sometimes',

  format: ['yaml', 'json'],
  mentions: ['catalog'],
  *find(file, project) {
    if (project.packagesInScope.length === 0) return
    for (const { catalog, key, value, range } of entriesOf(file)) {
      const declared = declaredRange(key, value)
      if (!declared) continue
      const { name, target, raised } = declared
      const draft = {
        at: range,
        message: `\`${name}\` goes to ${target}`,
        evidence: { certainty: 'proven' as const, steps: [{ what: `\`${key}\` in ${catalog} of ${file.path}` }] },
      }
      if (raised.is === 'unclear') yield { ...draft, notes: [raised.why] }
      else yield { ...draft, fix: fix('safe', `Raise to \`${raised.range}\``, replace(range, raised.range)) }
    }
  },
})

interface Entry {
  readonly catalog: string
  readonly key: string
  readonly value: unknown
  /** Without quotes. */
  readonly range: Range
}

function entriesOf(file: JsonFile | YamlFile): Entry[] {
  if (file.format === 'yaml') {
    if (!/(?:^|\/)(?:pnpm-workspace\.yaml|\.yarnrc\.yml)$/.test(file.path)) return []
    return file.scalars().flatMap(({ path, ...scalar }) => entry(path, scalar.value, scalar.range))
  }
  if (!/(?:^|\/)package\.json$/.test(file.path)) return []
  return file.scalars().flatMap(({ path, value, inner }) => entry(path, value, inner))
}

/** `catalog.express`, `catalogs.old.express`, and the same below `workspaces`. */
function entry(path: readonly string[], value: unknown, range: Range): Entry[] {
  const [holder, ...rest] = path[0] === 'workspaces' ? path.slice(1) : path
  const isEntry = (holder === 'catalog' && rest.length === 1) || (holder === 'catalogs' && rest.length === 2)
  return isEntry ? [{ catalog: path.slice(0, -1).join('.'), key: rest.at(-1)!, value, range }] : []
}
