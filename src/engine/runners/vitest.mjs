// A reporter for Vitest 0.34 and later: says nothing, and writes every result down when all have run.
import lines from './lines.cjs'

/** The tests of a file or suite as the runner keeps them: the same in every version. */
function* tests(task, name = []) {
  for (const inner of task.tasks ?? []) {
    const path = [...name, inner.name]
    if (inner.type === 'suite') yield* tests(inner, path)
    else yield { task: inner, name: path }
  }
  if (task.result?.state === 'fail' && task.result.errors?.length > 0) yield { task, name }
}

function writeAll(files) {
  for (const file of files) {
    for (const { task, name } of tests(file)) {
      const state = task.result?.state
      const outcome = state === 'pass' ? 'passed' : state === 'fail' ? 'failed' : 'skipped'
      lines.write(
        { runner: 'vitest', name, file: file.filepath, outcome, milliseconds: task.result?.duration },
        task.result?.errors?.[0],
      )
    }
  }
}

export default class {
  #done = false

  /** Vitest 3 and later. */
  onTestRunEnd(modules) {
    this.#once(modules.map((module) => module.task))
  }

  /** Before. */
  onFinished(files = []) {
    this.#once(files)
  }

  #once(files) {
    if (!this.#done) writeAll(files)
    this.#done = true
  }
}
