import type { Deprecation, Kind } from '#kit'

/** What the values are called on that Express 4 warns of. */
interface Kinds {
  readonly app: Kind
  readonly request: Kind
  readonly response: Kind
}

/**
 * Every call that Express 4, or a package that came with it, says through depd is deprecated, and that Express 5 breaks.
 * The messages are those of 4.5, where it began, to 4.22, as they stand in its source and its history.
 */
export function deprecations({ app, request, response }: Kinds): readonly Deprecation[] {
  const on =
    (receiver?: Kind) =>
    (
      since: string,
      message: RegExp,
      changes: Deprecation['changes'],
      callees: readonly string[] = [],
      more: Pick<Deprecation, 'confirmsOnly'> = {},
    ): Deprecation => ({
      namespace: 'express',
      since,
      message,
      changes,
      callees,
      ...more,
      ...(receiver ? { receiver } : {}),
    })
  const onResponse = on(response)
  const onRequest = on(request)
  return [
    on(app)('4.5.0', /^app\.del:/, ['app-del'], ['del']),
    onResponse('4.7.0', /^res\.send\(status\):/, ['res-send-status-number'], ['send']),
    onResponse('4.7.0', /^res\.send\((?:body, status|status, body)\):/, ['res-send-body-status'], ['send']),
    onResponse('4.7.0', /^res\.json\((?:(?:obj|num), status|status, obj)\):/, ['res-json-status'], ['json']),
    onResponse('4.7.0', /^res\.jsonp\((?:(?:obj|num), status|status, obj)\):/, ['res-jsonp-status'], ['jsonp']),
    onResponse('4.18.0', /^res\.status\(/, ['res-status-strict'], ['status', 'sendStatus', 'redirect']),
    onResponse('4.8.0', /^res\.sendfile:/, ['sendfile-camelcase'], ['sendfile']),
    // some versions have lost the last letter of `url`
    onResponse('4.6.0', /^res\.redirect\(url?, status\):/, ['res-redirect-arg-order'], ['redirect']),
    onResponse(
      '4.21.0',
      /^res\.(?:location|redirect)\(["']back["']\):/,
      ['res-redirect-back', 'res-location-back'],
      ['redirect', 'location'],
    ),
    // with the options that the cookie was set with, it is cleared at once now, which is what was meant
    onResponse('4.20.0', /^res\.clearCookie:/, ['res-clearcookie-options'], ['clearCookie'], { confirmsOnly: true }),
    onResponse('4.5.0', /^res\.vary\(\):/, ['res-vary-empty'], ['vary']),
    onRequest('4.11.0', /^req\.param\(/, ['req-param'], ['param']),
    onRequest(
      '4.5.0',
      /^req\.accepts(?:Charset|Encoding|Language):/,
      ['req-accepts-singular'],
      ['acceptsCharset', 'acceptsEncoding', 'acceptsLanguage'],
    ),
    onRequest('4.5.0', /^req\.host:/, ['req-host'], ['host']),
    // an application hands both on to its router, so the message does not say what was called
    on()('4.11.0', /^router\.param\(fn\):/, ['app-param-fn'], ['param']),
    on()('4.11.0', /^router\.param\(["']:/, ['param-leading-colon'], ['param']),
    // body-parser says it also where it has a version of its own, which stays
    {
      namespace: 'body-parser',
      message: /^undefined extended:/,
      changes: ['urlencoded-extended-default', 'body-parser-mixed'],
      callees: ['urlencoded', 'bodyParser'],
      confirmsOnly: true,
    },
    {
      namespace: 'body-parser',
      message: /^bodyParser:/,
      changes: ['body-parser-mixed'],
      callees: ['bodyParser'],
      confirmsOnly: true,
    },
    // said when a request is served, and not of the place that the option stands at
    { namespace: 'send', message: /^hidden:/, changes: ['static-hidden-option', 'sendfile-options'], callees: [] },
    { namespace: 'send', message: /^send\.from:/, changes: ['sendfile-options'], callees: [] },
  ]
}
