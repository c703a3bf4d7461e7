// Made by `npm run generate` from the files in this folder.
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
import paymentBusinessKey from './payment/business-key.ts'
import paymentEnvFlag from './payment/env-flag.ts'
import paymentErrorCode from './payment/error-code.ts'
import paymentFacadeCall from './payment/facade-call.ts'
import paymentFacadeInline from './payment/facade-inline.ts'
import paymentFacadeRollout from './payment/facade-rollout.ts'
import paymentFlagVariable from './payment/flag-variable.ts'
import paymentHttpCall from './payment/http-call.ts'
import paymentNoCounterpart from './payment/no-counterpart.ts'
import paymentOldCall from './payment/old-call.ts'
import payment from './payment/provider.ts'
import paymentRequestField from './payment/request-field.ts'
import paymentResponseField from './payment/response-field.ts'
import paymentReturnParameter from './payment/return-parameter.ts'
import paymentSandboxBehaviour from './payment/sandbox-behaviour.ts'
import paymentSdkDependency from './payment/sdk-dependency.ts'
import paymentSdkImport from './payment/sdk-import.ts'
import paymentTestDouble from './payment/test-double.ts'
import paymentUnknownSender from './payment/unknown-sender.ts'
import paymentWebhookEvent from './payment/webhook-event.ts'
import prismaArrayShortcutCompositeFilter from './prisma/array-shortcut-composite-filter.ts'
import prismaArrayShortcutIn from './prisma/array-shortcut-in.ts'
import prismaArrayShortcutJsonPath from './prisma/array-shortcut-json-path.ts'
import prismaArrayShortcutListFilter from './prisma/array-shortcut-list-filter.ts'
import prismaArrayShortcutOr from './prisma/array-shortcut-or.ts'
import prismaArrayShortcutScalarListWrite from './prisma/array-shortcut-scalar-list-write.ts'
import prismaBeforeExitHook from './prisma/before-exit-hook.ts'
import prismaBytesBufferMethod from './prisma/bytes-buffer-method.ts'
import prismaBytesCustomGenerators from './prisma/bytes-custom-generators.ts'
import prismaBytesDeepEqualTest from './prisma/bytes-deep-equal-test.ts'
import prismaBytesHttpBody from './prisma/bytes-http-body.ts'
import prismaBytesIsbuffer from './prisma/bytes-isbuffer.ts'
import prismaBytesJson from './prisma/bytes-json.ts'
import prismaBytesSharedMethodSemantics from './prisma/bytes-shared-method-semantics.ts'
import prismaBytesTostringEncoding from './prisma/bytes-tostring-encoding.ts'
import prismaBytesTostringImplicit from './prisma/bytes-tostring-implicit.ts'
import prismaBytesTypeAnnotation from './prisma/bytes-type-annotation.ts'
import prismaBytesWriteBufferType from './prisma/bytes-write-buffer-type.ts'
import prismaCliAiAgentGuard from './prisma/cli-ai-agent-guard.ts'
import prismaCliDbPullFlags from './prisma/cli-db-pull-flags.ts'
import prismaCliDbPushForce from './prisma/cli-db-push-force.ts'
import prismaCliDbSeedSchema from './prisma/cli-db-seed-schema.ts'
import prismaCliGenerateDataProxy from './prisma/cli-generate-data-proxy.ts'
import prismaCliGlobalVersionPins from './prisma/cli-global-version-pins.ts'
import prismaCliIntrospect from './prisma/cli-introspect.ts'
import prismaCliMigrateDevReset from './prisma/cli-migrate-dev-reset.ts'
import prismaCliMigrateExperimental from './prisma/cli-migrate-experimental.ts'
import prismaCliMigrateLegacy from './prisma/cli-migrate-legacy.ts'
import prismaCliPreviewFeatureFlag from './prisma/cli-preview-feature-flag.ts'
import prismaCliPrisma2Binary from './prisma/cli-prisma2-binary.ts'
import prismaClientRuntimeImport from './prisma/client-runtime-import.ts'
import prismaClientRuntimeInternals from './prisma/client-runtime-internals.ts'
import prismaConfigPackageJsonPrisma from './prisma/config-package-json-prisma.ts'
import prismaCountDistinctArg from './prisma/count-distinct-arg.ts'
import prismaDenoTargetRemoved from './prisma/deno-target-removed.ts'
import prismaDeployFmtWasm from './prisma/deploy-fmt-wasm.ts'
import prismaDeploySchemaEngineGlob from './prisma/deploy-schema-engine-glob.ts'
import prismaDmmfPrunedClientEngine from './prisma/dmmf-pruned-client-engine.ts'
import prismaDmmfReadonly from './prisma/dmmf-readonly.ts'
import prismaDriverAdapterFactory from './prisma/driver-adapter-factory.ts'
import prismaEnvDataProxy from './prisma/env-data-proxy.ts'
import prismaEnvEngineProtocol from './prisma/env-engine-protocol.ts'
import prismaEnvFileSingle from './prisma/env-file-single.ts'
import prismaEnvMigrationEngineBinary from './prisma/env-migration-engine-binary.ts'
import prismaErrorTextAndMeta from './prisma/error-text-and-meta.ts'
import prismaFilterTypeModelParam from './prisma/filter-type-model-param.ts'
import prismaFindArgsBaseTypes from './prisma/find-args-base-types.ts'
import prismaGeneratedClientProvider from './prisma/generated-client-provider.ts'
import prismaGroupbyArgsLowercaseModel from './prisma/groupby-args-lowercase-model.ts'
import prismaHelperTypesRemoved from './prisma/helper-types-removed.ts'
import prismaJsonColumnEncoding from './prisma/json-column-encoding.ts'
import prismaKnownErrorConstructor from './prisma/known-error-constructor.ts'
import prismaLogOptionsGeneric from './prisma/log-options-generic.ts'
import prismaLooserInputValidation from './prisma/looser-input-validation.ts'
import prismaMetricsDeprecated from './prisma/metrics-deprecated.ts'
import prismaMiddlewareTypesRemoved from './prisma/middleware-types-removed.ts'
import prismaMiddlewareUseRemoved from './prisma/middleware-use-removed.ts'
import prismaModelArgsTypeRename from './prisma/model-args-type-rename.ts'
import prismaModelPayloadType from './prisma/model-payload-type.ts'
import prismaNestjsEnableShutdownHooks from './prisma/nestjs-enable-shutdown-hooks.ts'
import prismaNodeMinimum from './prisma/node-minimum.ts'
import prismaNotFoundErrorRemoved from './prisma/not-found-error-removed.ts'
import prismaOnReturnsClient from './prisma/on-returns-client.ts'
import prismaOrderbyNullsType from './prisma/orderby-nulls-type.ts'
import prismaPackageVersionBump from './prisma/package-version-bump.ts'
import prismaPostgresMinimum from './prisma/postgres-minimum.ts'
import prismaPrivateClientFields from './prisma/private-client-fields.ts'
import prisma from './prisma/provider.ts'
import prismaRejectOnNotFoundClientOption from './prisma/reject-on-not-found-client-option.ts'
import prismaRejectOnNotFoundQueryCustomError from './prisma/reject-on-not-found-query-custom-error.ts'
import prismaRejectOnNotFoundQueryDynamic from './prisma/reject-on-not-found-query-dynamic.ts'
import prismaRejectOnNotFoundQueryFalse from './prisma/reject-on-not-found-query-false.ts'
import prismaRejectOnNotFoundQueryTrue from './prisma/reject-on-not-found-query-true.ts'
import prismaRejectOnNotFoundTypes from './prisma/reject-on-not-found-types.ts'
import prismaRelationFilterTypeRename from './prisma/relation-filter-type-rename.ts'
import prismaSchemaCockroachdbProvider from './prisma/schema-cockroachdb-provider.ts'
import prismaSchemaEngineTypeDataproxy from './prisma/schema-engine-type-dataproxy.ts'
import prismaSchemaExperimentalFeatures from './prisma/schema-experimental-features.ts'
import prismaSchemaFolderGa from './prisma/schema-folder-ga.ts'
import prismaSchemaFulltextSearchPostgres from './prisma/schema-fulltext-search-postgres.ts'
import prismaSchemaImplicitM2nPrimaryKey from './prisma/schema-implicit-m2n-primary-key.ts'
import prismaSchemaPreviewFeatureGa from './prisma/schema-preview-feature-ga.ts'
import prismaSchemaReferentialIntegrity from './prisma/schema-referential-integrity.ts'
import prismaSchemaReservedNames from './prisma/schema-reserved-names.ts'
import prismaSchemaShadowUrlEqualsUrl from './prisma/schema-shadow-url-equals-url.ts'
import prismaSchemaViewKeys from './prisma/schema-view-keys.ts'
import prismaThirdPartyCompat from './prisma/third-party-compat.ts'
import prismaToOneNestedDataWrapper from './prisma/to-one-nested-data-wrapper.ts'
import prismaTypescriptMinimum from './prisma/typescript-minimum.ts'
import prismaUncheckedUpdateManyTypeRename from './prisma/unchecked-update-many-type-rename.ts'
import prismaUndefinedInArray from './prisma/undefined-in-array.ts'
import prismaValidationErrorConstructor from './prisma/validation-error-constructor.ts'
import prismaWhereUniqueInputAtLeast from './prisma/where-unique-input-at-least.ts'

/** Every change, by its id. */
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
  'payment/business-key': paymentBusinessKey,
  'payment/env-flag': paymentEnvFlag,
  'payment/error-code': paymentErrorCode,
  'payment/facade-call': paymentFacadeCall,
  'payment/facade-inline': paymentFacadeInline,
  'payment/facade-rollout': paymentFacadeRollout,
  'payment/flag-variable': paymentFlagVariable,
  'payment/http-call': paymentHttpCall,
  'payment/no-counterpart': paymentNoCounterpart,
  'payment/old-call': paymentOldCall,
  'payment/request-field': paymentRequestField,
  'payment/response-field': paymentResponseField,
  'payment/return-parameter': paymentReturnParameter,
  'payment/sandbox-behaviour': paymentSandboxBehaviour,
  'payment/sdk-dependency': paymentSdkDependency,
  'payment/sdk-import': paymentSdkImport,
  'payment/test-double': paymentTestDouble,
  'payment/unknown-sender': paymentUnknownSender,
  'payment/webhook-event': paymentWebhookEvent,
  'prisma/array-shortcut-composite-filter': prismaArrayShortcutCompositeFilter,
  'prisma/array-shortcut-in': prismaArrayShortcutIn,
  'prisma/array-shortcut-json-path': prismaArrayShortcutJsonPath,
  'prisma/array-shortcut-list-filter': prismaArrayShortcutListFilter,
  'prisma/array-shortcut-or': prismaArrayShortcutOr,
  'prisma/array-shortcut-scalar-list-write': prismaArrayShortcutScalarListWrite,
  'prisma/before-exit-hook': prismaBeforeExitHook,
  'prisma/bytes-buffer-method': prismaBytesBufferMethod,
  'prisma/bytes-custom-generators': prismaBytesCustomGenerators,
  'prisma/bytes-deep-equal-test': prismaBytesDeepEqualTest,
  'prisma/bytes-http-body': prismaBytesHttpBody,
  'prisma/bytes-isbuffer': prismaBytesIsbuffer,
  'prisma/bytes-json': prismaBytesJson,
  'prisma/bytes-shared-method-semantics': prismaBytesSharedMethodSemantics,
  'prisma/bytes-tostring-encoding': prismaBytesTostringEncoding,
  'prisma/bytes-tostring-implicit': prismaBytesTostringImplicit,
  'prisma/bytes-type-annotation': prismaBytesTypeAnnotation,
  'prisma/bytes-write-buffer-type': prismaBytesWriteBufferType,
  'prisma/cli-ai-agent-guard': prismaCliAiAgentGuard,
  'prisma/cli-db-pull-flags': prismaCliDbPullFlags,
  'prisma/cli-db-push-force': prismaCliDbPushForce,
  'prisma/cli-db-seed-schema': prismaCliDbSeedSchema,
  'prisma/cli-generate-data-proxy': prismaCliGenerateDataProxy,
  'prisma/cli-global-version-pins': prismaCliGlobalVersionPins,
  'prisma/cli-introspect': prismaCliIntrospect,
  'prisma/cli-migrate-dev-reset': prismaCliMigrateDevReset,
  'prisma/cli-migrate-experimental': prismaCliMigrateExperimental,
  'prisma/cli-migrate-legacy': prismaCliMigrateLegacy,
  'prisma/cli-preview-feature-flag': prismaCliPreviewFeatureFlag,
  'prisma/cli-prisma2-binary': prismaCliPrisma2Binary,
  'prisma/client-runtime-import': prismaClientRuntimeImport,
  'prisma/client-runtime-internals': prismaClientRuntimeInternals,
  'prisma/config-package-json-prisma': prismaConfigPackageJsonPrisma,
  'prisma/count-distinct-arg': prismaCountDistinctArg,
  'prisma/deno-target-removed': prismaDenoTargetRemoved,
  'prisma/deploy-fmt-wasm': prismaDeployFmtWasm,
  'prisma/deploy-schema-engine-glob': prismaDeploySchemaEngineGlob,
  'prisma/dmmf-pruned-client-engine': prismaDmmfPrunedClientEngine,
  'prisma/dmmf-readonly': prismaDmmfReadonly,
  'prisma/driver-adapter-factory': prismaDriverAdapterFactory,
  'prisma/env-data-proxy': prismaEnvDataProxy,
  'prisma/env-engine-protocol': prismaEnvEngineProtocol,
  'prisma/env-file-single': prismaEnvFileSingle,
  'prisma/env-migration-engine-binary': prismaEnvMigrationEngineBinary,
  'prisma/error-text-and-meta': prismaErrorTextAndMeta,
  'prisma/filter-type-model-param': prismaFilterTypeModelParam,
  'prisma/find-args-base-types': prismaFindArgsBaseTypes,
  'prisma/generated-client-provider': prismaGeneratedClientProvider,
  'prisma/groupby-args-lowercase-model': prismaGroupbyArgsLowercaseModel,
  'prisma/helper-types-removed': prismaHelperTypesRemoved,
  'prisma/json-column-encoding': prismaJsonColumnEncoding,
  'prisma/known-error-constructor': prismaKnownErrorConstructor,
  'prisma/log-options-generic': prismaLogOptionsGeneric,
  'prisma/looser-input-validation': prismaLooserInputValidation,
  'prisma/metrics-deprecated': prismaMetricsDeprecated,
  'prisma/middleware-types-removed': prismaMiddlewareTypesRemoved,
  'prisma/middleware-use-removed': prismaMiddlewareUseRemoved,
  'prisma/model-args-type-rename': prismaModelArgsTypeRename,
  'prisma/model-payload-type': prismaModelPayloadType,
  'prisma/nestjs-enable-shutdown-hooks': prismaNestjsEnableShutdownHooks,
  'prisma/node-minimum': prismaNodeMinimum,
  'prisma/not-found-error-removed': prismaNotFoundErrorRemoved,
  'prisma/on-returns-client': prismaOnReturnsClient,
  'prisma/orderby-nulls-type': prismaOrderbyNullsType,
  'prisma/package-version-bump': prismaPackageVersionBump,
  'prisma/postgres-minimum': prismaPostgresMinimum,
  'prisma/private-client-fields': prismaPrivateClientFields,
  'prisma/reject-on-not-found-client-option': prismaRejectOnNotFoundClientOption,
  'prisma/reject-on-not-found-query-custom-error': prismaRejectOnNotFoundQueryCustomError,
  'prisma/reject-on-not-found-query-dynamic': prismaRejectOnNotFoundQueryDynamic,
  'prisma/reject-on-not-found-query-false': prismaRejectOnNotFoundQueryFalse,
  'prisma/reject-on-not-found-query-true': prismaRejectOnNotFoundQueryTrue,
  'prisma/reject-on-not-found-types': prismaRejectOnNotFoundTypes,
  'prisma/relation-filter-type-rename': prismaRelationFilterTypeRename,
  'prisma/schema-cockroachdb-provider': prismaSchemaCockroachdbProvider,
  'prisma/schema-engine-type-dataproxy': prismaSchemaEngineTypeDataproxy,
  'prisma/schema-experimental-features': prismaSchemaExperimentalFeatures,
  'prisma/schema-folder-ga': prismaSchemaFolderGa,
  'prisma/schema-fulltext-search-postgres': prismaSchemaFulltextSearchPostgres,
  'prisma/schema-implicit-m2n-primary-key': prismaSchemaImplicitM2nPrimaryKey,
  'prisma/schema-preview-feature-ga': prismaSchemaPreviewFeatureGa,
  'prisma/schema-referential-integrity': prismaSchemaReferentialIntegrity,
  'prisma/schema-reserved-names': prismaSchemaReservedNames,
  'prisma/schema-shadow-url-equals-url': prismaSchemaShadowUrlEqualsUrl,
  'prisma/schema-view-keys': prismaSchemaViewKeys,
  'prisma/third-party-compat': prismaThirdPartyCompat,
  'prisma/to-one-nested-data-wrapper': prismaToOneNestedDataWrapper,
  'prisma/typescript-minimum': prismaTypescriptMinimum,
  'prisma/unchecked-update-many-type-rename': prismaUncheckedUpdateManyTypeRename,
  'prisma/undefined-in-array': prismaUndefinedInArray,
  'prisma/validation-error-constructor': prismaValidationErrorConstructor,
  'prisma/where-unique-input-at-least': prismaWhereUniqueInputAtLeast,
}

/** The id of a change there is. */
export type ChangeId = keyof typeof changes

/** Everything there is. */
export const catalogue: Catalogue = {
  providers: [express, payment, prisma],
  changes,
  examples: async () => (await import('./examples.ts')).examples,
}
