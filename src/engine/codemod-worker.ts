/** Runs in a thread of its own: a codemod is somebody else's program, and may end its process or never come back. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Codemod, loadCodemod } from '../formats/javascript/jscodeshift.ts'
import { UserError } from '../model/user-error.ts'
import type { FromWorker, ToWorker, WorkerInput } from './isolation.ts'

const { path, parser } = workerData as WorkerInput
const port = parentPort!
const send = (message: FromWorker) => port.postMessage(message)

try {
  const codemod: Codemod = await loadCodemod(path, parser === undefined ? {} : { parser })
  port.on('message', async ({ file, text }: ToWorker) => send({ is: 'run', run: await codemod.run(file, text) }))
  send({ is: 'loaded' })
} catch (error) {
  if (!(error instanceof UserError)) throw error
  send({ is: 'refused', message: error.message, advice: error.advice })
}
