#!/usr/bin/env node
// The least that any Node program does on one thread that looks for a word in the files of a repository: asks git which
// they are, reads each, and searches it. See README.md
import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readSync } from 'node:fs'

const [folder, word] = process.argv.slice(2)
const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: folder, maxBuffer: 1 << 30 })
const buffer = Buffer.allocUnsafeSlow(4 * 1024 * 1024)
let found = 0
for (const file of listed.toString().split('\0')) {
  if (!/\.[cm]?[jt]sx?$/.test(file)) continue
  const descriptor = openSync(`${folder}/${file}`, 'r')
  const length = readSync(descriptor, buffer, 0, buffer.length, 0)
  closeSync(descriptor)
  if (buffer.subarray(0, length).includes(word)) found += 1
}
console.log(found)
