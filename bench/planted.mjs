/**
 * The call sites that are planted into the large tree: about a hundred in forty files, the same on every machine.
 * They are plain on purpose, so that every tool that is measured can find all of them.
 */

/** Statements in a request handler, each with the change that it needs. */
const IN_HANDLERS = [
  ['res-send-status-number', 'res.send(404)'],
  ['res-send-body-status', "res.send(403, 'not allowed')"],
  ['res-json-status', 'res.json({ ok: true }, 201)'],
  ['res-redirect-arg-order', "res.redirect('/moved', 301)"],
  ['res-redirect-back', "res.redirect('back')"],
  ['req-param', "res.end(req.param('id'))"],
  ['req-accepts-singular', "res.end(String(req.acceptsCharset('utf-8')))"],
  ['sendfile-camelcase', "res.sendfile('/srv/index.html')"],
]

/** Statements on the application. */
const ON_APPS = [
  ['app-del', "app.del('/orders/:id', (req, res) => res.end())"],
  ['param-leading-colon', "app.param(':id', (req, res, next) => next())"],
  ['urlencoded-extended-default', 'app.use(express.urlencoded())'],
  ['app-listen-callback', "app.listen(3000, () => console.log('up'))"],
]

const PATHS = [
  ['path-optional-param', "router.get('/orders/:id?', (req, res) => res.end())"],
  ['path-wildcard', "router.get('/files/*', (req, res) => res.end())"],
]

const FILES = 40

/**
 * @returns {{ file: string, text: string, sites: { change: string, line: number }[] }[]}
 */
export function plantedFiles() {
  return Array.from({ length: FILES }, (_, index) => (index % 4 === 0 ? applicationFile(index) : routerFile(index)))
}

/** How many call sites there are in all planted files. */
export function plantedSites() {
  return plantedFiles().reduce((sum, { sites }) => sum + sites.length, 0)
}

function applicationFile(index) {
  return sourceFile(index, 'app', [
    [undefined, ''],
    ['query-parser-default', 'const app = express()'],
    ON_APPS[(index / 4) % ON_APPS.length],
    ...handler('app', index, [pick(IN_HANDLERS, index)]),
  ])
}

function routerFile(index) {
  return sourceFile(index, 'router', [
    [undefined, ''],
    [undefined, 'const router = express.Router()'],
    ...handler('router', index, [pick(IN_HANDLERS, index), pick(IN_HANDLERS, index + 3)]),
    ...(index % 3 === 0 ? [pick(PATHS, index / 3)] : []),
  ])
}

/** A handler with each statement behind a condition of its own. */
function handler(receiver, index, statements) {
  return [
    [undefined, `${receiver}.get('/orders-${index}', (req, res) => {`],
    ...statements.flatMap(([change, statement], at) => [
      [undefined, `  if (req.query.step === '${at}') {`],
      [change, `    ${statement}`],
      [undefined, '  }'],
    ]),
    [undefined, '})'],
  ]
}

/** Every third file is an ES module in TypeScript, the others are CommonJS. */
function sourceFile(index, exported, body) {
  const typescript = index % 3 === 0
  const lines = [
    [undefined, typescript ? "import express from 'express'" : "const express = require('express')"],
    ...body,
    [undefined, ''],
    [undefined, typescript ? `export default ${exported}` : `module.exports = ${exported}`],
  ]
  const name = String(index).padStart(2, '0')
  return {
    file: `app/${exported === 'app' ? 'servers' : 'routes'}/${exported}-${name}.${typescript ? 'ts' : 'js'}`,
    text: `${lines.map(([, text]) => text).join('\n')}\n`,
    sites: lines.flatMap(([change], at) => (change ? [{ change, line: at + 1 }] : [])),
  }
}

function pick(list, index) {
  return list[Math.floor(index) % list.length]
}
