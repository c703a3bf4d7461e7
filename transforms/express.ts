// Made by `npm run generate` from the files in the folder express.
import type { Catalogue } from '../src/catalogue/select.ts'
import expressAppDel from './express/app-del.ts'
import expressAppListenCallback from './express/app-listen-callback.ts'
import expressAppParamFn from './express/app-param-fn.ts'
import expressAppPrivateRouter from './express/app-private-router.ts'
import expressAppSettingsNullPrototype from './express/app-settings-null-prototype.ts'
import expressAsyncRejectionForwarding from './express/async-rejection-forwarding.ts'
import expressBodyParserMixed from './express/body-parser-mixed.ts'
import expressCatalogVersion from './express/catalog-version.ts'
import expressContentDispositionFormat from './express/content-disposition-format.ts'
import expressContentTypeNormalisation from './express/content-type-normalisation.ts'
import expressDebugNamespace from './express/debug-namespace.ts'
import expressDepCompanions from './express/dep-companions.ts'
import expressDepOverrides from './express/dep-overrides.ts'
import expressDepPhantom from './express/dep-phantom.ts'
import expressErrorLogObject from './express/error-log-object.ts'
import expressExpressAsyncErrors from './express/express-async-errors.ts'
import expressExpressDeepImports from './express/express-deep-imports.ts'
import expressExpressQueryMiddleware from './express/express-query-middleware.ts'
import expressExpressRemovedConnectGetters from './express/express-removed-connect-getters.ts'
import expressExpressRouterPrototype from './express/express-router-prototype.ts'
import expressFreshEtagPrecedence from './express/fresh-etag-precedence.ts'
import expressMimeTypeChanges from './express/mime-type-changes.ts'
import expressMountDoubleSlash from './express/mount-double-slash.ts'
import expressNodeEngine from './express/node-engine.ts'
import expressOptionsAutoResponse from './express/options-auto-response.ts'
import expressPackageVersion from './express/package-version.ts'
import expressParamLeadingColon from './express/param-leading-colon.ts'
import expressParamsNullPrototype from './express/params-null-prototype.ts'
import expressParamsUnmatchedOmitted from './express/params-unmatched-omitted.ts'
import expressParamsWildcardArray from './express/params-wildcard-array.ts'
import expressPathAdjacentParams from './express/path-adjacent-params.ts'
import expressPathAlternation from './express/path-alternation.ts'
import expressPathArrayRegexpFlags from './express/path-array-regexp-flags.ts'
import expressPathArraySlash from './express/path-array-slash.ts'
import expressPathBadName from './express/path-bad-name.ts'
import expressPathBraceLiteral from './express/path-brace-literal.ts'
import expressPathConstraint from './express/path-constraint.ts'
import expressPathDollarCaretPipe from './express/path-dollar-caret-pipe.ts'
import expressPathDotFormat from './express/path-dot-format.ts'
import expressPathDynamic from './express/path-dynamic.ts'
import expressPathNonString from './express/path-non-string.ts'
import expressPathOptionalParam from './express/path-optional-param.ts'
import expressPathOptionalText from './express/path-optional-text.ts'
import expressPathRegexSyntax from './express/path-regex-syntax.ts'
import expressPathRegexpObject from './express/path-regexp-object.ts'
import expressPathRepeatModifier from './express/path-repeat-modifier.ts'
import expressPathReservedLiteral from './express/path-reserved-literal.ts'
import expressPathUrlAsPath from './express/path-url-as-path.ts'
import expressPathWildcard from './express/path-wildcard.ts'
import expressPathWildcardNamedByAccident from './express/path-wildcard-named-by-accident.ts'
import express from './express/provider.ts'
import expressQueryExtendedArrayLimit from './express/query-extended-array-limit.ts'
import expressQueryNullPrototype from './express/query-null-prototype.ts'
import expressQueryParserDefault from './express/query-parser-default.ts'
import expressQueryParserSubapp from './express/query-parser-subapp.ts'
import expressRedirectHtmlBody from './express/redirect-html-body.ts'
import expressRedirectUndefinedUrl from './express/redirect-undefined-url.ts'
import expressRenderLocalsOwnOnly from './express/render-locals-own-only.ts'
import expressReqAcceptsSingular from './express/req-accepts-singular.ts'
import expressReqBodyUndefined from './express/req-body-undefined.ts'
import expressReqHost from './express/req-host.ts'
import expressReqIsTolerant from './express/req-is-tolerant.ts'
import expressReqParam from './express/req-param.ts'
import expressReqQueryAssign from './express/req-query-assign.ts'
import expressReqQueryLive from './express/req-query-live.ts'
import expressReqQueryMutationLost from './express/req-query-mutation-lost.ts'
import expressResClearcookieOptions from './express/res-clearcookie-options.ts'
import expressResJsonStatus from './express/res-json-status.ts'
import expressResJsonpStatus from './express/res-jsonp-status.ts'
import expressResLinksArray from './express/res-links-array.ts'
import expressResLocationBack from './express/res-location-back.ts'
import expressResRedirectArgOrder from './express/res-redirect-arg-order.ts'
import expressResRedirectBack from './express/res-redirect-back.ts'
import expressResRenderAsync from './express/res-render-async.ts'
import expressResSendBodyStatus from './express/res-send-body-status.ts'
import expressResSendStatusNumber from './express/res-send-status-number.ts'
import expressResSendTypedArray from './express/res-send-typed-array.ts'
import expressResStatusStrict from './express/res-status-strict.ts'
import expressResVaryEmpty from './express/res-vary-empty.ts'
import expressRouteWithoutHandlers from './express/route-without-handlers.ts'
import expressRouterCallbackRequired from './express/router-callback-required.ts'
import expressRouterParamArray from './express/router-param-array.ts'
import expressSendfileCamelcase from './express/sendfile-camelcase.ts'
import expressSendfileOptions from './express/sendfile-options.ts'
import expressStaticDotdirs from './express/static-dotdirs.ts'
import expressStaticFromOption from './express/static-from-option.ts'
import expressStaticHiddenOption from './express/static-hidden-option.ts'
import expressStaticMime from './express/static-mime.ts'
import expressTsErrbackOptional from './express/ts-errback-optional.ts'
import expressTsHandlerReturn from './express/ts-handler-return.ts'
import expressTsParamsStringArray from './express/ts-params-string-array.ts'
import expressTsRemovedMembers from './express/ts-removed-members.ts'
import expressTsRouteLiterals from './express/ts-route-literals.ts'
import expressUrlencodedExtendedDefault from './express/urlencoded-extended-default.ts'
import expressUrlencodedSimpleParser from './express/urlencoded-simple-parser.ts'

/** Every change of express, by its id. */
export const changes = {
  'express/app-del': expressAppDel,
  'express/app-listen-callback': expressAppListenCallback,
  'express/app-param-fn': expressAppParamFn,
  'express/app-private-router': expressAppPrivateRouter,
  'express/app-settings-null-prototype': expressAppSettingsNullPrototype,
  'express/async-rejection-forwarding': expressAsyncRejectionForwarding,
  'express/body-parser-mixed': expressBodyParserMixed,
  'express/catalog-version': expressCatalogVersion,
  'express/content-disposition-format': expressContentDispositionFormat,
  'express/content-type-normalisation': expressContentTypeNormalisation,
  'express/debug-namespace': expressDebugNamespace,
  'express/dep-companions': expressDepCompanions,
  'express/dep-overrides': expressDepOverrides,
  'express/dep-phantom': expressDepPhantom,
  'express/error-log-object': expressErrorLogObject,
  'express/express-async-errors': expressExpressAsyncErrors,
  'express/express-deep-imports': expressExpressDeepImports,
  'express/express-query-middleware': expressExpressQueryMiddleware,
  'express/express-removed-connect-getters': expressExpressRemovedConnectGetters,
  'express/express-router-prototype': expressExpressRouterPrototype,
  'express/fresh-etag-precedence': expressFreshEtagPrecedence,
  'express/mime-type-changes': expressMimeTypeChanges,
  'express/mount-double-slash': expressMountDoubleSlash,
  'express/node-engine': expressNodeEngine,
  'express/options-auto-response': expressOptionsAutoResponse,
  'express/package-version': expressPackageVersion,
  'express/param-leading-colon': expressParamLeadingColon,
  'express/params-null-prototype': expressParamsNullPrototype,
  'express/params-unmatched-omitted': expressParamsUnmatchedOmitted,
  'express/params-wildcard-array': expressParamsWildcardArray,
  'express/path-adjacent-params': expressPathAdjacentParams,
  'express/path-alternation': expressPathAlternation,
  'express/path-array-regexp-flags': expressPathArrayRegexpFlags,
  'express/path-array-slash': expressPathArraySlash,
  'express/path-bad-name': expressPathBadName,
  'express/path-brace-literal': expressPathBraceLiteral,
  'express/path-constraint': expressPathConstraint,
  'express/path-dollar-caret-pipe': expressPathDollarCaretPipe,
  'express/path-dot-format': expressPathDotFormat,
  'express/path-dynamic': expressPathDynamic,
  'express/path-non-string': expressPathNonString,
  'express/path-optional-param': expressPathOptionalParam,
  'express/path-optional-text': expressPathOptionalText,
  'express/path-regex-syntax': expressPathRegexSyntax,
  'express/path-regexp-object': expressPathRegexpObject,
  'express/path-repeat-modifier': expressPathRepeatModifier,
  'express/path-reserved-literal': expressPathReservedLiteral,
  'express/path-url-as-path': expressPathUrlAsPath,
  'express/path-wildcard': expressPathWildcard,
  'express/path-wildcard-named-by-accident': expressPathWildcardNamedByAccident,
  'express/query-extended-array-limit': expressQueryExtendedArrayLimit,
  'express/query-null-prototype': expressQueryNullPrototype,
  'express/query-parser-default': expressQueryParserDefault,
  'express/query-parser-subapp': expressQueryParserSubapp,
  'express/redirect-html-body': expressRedirectHtmlBody,
  'express/redirect-undefined-url': expressRedirectUndefinedUrl,
  'express/render-locals-own-only': expressRenderLocalsOwnOnly,
  'express/req-accepts-singular': expressReqAcceptsSingular,
  'express/req-body-undefined': expressReqBodyUndefined,
  'express/req-host': expressReqHost,
  'express/req-is-tolerant': expressReqIsTolerant,
  'express/req-param': expressReqParam,
  'express/req-query-assign': expressReqQueryAssign,
  'express/req-query-live': expressReqQueryLive,
  'express/req-query-mutation-lost': expressReqQueryMutationLost,
  'express/res-clearcookie-options': expressResClearcookieOptions,
  'express/res-json-status': expressResJsonStatus,
  'express/res-jsonp-status': expressResJsonpStatus,
  'express/res-links-array': expressResLinksArray,
  'express/res-location-back': expressResLocationBack,
  'express/res-redirect-arg-order': expressResRedirectArgOrder,
  'express/res-redirect-back': expressResRedirectBack,
  'express/res-render-async': expressResRenderAsync,
  'express/res-send-body-status': expressResSendBodyStatus,
  'express/res-send-status-number': expressResSendStatusNumber,
  'express/res-send-typed-array': expressResSendTypedArray,
  'express/res-status-strict': expressResStatusStrict,
  'express/res-vary-empty': expressResVaryEmpty,
  'express/route-without-handlers': expressRouteWithoutHandlers,
  'express/router-callback-required': expressRouterCallbackRequired,
  'express/router-param-array': expressRouterParamArray,
  'express/sendfile-camelcase': expressSendfileCamelcase,
  'express/sendfile-options': expressSendfileOptions,
  'express/static-dotdirs': expressStaticDotdirs,
  'express/static-from-option': expressStaticFromOption,
  'express/static-hidden-option': expressStaticHiddenOption,
  'express/static-mime': expressStaticMime,
  'express/ts-errback-optional': expressTsErrbackOptional,
  'express/ts-handler-return': expressTsHandlerReturn,
  'express/ts-params-string-array': expressTsParamsStringArray,
  'express/ts-removed-members': expressTsRemovedMembers,
  'express/ts-route-literals': expressTsRouteLiterals,
  'express/urlencoded-extended-default': expressUrlencodedExtendedDefault,
  'express/urlencoded-simple-parser': expressUrlencodedSimpleParser,
}

/** The recipes of express alone. */
export const catalogue: Catalogue = {
  providers: [express],
  changes,
  examples: async () => (await import('./examples.ts')).examples,
}
