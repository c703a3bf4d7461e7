import type { Deprecation, Kind } from '#kit'

/** What the values are called on that Express 4 warns of. */
interface Kinds {
  readonly app: Kind
  readonly request: Kind
  readonly response: Kind
}

/**
 * Every call that Express 4, or a package that came with it, says through depd is deprecated, and that Express 5 breaks.
 * The messages are those of 4.0 to 4.22: they were read in its source, and grew words behind the colon only.
 */
export function deprecations({ app, request, response }: Kinds): readonly Deprecation[] {
  const express = (message: RegExp, change: Deprecation['changes'], callees: readonly string[], receiver?: Kind) => ({
    namespace: 'express',
    message,
    changes: change,
    callees,
    ...(receiver ? { receiver } : {}),
  })
  return [
    express(/^app\.del:/, ['app-del'], ['del'], app),
    express(/^res\.send\(status\):/, ['res-send-status-number'], ['send'], response),
    express(/^res\.send\((?:body, status|status, body)\):/, ['res-send-body-status'], ['send'], response),
    express(/^res\.json\((?:obj, status|status, obj)\):/, ['res-json-status'], ['json'], response),
    express(/^res\.jsonp\((?:obj, status|status, obj)\):/, ['res-jsonp-status'], ['jsonp'], response),
    express(/^res\.status\(/, ['res-status-strict'], ['status', 'sendStatus', 'redirect'], response),
    express(/^res\.sendfile:/, ['sendfile-camelcase'], ['sendfile'], response),
    express(/^res\.redirect\(url?, status\):/, ['res-redirect-arg-order'], ['redirect'], response),
    express(
      /^res\.(?:location|redirect)\(["']back["']\):/,
      ['res-redirect-back', 'res-location-back'],
      ['redirect', 'location'],
      response,
    ),
    // with the options that the cookie was set with, it is cleared at once now, which is what was meant
    {
      ...express(/^res\.clearCookie:/, ['res-clearcookie-options'], ['clearCookie'], response),
      confirmsOnly: true as const,
    },
    express(/^res\.vary\(\):/, ['res-vary-empty'], ['vary'], response),
    express(/^req\.param\(/, ['req-param'], ['param'], request),
    express(
      /^req\.accepts(?:Charset|Encoding|Language):/,
      ['req-accepts-singular'],
      ['acceptsCharset', 'acceptsEncoding', 'acceptsLanguage'],
      request,
    ),
    express(/^req\.host:/, ['req-host'], ['host'], request),
    // an application hands both on to its router, so the message does not say what was called
    express(/^router\.param\(fn\):/, ['app-param-fn'], ['param']),
    express(/^router\.param\(["']:/, ['param-leading-colon'], ['param']),
    {
      namespace: 'body-parser',
      message: /^undefined extended:/,
      changes: ['urlencoded-extended-default', 'body-parser-mixed'],
      callees: ['urlencoded', 'bodyParser'],
    },
    {
      namespace: 'body-parser',
      message: /^bodyParser:/,
      changes: ['body-parser-mixed'],
      callees: ['bodyParser'],
    },
    // said when a request is served, and not of the place that the option stands at
    { namespace: 'send', message: /^hidden:/, changes: ['static-hidden-option', 'sendfile-options'], callees: [] },
    { namespace: 'send', message: /^send\.from:/, changes: ['sendfile-options'], callees: [] },
  ]
}
