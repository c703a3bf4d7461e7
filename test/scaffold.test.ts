import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { excerptAround } from '../src/dev/excerpt.ts'
import { newCase, newTransform } from '../src/dev/scaffold.ts'
import { readCases } from '../src/testing/index.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'upgrade-kit-scaffold-'))
  mkdirSync(join(root, 'transforms/express'), { recursive: true })
  writeFileSync(join(root, 'transforms/express/provider.ts'), "export default { packages: ['express'] }\n")
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const read = (file: string) => readFileSync(join(root, file), 'utf8')

describe('newTransform', () => {
  test('writes a change and a marked case, and puts the change in the index of its provider', () => {
    const [change, before] = newTransform(root, 'express/app-router')
    expect(read(change!)).toContain('export default defineChange({')
    expect(read(before!)).toContain("require('express')")
    expect(readCases(join(root, 'fixtures'))).toMatchObject([
      { change: 'express/app-router', marks: [{ line: 4, strengths: ['safe'] }] },
    ])
    expect(read('transforms/express.ts')).toContain("'express/app-router': expressAppRouter,")
  })

  test.each([
    [undefined, /is no id/],
    ['app-router', /is no id/],
    ['express/router', /is no id/],
    ['express/App-Router', /is no id/],
    ['../app-router', /is no id/],
    ['prisma/find-unique', /no provider 'prisma'/],
  ])('refuses %s', (id, message) => {
    expect(() => newTransform(root, id)).toThrow(message)
  })

  test('does not write over a change', () => {
    newTransform(root, 'express/app-router')
    writeFileSync(join(root, 'transforms/express/app-router.ts'), 'mine')
    expect(() => newTransform(root, 'express/app-router')).toThrow(/is there already/)
    expect(read('transforms/express/app-router.ts')).toBe('mine')
  })
})

describe('newCase', () => {
  const CODE = "import express from 'express'\nconst app = express()\nlet other\napp.del('/a')\n"

  test('lifts a line of any project, from where the person stands', () => {
    mkdirSync(join(root, 'elsewhere/src'), { recursive: true })
    writeFileSync(join(root, 'elsewhere/src/App.ts'), `\uFEFF${CODE}`)
    const file = newCase(root, 'express/app-del', 'src/App.ts:4', undefined, join(root, 'elsewhere'))
    expect(file).toBe('fixtures/express/app-del/app-line-4/before.ts')
    expect(read(file)).toBe("import express from 'express'\nconst app = express()\napp.del('/a') // want\n")
    expect(() => newCase(root, 'express/app-del', 'elsewhere/src/App.ts:4')).toThrow(/is there already/)
    const named = newCase(root, 'express/app-del', 'elsewhere/src/App.ts:4', 'esm')
    expect(named).toBe('fixtures/express/app-del/esm/before.ts')
  })

  test.each([
    ['src/app.js', /is no place/],
    ['src/none.js:3', /There is no file/],
    ['transforms/express/provider.ts:9', /no statement on line 9/],
  ])('refuses %s', (place, message) => {
    expect(() => newCase(root, 'express/app-del', place)).toThrow(message)
    expect(existsSync(join(root, 'fixtures'))).toBe(false)
  })
})

describe('excerptAround', () => {
  const lift = (text: string, line: number) => excerptAround(text, 'app.ts', line)

  test('keeps what is around the line, declarations of what is used, and uses of the function around it', () => {
    const text = `import express, { type Request } from 'express'
import path from 'node:path'
import { codes } from './codes'

const app = express()

// the home page
app.get('/', (req, res) => res.render('x'))

function show(req: Request, res) {
  const home = path.join('/')
  const { id } = req.params // why
  if (id) {
    console.log(home)
    return res.send(codes.OK)
  }
  res.end()
}

app.get('/:id', show)
app.listen(3000)
`
    expect(lift(text, 15)).toBe(`import express, { type Request } from 'express'
import { codes } from './codes'

const app = express()

function show(req: Request, res) {
  const { id } = req.params // why
  if (id) {
    return res.send(codes.OK) // want
  }
}

app.get('/:id', show)
`)
  })

  test('keeps the uses of a handler in a constant, and the lines of a call', () => {
    const text = `const show = (req, res) => {
  skip()
  res
    .send(1)
}
router.get('/', show)
`
    expect(lift(text, 4)).toBe(`const show = (req, res) => {
  res
    .send(1) // want
}
router.get('/', show)
`)
  })

  test('says why it cannot', () => {
    expect(() => lift('let = (', 1)).toThrow(/does not parse/)
    expect(() => lift('\nlet a', 1)).toThrow(/no statement on line 1/)
  })
})
