'use strict'
// Loaded into every Node process and worker of the project's tests by NODE_OPTIONS. Writes down every call that depd, the
// package by which Express says so, calls deprecated; nothing here may throw, print, or need a package.

const { appendFileSync } = require('node:fs')
const { join } = require('node:path')
const { fileURLToPath } = require('node:url')
const { threadId } = require('node:worker_threads')

/** Frames behind the deprecated call that are written down. */
const MAX_FRAMES = 12
const STACK_LIMIT = 60
const MAX_MESSAGE = 500

const folder = process.env.UPGRADE_KIT_OBSERVED
const file = folder && join(folder, `calls-${process.pid}-${threadId}.jsonl`)

const known = new Set()

/** Line by line, so that what was said before a crash or a `process.exit` stays. */
function write(text) {
  try {
    appendFileSync(file, text)
  } catch {
    // The tests run all the same.
  }
}

/**
 * depd asks whether somebody listens, and tells whoever does. The methods are the process's own, since Jest gives its
 * sandbox a copy of the process that has these, but none of the listeners.
 */
function listen() {
  const { emit, listenerCount } = process
  process.listenerCount = function (type, ...rest) {
    const listeners = Reflect.apply(listenerCount, this, [type, ...rest])
    return type === 'deprecation' ? listeners + 1 : listeners
  }
  process.emit = function (type, ...given) {
    if (type === 'deprecation') note(given[0])
    return Reflect.apply(emit, this, [type, ...given])
  }
}

function note(error) {
  try {
    const { namespace, message } = error
    const caller = traceLines(error.stack)[0]
    // a sandbox for every test file says everything again
    const key = JSON.stringify([namespace, message, caller])
    if (known.has(key)) return
    known.add(key)
    write(`${JSON.stringify({ namespace, message: message.slice(0, MAX_MESSAGE), frames: framesOf(caller) })}\n`)
  } catch {
    // Something else that is called a deprecation.
  }
}

/**
 * The frames from the caller of the deprecated function on: where the code ran, and where it stands in the source if
 * whoever compiled it in memory has taught the stack to say so.
 */
function framesOf(caller) {
  const [ran, mapped] = stacks()
  const start = caller === undefined ? -1 : ran.findIndex((site) => `at ${site}` === caller)
  if (start < 0) return []
  return ran.slice(start, start + MAX_FRAMES).flatMap((site, index) => {
    const place = placeOf(site)
    if (!place) return []
    const source = mapped.length === ran.length ? placeIn(mapped[start + index]) : undefined
    const isMapped =
      source && (source.file !== place.file || source.line !== place.line || source.column !== place.column)
    return [{ ...place, ...(isMapped && { source }) }]
  })
}

/** The same stack twice: as it ran, and as it is printed. */
function stacks() {
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = STACK_LIMIT
    Error.prepareStackTrace = (_, sites) => sites
    const ran = new Error().stack
    Error.prepareStackTrace = prepareStackTrace
    return [ran, traceLines(new Error().stack)]
  } finally {
    Error.prepareStackTrace = prepareStackTrace
    Error.stackTraceLimit = stackTraceLimit
  }
}

function traceLines(stack) {
  return String(stack)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
}

function placeOf(site) {
  const name = site.getFileName()
  const line = site.getLineNumber()
  return name && line ? { file: pathOf(name), line, column: site.getColumnNumber() } : undefined
}

function placeIn(line) {
  const [, name, row, column] = /(?:\(|^at (?:async )?)((?:[^()]|\([^()]*\))+):(\d+):(\d+)\)?$/.exec(line) ?? []
  return name === undefined ? undefined : { file: pathOf(name), line: Number(row), column: Number(column) }
}

function pathOf(name) {
  try {
    return name.startsWith('file:') ? fileURLToPath(name) : name
  } catch {
    return name
  }
}

/** Package managers are Node processes too, and run no test. */
const MANAGER = /[\\/](?:npm|npx|pnpm|pnpx|yarn|corepack)[^\\/]*$/

if (file) {
  // an empty file: this process was watched
  if (!MANAGER.test(process.argv[1] ?? '')) write('')
  listen()
}
