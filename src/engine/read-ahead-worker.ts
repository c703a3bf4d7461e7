import { parentPort, workerData } from 'node:worker_threads'
import { isCode, list } from './discover.ts'
import type { Listed } from './read-ahead.ts'
import { packed, type Questions, SharedFiles } from './shared-files.ts'

const root: string = workerData
const { files: listed, ...listing } = list(root)
const files = SharedFiles.of(root, listed.filter(isCode).sort())
parentPort!.postMessage({
  listing,
  files: packed(listed),
  shared: files.shared,
} satisfies Listed)
files.readAll()
parentPort!.once('message', (questions: Questions) => files.answerAll(questions))
