import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import semver from 'semver'
import { describe, expect, test } from 'vitest'
import { coverageOf } from '../src/catalogue/coverage.ts'
import { recipesOf, selectChanges } from '../src/catalogue/select.ts'
import { main } from '../src/cli/main.ts'
import { changeIds, providerIds } from '../src/dev/generated.ts'
import { createEngine } from '../src/engine/session.ts'
import { type Change, isTransform } from '../src/index.ts'
import type { ChangeId } from '../src/model/finding.ts'
import { behaviourFolders } from '../src/testing/behaviour.ts'
import { readCases } from '../src/testing/index.ts'
import { guideChanges, otherSections } from '../transforms/express/guide/changes.ts'
import { catalogue } from '../transforms/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const cases = readCases(join(root, 'fixtures'))
const behaviour = await behaviourFolders(join(root, 'fixtures/express'))
const changes = Object.entries(catalogue.changes) as [ChangeId, Change][]

const ofExpress = changes.filter(([id]) => id.startsWith('express/'))

/** Words for the cure: an id names what broke, and a title says so. */
const CURE =
  /^(?:add|change|convert|drop|fix|migrate|move|prefer|remove|rename|replace|rewrite|split|swap|switch|update|upgrade|use)$/i
/** A statement about the new version: in the past, or of what is so now. */
const STATEMENT = /\b(?:was|were|is|are|has|have|must|needs?|asks?|no longer|became|moved|by default)\b/
/** Names that end like versions. */
const CALLED_SO = new Set(['prisma2'])
const SENTENCE_END = /[.?!](?=["'`)]*(?:\s+[`A-Z]|$))/g
const MAX_TITLE = 100

test('every file under transforms/ is a change of the catalogue, and nothing else is', () => {
  expect(Object.keys(catalogue.changes).sort()).toEqual(changeIds(join(root, 'transforms')).sort())
})

test('every provider is called like its folder, and every recipe has a name of its own', () => {
  expect(catalogue.providers.map(({ id }) => id)).toEqual(providerIds(join(root, 'transforms')))
  const recipes = recipesOf(catalogue).map(({ id }) => id)
  expect(recipes).toEqual([...new Set(recipes)])
})

test('every change that cites the official guide of its recipe cites a section that there is', () => {
  const { guide } = recipesOf(catalogue).find(({ id }) => id === 'express5')!
  const sections = [...guideChanges.map(({ anchor }) => anchor), ...otherSections]
  expect(sections).toEqual([...new Set(sections)])
  const cited = changes.filter(([, { source }]) => source.startsWith(guide)).map(([id, { source }]) => [id, source])
  expect(cited.filter(([, source]) => !sections.some((anchor) => source === `${guide}#${anchor}`))).toEqual([])
})

test('the coverage of a guide counts its own list, and its parts add up', () => {
  const recipe = recipesOf(catalogue).find(({ id }) => id === 'express5')!
  const all = selectChanges(catalogue, recipe)
  const { changes: listed, automatic, sometimes, byHand, notCovered, undocumented } = coverageOf(recipe, all)
  expect(listed).toBe(32)
  expect(automatic + sometimes + byHand + notCovered.length).toBe(listed)
  expect(notCovered).toEqual([])
  expect(undocumented).toBe(all.filter(({ change }) => !change.source.startsWith(recipe.guide)).length)
  const del = (...levels: Change['fixable'][]) =>
    coverageOf(
      recipe,
      levels.flatMap((fixable) =>
        all
          .filter(({ id }) => id === 'express/app-del')
          .map(({ id, change }) => ({ id, change: { ...change, fixable } as Change })),
      ),
    )
  expect(del('always')).toMatchObject({ automatic: 1, sometimes: 0, byHand: 0, undocumented: 0 })
  expect(del('always').notCovered).toHaveLength(31)
  expect(del('always', 'never')).toMatchObject({ automatic: 0, sometimes: 1, byHand: 0 })
  expect(del('never', 'never')).toMatchObject({ automatic: 0, sometimes: 0, byHand: 1 })
})

describe('every change is complete', () => {
  /**
   * Shown by running both versions, by both declarations in the compiler, or by what is installed: behaviour.test.ts and
   * twins.test.ts. What another provider than Express breaks is shown by that provider's own tests: with parsers of both
   * versions, with databases, with recorded answers.
   */
  test('has a twin', () => {
    const twins = behaviour.map((folder) => `express/${basename(dirname(folder))}`)
    expect(twins.sort()).toEqual(ofExpress.map(([id]) => id).sort())
  })

  // what no file can show stands on the checklist of every report, and has no file to be shown in
  const shown = changes.filter(([, change]) => isTransform(change)).map(([id]) => id)
  test.each(shown)('%s has a case that shows it and one that stays untouched', (id) => {
    const own = cases.filter((one) => one.change === id)
    expect(own.filter((one) => one.marks.length > 0).map(({ situation }) => situation)).not.toEqual([])
    expect(own.filter((one) => one.marks.length === 0).map(({ situation }) => situation)).not.toEqual([])
  })

  test.each(['list express5 --verbose', 'transforms/express/README.md'])(
    '%s shows it with what happens to code that is left alone, what is done, source and example',
    async (where) => {
      const recipe = recipesOf(catalogue).find(({ id }) => id === 'express5')!
      const examples = await catalogue.examples!()
      const isPage = where.endsWith('.md')
      const page = isPage ? readFileSync(join(root, where), 'utf8') : await listed(recipe.id)
      const headings = isPage ? /^## (\S+)$/gm : /^express\/(\S+)$/gm
      const parts = page.split(isPage ? /^(?=## )/m : /^(?=express\/\S+$)/m)
      expect([...page.matchAll(headings)].map((match) => `express/${match[1]}`).sort()).toEqual(
        ofExpress.map(([id]) => id).sort(),
      )
      for (const [id, change] of ofExpress) {
        const name = id.slice('express/'.length)
        const part = parts.find((text) => text.startsWith(isPage ? `## ${name}\n` : `${id}\n`)) ?? ''
        const [first = ''] = (examples[id]?.before ?? '')
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean)
        expect(first, id).not.toBe('')
        expect(part.replace(/\s+/g, ''), id).toContain(first.replace(/\s+/g, ''))
        expect(part, id).toContain(change.source)
        expect(part, id).toMatch(
          isPage ? /^- Code that is left alone: \S/m : new RegExp(`^breakage +${change.breakage}: `, 'm'),
        )
        expect(part, id).toMatch(isPage ? /^- Rewritten: \S/m : /^fix +\S/m)
      }
    },
  )
})

test.each(changes.filter(([, { guideSays }]) => guideSays !== undefined))(
  'explain %s tells where the official guide is wrong',
  async (id, { guideSays = '', source }) => {
    const page = (await printed('explain', id)).replace(/\s+/g, ' ')
    expect(page).toContain(`guide ${guideSays}`)
    expect(page).toContain(source)
    expect(readFileSync(join(root, `transforms/${id.split('/')[0]}/README.md`), 'utf8')).toContain(guideSays)
  },
)

/** Nobody who reads the guides alone knows of these. */
test('every change of Prisma that stands in no official guide says so', () => {
  const isInGuide = (source: string) => source.includes('/upgrade-guides/')
  const silent = changes.filter(
    ([id, { guideSays, source }]) => id.startsWith('prisma/') && !isInGuide(source) && guideSays === undefined,
  )
  expect(silent.map(([id]) => id)).toEqual([])
})

/** What `upgrade-kit list <recipe> --verbose` prints. */
function listed(recipe: string): Promise<string> {
  return printed('list', recipe, '--verbose')
}

/** What a command prints. */
async function printed(...words: readonly string[]): Promise<string> {
  let out = ''
  const stream = { write: (text: string) => (out += text) }
  await main([...words], {
    engine: async () => createEngine(catalogue, '0.0.0'),
    stdout: { ...stream, columns: 1000 },
    stderr: stream,
    env: {},
    cwd: root,
    version: '0.0.0',
    signal: new AbortController().signal,
  })
  return out
}

describe.each(changes)('%s', (id, change) => {
  test('is named after the old thing that broke, in two to five words', () => {
    // an option is one word, however many it is made of
    const words = id
      .slice(id.indexOf('/') + 1)
      .replace('reject-on-not-found', 'reject')
      .split('-')
    expect(words.length).toBeGreaterThanOrEqual(2)
    expect(words.length).toBeLessThanOrEqual(5)
    for (const word of words) expect(word).toMatch(/^[a-z][a-z0-9]*$/)
    for (const word of words.filter((one) => !CALLED_SO.has(one))) expect(word).not.toMatch(/^v?\d|\dx?$/)
    expect(words[0]).not.toMatch(CURE)
  })

  test('says in its title what broke', () => {
    expect(change.title).toMatch(/^[`A-Z].*[^.\s]$/)
    expect(change.title).toMatch(STATEMENT)
    expect(change.title.split(' ')[0]).not.toMatch(CURE)
    expect(change.title.length).toBeLessThanOrEqual(MAX_TITLE)
  })

  test('explains itself in one to three sentences', () => {
    expect(change.why).toMatch(/^[`A-Z][^\n]*\.$/)
    const sentences = change.why.match(SENTENCE_END)?.length ?? 0
    expect(sentences, change.why).toBeGreaterThanOrEqual(1)
    expect(sentences, change.why).toBeLessThanOrEqual(3)
  })

  test('happens within a recipe, and names where upstream says so', () => {
    expect(semver.valid(change.since)).toBe(change.since)
    const holding = recipesOf(catalogue).filter((recipe) =>
      selectChanges(catalogue, recipe).some((one) => one.id === id),
    )
    expect(holding).not.toEqual([])
    expect(new URL(change.source).protocol).toBe('https:')
  })

  // how the findings of the others speak is looked at in fixtures.test.ts
  if (!isTransform(change))
    test('is for a person alone', () => {
      expect(change.fixable).toBe('never')
    })
})

describe('cases', () => {
  test.each(situationFolders())('%s has a change and a `before`, and is called after its situation', (folder) => {
    const [provider, change, situation] = folder.split('/')
    expect(Object.keys(catalogue.changes)).toContain(`${provider}/${change}`)
    expect(cases.some((one) => one.change === `${provider}/${change}` && one.situation === situation)).toBe(true)
    expect(situation).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)
    expect(situation).not.toMatch(/^(?:case|test|example|fixture)(?:-?\d+)?$/)
  })
})

/** `<provider>/<change>/<situation>`, whatever is in it. */
function situationFolders(): string[] {
  const below = (path: string) =>
    existsSync(join(root, 'fixtures', path))
      ? readdirSync(join(root, 'fixtures', path), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => (path === '' ? entry.name : `${path}/${entry.name}`))
      : []
  return below('')
    .filter((provider) => provider !== 'projects')
    .flatMap(below)
    .flatMap(below)
    .sort()
}
