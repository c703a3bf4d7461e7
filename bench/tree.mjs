#!/usr/bin/env node
// Builds the large trees that run.mjs measures on: node tree.mjs [--scale 1|2|4] [--bare]
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gitInit, npmPack } from './npm-pack.mjs'
import { plantedFiles, plantedSites } from './planted.mjs'

const CACHE = join(dirname(fileURLToPath(import.meta.url)), '.cache')

/** Published packages with hand-written or transpiled sources, and the folders of each that are taken. */
const SOURCES = [
  { spec: '@blueprintjs/core@5.8.0', folders: ['src'] },
  { spec: 'antd@5.12.0', folders: ['es'] },
  { spec: 'aws-sdk@2.1500.0', folders: ['lib', 'clients'] },
  { spec: 'core-js@3.34.0', folders: ['modules', 'internals'] },
  { spec: 'date-fns@2.30.0', folders: ['esm'] },
  { spec: 'echarts@5.4.3', folders: ['lib'] },
  { spec: 'ethers@6.9.0', folders: ['src.ts'] },
  { spec: 'lodash-es@4.17.21', folders: ['.'] },
  { spec: 'mongoose@8.0.3', folders: ['lib'] },
  { spec: 'rxjs@7.8.1', folders: ['src'] },
  { spec: 'three@0.160.0', folders: ['src', 'examples'] },
  { spec: 'tldraw@2.0.0', folders: ['src'] },
  { spec: 'typeorm@0.3.17', folders: ['browser'] },
  { spec: 'webpack@5.89.0', folders: ['lib'] },
]

/** At scale n, the sources stand in n of these folders. */
const COPIES = ['alpha', 'beta', 'gamma', 'delta']

const SOURCE_FILE = /\.[cm]?[jt]sx?$/
const LEFT_OUT = /\.d\.[cm]?ts$|\.min\.[cm]?js$/
/** A longer line than this is in nobody's source: what a bundler or a generator wrote. */
const LONGEST_LINE = 2000

/**
 * @typedef {object} Tree
 * @property {string} folder
 * @property {number} files JS and TS files
 * @property {number} bytes in these files
 * @property {number} sites planted call sites
 */

/**
 * Builds a tree, or finds it built: real files only, a git repository with all files committed, one package.json that
 * depends on Express 4. With `planted`, about a hundred call sites of the recipe's changes stand in `app/`.
 * @param {{ scale: 1 | 2 | 4, planted: boolean }} wanted
 * @returns {Tree}
 */
export function makeTree({ scale, planted }) {
  const folder = join(CACHE, `tree-${scale}${planted ? '' : '-bare'}`)
  const stampFile = `${folder}.json`
  const made = createHash('sha256')
    .update(JSON.stringify({ SOURCES, scale, files: planted ? plantedFiles() : [], longest: LONGEST_LINE }))
    .digest('hex')
  const stamp = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : undefined
  if (stamp?.made === made && existsSync(folder)) return { folder, ...stamp.tree }

  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const copy of COPIES.slice(0, scale)) copySources(join(folder, copy))
  if (planted) for (const { file, text } of plantedFiles()) write(join(folder, file), text)
  const manifest = { name: 'large-tree', private: true, dependencies: { express: '^4.18.2' } }
  write(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  write(join(folder, '.gitignore'), 'node_modules/\n')
  gitInit(folder, { commit: true })

  const files = sourceFiles(folder)
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  const tree = { files: files.length, bytes, sites: planted ? plantedSites() : 0 }
  writeFileSync(stampFile, `${JSON.stringify({ made, tree }, null, 2)}\n`)
  return { folder, ...tree }
}

/** Copies the sources of all packages, without package.json files: they would make projects of their own. */
function copySources(target) {
  for (const { spec, folders } of SOURCES) {
    const unpacked = join(CACHE, 'packages', spec.replace('/', '+'))
    npmPack(spec, unpacked)
    for (const folder of folders) {
      for (const file of sourceFiles(join(unpacked, folder))) {
        if (isGenerated(file)) continue
        const copy = join(target, spec.replace('/', '+'), relative(unpacked, file))
        mkdirSync(dirname(copy), { recursive: true })
        cpSync(file, copy)
      }
    }
  }
}

/** All JS and TS files below a folder, in the order of their names, without declarations, minified files, dependencies. */
function sourceFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => SOURCE_FILE.test(file) && !LEFT_OUT.test(file) && !/[\\/](node_modules|\.git)[\\/]/.test(file))
    .filter((file) => statSync(file).isFile())
    .sort()
}

function isGenerated(file) {
  return readFileSync(file, 'utf8')
    .split('\n')
    .some((line) => line.length > LONGEST_LINE)
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { scale: { type: 'string', default: '1' }, bare: { type: 'boolean' } } })
  const tree = makeTree({ scale: Number(values.scale), planted: !values.bare })
  console.log(
    `${tree.folder}: ${tree.files} files, ${(tree.bytes / 1e6).toFixed(1)} MB, ${tree.sites} planted call sites`,
  )
}
