import { describe, expect, it } from 'vitest'
import { DockerFile } from '../src/formats/dockerfile.ts'
import { EnvironmentFile, withoutValues } from '../src/formats/environment.ts'
import { imageReference } from '../src/formats/images.ts'
import { formatOf } from '../src/formats/index.ts'
import { JsonFile } from '../src/formats/json.ts'
import { PatchFile } from '../src/formats/patch.ts'
import { ShellFile, shellAssignments } from '../src/formats/shell.ts'
import { VersionFile } from '../src/formats/versions.ts'
import { YamlFile } from '../src/formats/yaml.ts'
import type { Range } from '../src/model/finding.ts'

const cut = (text: string, { start, end }: Range) => text.slice(start, end)
/** Every format has to read a file the same way with other line endings. */
const both = (text: string) => [text, text.replaceAll('\n', '\r\n')]

describe('formatOf', () => {
  it.each([
    ['Dockerfile', 'dockerfile'],
    ['docker/api.Dockerfile', 'dockerfile'],
    ['Dockerfile.dev', 'dockerfile'],
    ['Containerfile', 'dockerfile'],
    ['.env', 'environment'],
    ['.env.local', 'environment'],
    ['config/prod.env', 'environment'],
    ['.nvmrc', 'versions'],
    ['scripts/run.sh', 'shell'],
    ['Makefile', 'shell'],
    ['Procfile.dev', 'shell'],
    ['.github/workflows/ci.yml', 'yaml'],
    ['patches/express+4.18.2.patch', 'patch'],
    ['package.json', 'json'],
    ['src/app.ts', 'javascript'],
    ['src/env.ts', 'javascript'],
    ['dockerfile.ts', 'javascript'],
    ['README.md', undefined],
    ['src/environment', undefined],
  ])('%s is %s', (path, format) => {
    expect(formatOf(path)).toBe(format)
  })
})

describe('a Dockerfile', () => {
  const read = (text: string) => new DockerFile('Dockerfile', text)

  it('has instructions with all their lines', () => {
    for (const text of both('# hello\nfrom a:1\nRUN one \\\n  # between\n\n  && two\nCMD x\n'))
      expect(read(text).instructions.map((one) => [one.keyword, cut(text, one.rest).replace(/\s+/g, ' ')])).toEqual([
        ['FROM', 'a:1'],
        ['RUN', 'one \\ # between && two'],
        ['CMD', 'x'],
      ])
  })

  it('joins lines by the character that the file names', () => {
    expect(read('# escape=`\nRUN one `\n  two\nCMD a\\\nCMD b').instructions).toHaveLength(3)
  })

  it('passes over here-documents', () => {
    for (const text of both("FROM a\nRUN <<'EOF' && <<-B\nFROM b\nEOF\nENV X=1\n\tB\nUSER c\n"))
      expect(read(text).instructions.map(({ keyword }) => keyword)).toEqual(['FROM', 'RUN', 'USER'])
  })

  it('knows images from stages, with the defaults of their arguments', () => {
    const text =
      'ARG TAG=16\nFROM node:${TAG}-alpine AS Build\nFROM build\nCOPY --from=0 a b\nCOPY --from=x/y:2 a b\nFROM --platform=$P ${REG:-r.io}/n@sha256:1\n'
    expect(
      read(text)
        .images()
        .map(({ range, from, ...image }) => [image, cut(text, range), from.length]),
    ).toEqual([
      [{ name: 'node', tag: '16-alpine' }, 'node:${TAG}-alpine', 1],
      [{ name: 'x/y', tag: '2' }, 'x/y:2', 0],
      [{ name: 'n', registry: 'r.io', digest: 'sha256:1' }, '${REG:-r.io}/n@sha256:1', 0],
    ])
  })

  it('has the variables of ENV, ARG and commands', () => {
    const text =
      'ENV A=1 B="two words" \\\n  C=3\nENV D four five\nARG E\nRUN F=6 node x\nCMD ["sh", "-c", "G=7 node x"]\nLABEL H=8\n'
    const found = read(text).assignments()
    expect(found.map(({ name, value }) => `${name}:${value}`)).toEqual([
      'A:1',
      'B:two words',
      'C:3',
      'D:four five',
      'F:6',
      'G:7',
    ])
    expect(found.map(({ range }) => cut(text, range))).toEqual(found.map(({ value }) => value))
    expect(
      read(text)
        .commands()
        .at(-1)!
        .map((word) => word.text),
    ).toEqual(['G=7', 'node', 'x'])
  })
})

describe('a shell text', () => {
  const words = (text: string) => new ShellFile('x.sh', text).commands().map((one) => one.map((word) => word.text))

  it('is split into commands and words', () => {
    for (const text of both('a "b c" \'d\' # e\nf && g | h; (i)\nj \\\n  k > l'))
      expect(words(text)).toEqual([['a', 'b c', 'd'], ['f'], ['g'], ['h'], ['i'], ['j', 'k'], ['l']])
  })

  it('survives what is not closed, and passes over here-documents', () => {
    expect(words("echo don't\nA=1 b")).toEqual([
      ['echo', "don't"],
      ['A=1', 'b'],
    ])
    expect(words('cat <<EOF > x\nA=1\nEOF\nb')).toEqual([['cat'], ['b']])
    expect(words('a \\')).toEqual([['a']])
  })

  it.each([
    ['DEBUG=express:* node app', 'express:*'],
    ["DEBUG='a b' node app", 'a b'],
    ['export DEBUG="x"', 'x'],
    ['cross-env DEBUG=x node', 'x'],
    ['docker run -e DEBUG=x --env=PORT=1 y', 'x'],
    ['docker run --env=DEBUG=x y', 'x'],
    ['set DEBUG=x & node app', 'x'],
    ['set "DEBUG=x" && node app', 'x'],
    ["$env:DEBUG = 'x'; node app", 'x'],
    ["$env:DEBUG='x'", 'x'],
    ['DEBUG ?= x', 'x'],
    ['web: DEBUG=x node app', 'x'],
    ['DEBUG="a"\'b\' node', undefined],
    ['# DEBUG=x', undefined],
    ['rem set DEBUG=x', undefined],
    ['MY_DEBUG=x node', undefined],
    ['node --DEBUG=x', undefined],
    ['echo DEBUG = x', undefined],
    ['export DEBUG = x', 'x'],
  ])('%s sets DEBUG to %s', (text, value) => {
    const found = shellAssignments(text).find(({ name }) => name === 'DEBUG')
    expect(found?.value).toBe(value)
    if (found) expect(cut(text, found.range)).toBe(value)
  })

  it('is read inside a JSON string', () => {
    const text = '{"a": "DEBUG=\\"x y\\" cross-env B=\'1\' node"}'
    const { inner } = new JsonFile('a.json', text).at('a')!
    expect(shellAssignments(text, inner, 'escaped').map(({ name, range }) => [name, cut(text, range)])).toEqual([
      ['DEBUG', 'x y'],
      ['B', '1'],
    ])
  })
})

describe('a file of variables', () => {
  it('is read as dotenv reads it', () => {
    for (const text of both('A=1\nexport B = "two # 2" # c\n# C=3\nD=\nE=\'a\nb\'\nF: x y \nno line\nG=1#2')) {
      const found = new EnvironmentFile('.env', text).assignments()
      expect(found.map(({ name, value }) => [name, value.replace('\r', '')])).toEqual([
        ['A', '1'],
        ['B', 'two # 2'],
        ['D', ''],
        ['E', 'a\nb'],
        ['F', 'x y'],
        ['G', '1'],
      ])
      expect(found.map(({ range }) => cut(text, range))).toEqual(found.map(({ value }) => value))
    }
  })
})

describe('a file of versions', () => {
  it('has one version, or one for every tool', () => {
    for (const text of both('# x\n v16.1.0 \n'))
      expect(
        new VersionFile('.nvmrc', text).versions().map((one) => [one.tool, one.version, cut(text, one.range)]),
      ).toEqual([['node', 'v16.1.0', 'v16.1.0']])
    for (const text of both('ruby 3\nnodejs 20 16 # old 14\n\n'))
      expect(
        new VersionFile('.tool-versions', text).versions().map((one) => [one.tool, one.version, cut(text, one.range)]),
      ).toEqual([
        ['ruby', '3', '3'],
        ['nodejs', '20', '20'],
        ['nodejs', '16', '16'],
      ])
  })
})

describe('YAML', () => {
  it('has scalars with their paths, also over several documents and with tags', () => {
    const text = 'a: &x [1, "two"]\nb: *x\nc: !Sub \'d\'\n---\ne: |\n  f\n'
    expect(
      new YamlFile('x.yml', text).scalars().map((one) => [one.path.join('.'), cut(text, one.range), one.style]),
    ).toEqual([
      ['a.0', '1', 'plain'],
      ['a.1', 'two', 'double'],
      ['c', 'd', 'single'],
      ['e', '|\n  f\n', 'block'],
    ])
    expect(new YamlFile('x.yml', '').scalars()).toEqual([])
    expect(() => new YamlFile('x.yml', 'a: [')).toThrow()
    expect(new YamlFile('x.yml', text).value('a', '1')).toBe('two')
  })
})

describe('JSON', () => {
  it('has scalars with their paths', () => {
    const text = '{ "a": [1, { "b": "c" }], /* d */ "e": null }'
    expect(new JsonFile('x.json', text).scalars().map((one) => [one.path.join('.'), cut(text, one.inner)])).toEqual([
      ['a.0', '1'],
      ['a.1.b', 'c'],
      ['e', 'null'],
    ])
  })
})

describe('a patch', () => {
  it('has the files that it changes', () => {
    for (const text of both('diff --git a/node_modules/x/a.js b/node_modules/x/a.js\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n'))
      expect(new PatchFile('x.patch', text).files().map(({ path }) => path)).toEqual(['node_modules/x/a.js'])
    expect(new PatchFile('x.patch', '--- a/y\n+++ b/y\t2020\n').files().map(({ path }) => path)).toEqual(['y'])
  })
})

describe('imageReference', () => {
  it.each([
    ['node', { name: 'node' }],
    ['node:16', { name: 'node', tag: '16' }],
    ['library/node:16', { name: 'library/node', tag: '16' }],
    ['localhost:5000/a/b:1', { registry: 'localhost:5000', name: 'a/b', tag: '1' }],
    ['gcr.io/a@sha256:9', { registry: 'gcr.io', name: 'a', digest: 'sha256:9' }],
  ])('takes %s apart', (text, parts) => {
    expect(imageReference(text)).toEqual(parts)
  })
})

describe('a file of variables without its values', () => {
  it('hides what may be a secret, and shows what a finding is about', () => {
    const text = 'KEY=sk_live_1\r\nURL="https://a.example/v1" # old\nPEM="a\nb"\nEMPTY=\n'
    const start = text.indexOf('/v1')
    expect(withoutValues('.env', text, [{ start, end: start + 3 }])).toBe(
      'KEY=*********\r\nURL="https://a.example/v1" # old\nPEM="*\n*"\nEMPTY=\n',
    )
    expect(withoutValues('.env', text, [])).not.toContain('example')
  })
})
