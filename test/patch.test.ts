import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type TextPatch, unifiedDiff } from '../src/text/patch.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Writes every `before`, applies the diff with git and returns what the files are then. */
function gitApplied(patches: readonly TextPatch[]): Map<string, string> {
  const root = mkdtempSync(join(tmpdir(), 'upgrade-kit-patch-'))
  folders.push(root)
  for (const { file, before } of patches) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    if (before !== undefined) writeFileSync(join(root, file), before)
  }
  // Without a repository of its own, a `core.autocrlf` of the machine may not change what is compared.
  const options = ['-c', 'core.autocrlf=false', '-c', 'core.eol=lf', '-c', 'core.safecrlf=false']
  execFileSync('git', [...options, 'apply', '--whitespace=nowarn', '-'], {
    cwd: root,
    input: unifiedDiff(patches),
    env: { ...process.env, GIT_CEILING_DIRECTORIES: dirname(root) },
  })
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(root.length + 1).replaceAll(sep, '/'), readFileSync(path, 'utf8')]
    }),
  )
}

describe('unifiedDiff', () => {
  it('looks like git diff', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n'
    expect(unifiedDiff([{ file: 'src/a.js', before, after: before.replace('e', 'E') }])).toBe(
      [
        'diff --git a/src/a.js b/src/a.js',
        '--- a/src/a.js',
        '+++ b/src/a.js',
        '@@ -2,7 +2,7 @@',
        ' b',
        ' c',
        ' d',
        '-e',
        '+E',
        ' f',
        ' g',
        ' h',
        '',
      ].join('\n'),
    )
  })

  it('says nothing about a file that does not change', () => {
    expect(unifiedDiff([{ file: 'a.js', before: 'x', after: 'x' }])).toBe('')
  })

  it('says of an empty new file only that it is there, and ends a name with a space by a tab', () => {
    expect(unifiedDiff([{ file: 'a b.js', after: '' }])).toBe('diff --git a/a b.js b/a b.js\nnew file mode 100644\n')
    expect(unifiedDiff([{ file: 'a b.js', before: '', after: 'x\n' }])).toContain('--- a/a b.js\t\n+++ b/a b.js\t\n')
  })

  it('is applied by git to the byte: endings, marks, new files, missing newlines', () => {
    const patches: TextPatch[] = [
      { file: 'crlf.js', before: 'a\r\nb\r\nc\r\n', after: 'a\r\nB\r\nc\r\n' },
      { file: 'mixed.js', before: 'a\r\nb\nc\rd\n', after: 'a\nb\r\nc\rD\n' },
      { file: 'bom.js', before: '\uFEFFvar a\nvar b\n', after: '\uFEFFvar A\nvar b\n' },
      { file: 'open-end.js', before: 'a\nb', after: 'a\nB' },
      { file: 'gets-end.js', before: 'a\nb', after: 'a\nb\n' },
      { file: 'loses-end.js', before: 'a\nb\n', after: 'a\nb' },
      { file: 'new/deep/file.js', after: 'one\ntwo' },
      { file: 'new-empty.js', after: '' },
      { file: 'filled.js', before: '', after: 'x\n' },
      { file: 'emptied.js', before: 'x\n', after: '' },
      { file: 'separators.js', before: 'a\u2028b\n\f\n', after: 'a\u2028B\n\f\n' },
    ]
    expect(gitApplied(patches)).toEqual(new Map(patches.map((p) => [p.file, p.after])))
  })

  it('quotes file names as git needs it', () => {
    const names = ['with space.js', 'a b/c d.js', 'café/日本語.js', 'emoji-😀.js', "it's.js", '[id].js', 'a b.js']
    // Windows has no such names.
    if (process.platform !== 'win32') names.push('quo"te.js', 'back\\slash.js', 'tab\tnew\nline.js', ' lead', 'trail ')
    const patches = names.flatMap((name): TextPatch[] => [
      { file: name, before: 'a\n', after: 'b\n' },
      { file: `new ${name}`, after: 'b\n' },
    ])
    // macOS may give names back in another Unicode form.
    const byName = (files: Iterable<readonly [string, string]>) =>
      new Map([...files].map(([name, text]) => [name.normalize('NFC'), text]))
    expect(byName(gitApplied(patches))).toEqual(byName(patches.map((p) => [p.file, p.after])))
  })

  it('is applied by git to the byte, whatever the texts', () => {
    const anyText = fc
      .array(
        fc.constantFrom('a', 'b', 'c', '\n', '\n', '\r\n', '\r', '-', '+ ', '\\ No newline', '@@ -1 +1 @@', '😀'),
        {
          maxLength: 30,
        },
      )
      .map((parts) => parts.join(''))
    const anyPatches = fc.array(fc.tuple(anyText, anyText), { minLength: 30, maxLength: 30 })
    fc.assert(
      fc.property(anyPatches, (pairs) => {
        const patches = pairs.map(([before, after], i) => ({ file: `${i}.js`, before, after }))
        fc.pre(patches.some((p) => p.before !== p.after))
        expect(gitApplied(patches)).toEqual(new Map(patches.map((p) => [p.file, p.after])))
      }),
      { numRuns: 8 },
    )
  })
})
