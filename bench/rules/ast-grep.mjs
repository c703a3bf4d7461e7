import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The changes of the recipe as far as ast-grep can say them: by the names of receivers, since it does not know where a
 * value comes from. Each rule is written once and applies to the three languages that hold JavaScript.
 */
const LANGUAGES = ['JavaScript', 'TypeScript', 'Tsx']

const APP = '^(app|server|\\w*App)$'
const ROUTER = '^(app|server|router|\\w*App|\\w*Router)$'
const RESPONSE = '^_?res(ponse)?$'
const REQUEST = '^_?req(uest)?$'
const VERB = '^(all|delete|get|head|options|patch|post|put|use)$'

const RULES = [
  rule('app-del', 'pattern: $APP.del($$$ARGS)', { APP: regex(APP) }, '$APP.delete($$$ARGS)'),
  rule('param-leading-colon', 'pattern: $R.param($NAME, $FN)', { R: regex(ROUTER), NAME: regex('^["\']:') }),
  rule(
    'res-send-status-number',
    'pattern: $RES.send($CODE)',
    { RES: regex(RESPONSE), CODE: kind('number') },
    '$RES.sendStatus($CODE)',
  ),
  rule(
    'res-send-body-status',
    'pattern: $RES.send($CODE, $BODY)',
    { RES: regex(RESPONSE), CODE: kind('number') },
    '$RES.status($CODE).send($BODY)',
  ),
  rule(
    'res-json-status',
    'any: [{ pattern: "$RES.json($BODY, $CODE)" }, { pattern: "$RES.jsonp($BODY, $CODE)" }]',
    { RES: regex(RESPONSE), CODE: kind('number') },
    '$RES.status($CODE).json($BODY)',
  ),
  rule(
    'res-redirect-arg-order',
    'pattern: $RES.redirect($URL, $CODE)',
    { RES: regex(RESPONSE), CODE: kind('number') },
    '$RES.redirect($CODE, $URL)',
  ),
  rule(
    'res-redirect-back',
    'any: [{ pattern: $RES.redirect($URL) }, { pattern: "$RES.redirect($CODE, $URL)" }, { pattern: $RES.location($URL) }]',
    { RES: regex(RESPONSE), URL: regex('^["\'`]back["\'`]$') },
  ),
  rule('req-param', 'pattern: $REQ.param($$$ARGS)', { REQ: regex(REQUEST) }),
  rule(
    'req-accepts-singular',
    'any: [{ pattern: $REQ.acceptsCharset($$$ARGS) }, { pattern: $REQ.acceptsEncoding($$$ARGS) }, { pattern: $REQ.acceptsLanguage($$$ARGS) }]',
    { REQ: regex(REQUEST) },
  ),
  rule('sendfile-camelcase', 'pattern: $RES.sendfile($$$ARGS)', { RES: regex(RESPONSE) }, '$RES.sendFile($$$ARGS)'),
  rule('urlencoded-extended-default', 'pattern: $PARSER.urlencoded()', {}, '$PARSER.urlencoded({ extended: true })'),
  rule('query-parser-default', 'pattern: express()', {}),
  rule(
    'app-listen-callback',
    'pattern: $APP.listen($$$ARGS)\n  has: { field: arguments, has: { any: [{ kind: arrow_function }, { kind: function_expression }] } }',
    { APP: regex(APP) },
  ),
  rule('path-optional-param', 'pattern: $R.$VERB($PATH, $$$HANDLERS)', {
    R: regex(ROUTER),
    VERB: regex(VERB),
    PATH: regex(':\\w+\\?'),
  }),
  rule('path-wildcard', 'pattern: $R.$VERB($PATH, $$$HANDLERS)', {
    R: regex(ROUTER),
    VERB: regex(VERB),
    PATH: regex('^["\'`][^"\'`]*\\*'),
  }),
]

/**
 * Writes the rule files and their configuration.
 * @param {string} folder
 * @returns {string} the configuration file, for `ast-grep scan --config`
 */
export function writeAstGrepRules(folder) {
  const rules = join(folder, 'rules')
  mkdirSync(rules, { recursive: true })
  for (const language of LANGUAGES) {
    const documents = RULES.map(({ in: inLanguage }) => inLanguage(language)).join('\n---\n')
    writeFileSync(join(rules, `${language.toLowerCase()}.yml`), `${documents}\n`)
  }
  const config = join(folder, 'sgconfig.yml')
  writeFileSync(config, 'ruleDirs: [rules]\n')
  return config
}

/** The changes that the rules are about. */
export const CHANGES = RULES.map(({ change }) => change)

function rule(change, pattern, constraints, fix) {
  const inLanguage = (language) =>
    [
      `id: ${change}-${language.toLowerCase()}`,
      `language: ${language}`,
      'severity: warning',
      `message: ${change}`,
      'rule:',
      `  ${pattern}`,
      ...(Object.keys(constraints).length > 0 ? ['constraints:'] : []),
      ...Object.entries(constraints).map(([name, constraint]) => `  ${name}: { ${constraint} }`),
      ...(fix ? [`fix: ${JSON.stringify(fix)}`] : []),
    ].join('\n')
  return { change, in: inLanguage }
}

function regex(pattern) {
  return `regex: ${JSON.stringify(pattern)}`
}

function kind(name) {
  return `kind: ${name}`
}
