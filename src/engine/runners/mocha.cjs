'use strict'
// A reporter for Mocha 2 and later: prints what `spec` prints, and writes every result down.

const { createRequire } = require('node:module')
const { write } = require('./lines.cjs')

/** The very Mocha that is running. */
function mocha() {
  const running = Object.keys(require.cache).find((path) => /[\\/]mocha[\\/]lib[\\/]runner\.js$/.test(path))
  return running ? createRequire(running)('..') : createRequire(`${process.cwd()}/package.json`)('mocha')
}

const { Spec } = mocha().reporters

/** A hook that fails takes its suite with it; it is named like the test that it stands for. */
function nameOf(test) {
  const name = [test.title]
  for (let suite = test.parent; suite; suite = suite.parent) if (suite.title) name.unshift(suite.title)
  return typeof test.titlePath === 'function' ? test.titlePath().filter(Boolean) : name
}

function fileOf(test) {
  for (let at = test; at; at = at.parent) if (at.file) return at.file
  return undefined
}

module.exports = class extends Spec {
  constructor(runner, options) {
    super(runner, options)
    const said = (outcome) => (test, error) =>
      write({ runner: 'mocha', name: nameOf(test), file: fileOf(test), outcome, milliseconds: test.duration }, error)
    runner.on('pass', said('passed')).on('fail', said('failed')).on('pending', said('skipped'))
  }
}
