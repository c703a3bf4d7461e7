// Made by `npm run generate` from the files in the folder prisma.
import type { Catalogue } from '../src/catalogue/select.ts'
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
import prismaCliRequireModels from './prisma/cli-require-models.ts'
import prismaCliYarnWorkspaceLookup from './prisma/cli-yarn-workspace-lookup.ts'
import prismaClientRuntimeImport from './prisma/client-runtime-import.ts'
import prismaClientRuntimeInternals from './prisma/client-runtime-internals.ts'
import prismaConfigEarlyAccess from './prisma/config-early-access.ts'
import prismaConfigEnvNotLoaded from './prisma/config-env-not-loaded.ts'
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
import prismaFluentRelationNotNull from './prisma/fluent-relation-not-null.ts'
import prismaGeneratedClientProvider from './prisma/generated-client-provider.ts'
import prismaGroupbyArgsLowercaseModel from './prisma/groupby-args-lowercase-model.ts'
import prismaHelperTypesRemoved from './prisma/helper-types-removed.ts'
import prismaInstrumentationMiddlewareOption from './prisma/instrumentation-middleware-option.ts'
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
import prismaSchemaBinaryTargets from './prisma/schema-binary-targets.ts'
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
import prismaTestMockMethodRename from './prisma/test-mock-method-rename.ts'
import prismaThirdPartyCompat from './prisma/third-party-compat.ts'
import prismaToOneNestedDataWrapper from './prisma/to-one-nested-data-wrapper.ts'
import prismaTypescriptMinimum from './prisma/typescript-minimum.ts'
import prismaUncheckedUpdateManyTypeRename from './prisma/unchecked-update-many-type-rename.ts'
import prismaUndefinedInArray from './prisma/undefined-in-array.ts'
import prismaValidationErrorConstructor from './prisma/validation-error-constructor.ts'
import prismaWhereUniqueInputAtLeast from './prisma/where-unique-input-at-least.ts'

/** Every change of prisma, by its id. */
export const changes = {
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
  'prisma/cli-require-models': prismaCliRequireModels,
  'prisma/cli-yarn-workspace-lookup': prismaCliYarnWorkspaceLookup,
  'prisma/client-runtime-import': prismaClientRuntimeImport,
  'prisma/client-runtime-internals': prismaClientRuntimeInternals,
  'prisma/config-early-access': prismaConfigEarlyAccess,
  'prisma/config-env-not-loaded': prismaConfigEnvNotLoaded,
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
  'prisma/fluent-relation-not-null': prismaFluentRelationNotNull,
  'prisma/generated-client-provider': prismaGeneratedClientProvider,
  'prisma/groupby-args-lowercase-model': prismaGroupbyArgsLowercaseModel,
  'prisma/helper-types-removed': prismaHelperTypesRemoved,
  'prisma/instrumentation-middleware-option': prismaInstrumentationMiddlewareOption,
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
  'prisma/schema-binary-targets': prismaSchemaBinaryTargets,
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
  'prisma/test-mock-method-rename': prismaTestMockMethodRename,
  'prisma/third-party-compat': prismaThirdPartyCompat,
  'prisma/to-one-nested-data-wrapper': prismaToOneNestedDataWrapper,
  'prisma/typescript-minimum': prismaTypescriptMinimum,
  'prisma/unchecked-update-many-type-rename': prismaUncheckedUpdateManyTypeRename,
  'prisma/undefined-in-array': prismaUndefinedInArray,
  'prisma/validation-error-constructor': prismaValidationErrorConstructor,
  'prisma/where-unique-input-at-least': prismaWhereUniqueInputAtLeast,
}

/** The recipes of prisma alone. */
export const catalogue: Catalogue = {
  providers: [prisma],
  changes,
  examples: async () => (await import('./examples.ts')).examples,
}
