#!/usr/bin/env node
// Fetches the corpus: node corpus/fetch.mjs [name[@version] …]
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gitInit, npmPack } from '../npm-pack.mjs'
import { corpusPackages, folderOf } from './corpus.mjs'

let failures = 0
for (const pkg of corpusPackages(process.argv.slice(2))) {
  const spec = `${pkg.name}@${pkg.version}`
  try {
    const fetched = npmPack(spec, folderOf(pkg))
    if (fetched) prepare(folderOf(pkg))
    console.log(`${fetched ? 'fetched' : 'present'}  ${spec}`)
  } catch (error) {
    failures += 1
    console.error(`failed   ${spec}: ${error.message}`)
  }
}
process.exitCode = failures === 0 ? 0 : 1

/** Makes an unpacked package a repository in scope of the Express recipe. */
function prepare(folder) {
  declareExpress(join(folder, 'package.json'))
  gitInit(folder)
}

/**
 * Without this, a package that does not use Express would be left alone as a whole, and that it gives nothing would
 * prove nothing.
 */
function declareExpress(manifestPath) {
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'))
  const sections = [manifest.dependencies, manifest.devDependencies, manifest.peerDependencies]
  if (sections.some((section) => section?.express)) return
  manifest.dependencies = { ...manifest.dependencies, express: '^4.17.1' }
  writeFileSync(manifestPath, `${JSON.stringify(manifest, null, 2)}\n`)
}
