#!/usr/bin/env node
// Fetches the corpus: node corpus/fetch.mjs [name[@version] …]
import { gitInit, npmPack } from '../npm-pack.mjs'
import { corpusPackages, folderOf } from './corpus.mjs'

let failures = 0
for (const pkg of corpusPackages(process.argv.slice(2))) {
  const spec = `${pkg.name}@${pkg.version}`
  try {
    const fetched = npmPack(spec, folderOf(pkg))
    if (fetched) gitInit(folderOf(pkg))
    console.log(`${fetched ? 'fetched' : 'present'}  ${spec}`)
  } catch (error) {
    failures += 1
    console.error(`failed   ${spec}: ${error.message}`)
  }
}
process.exitCode = failures === 0 ? 0 : 1
