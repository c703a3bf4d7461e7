'use strict'
// Loaded into the project's own test processes: nothing here may throw, print, or need a package.

const { appendFileSync } = require('node:fs')
const { join } = require('node:path')

const folder = process.env.UPGRADE_KIT_RESULTS
const file = folder && join(folder, `lines-${process.pid}.jsonl`)

/**
 * Appends one result as a line of JSON. Line by line, so that what was said before a crash or a `process.exit` stays.
 *
 * @param {{ runner: string, name: readonly string[], file?: string, outcome: 'passed' | 'failed' | 'skipped', milliseconds?: number }} result
 * @param {unknown} [error] What a failed test threw.
 */
exports.write = function write(result, error) {
  if (!file) return
  try {
    appendFileSync(file, `${JSON.stringify({ ...result, ...(result.outcome === 'failed' && described(error)) })}\n`)
  } catch {
    // The exit code still tells.
  }
}

function described(error) {
  if (error === null || typeof error !== 'object') return { message: String(error) }
  const message = typeof error.message === 'string' ? error.message : asText(error)
  return {
    message:
      error.name && !message.startsWith(error.name) && error.name !== 'Error' ? `${error.name}: ${message}` : message,
    ...(typeof error.stack === 'string' && { stack: error.stack }),
    ...((error.expected !== undefined || error.actual !== undefined) && {
      expected: asText(error.expected),
      actual: asText(error.actual),
    }),
  }
}

function asText(value) {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value, undefined, 2) ?? String(value)
  } catch {
    return String(value)
  }
}
