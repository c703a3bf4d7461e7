/** The guide from 4 to 5. */
export const GUIDE_5 =
  'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5' as const
/** The guide from 5 to 6. */
export const GUIDE_6 =
  'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-6' as const
const of5 = { guide: GUIDE_5, since: '5.0.0' } as const
const of6 = { guide: GUIDE_6, since: '6.0.0' } as const

/**
 * What the two official guides list, in their order. The anchors are made of their headings by the site (github-slugger).
 * @see https://github.com/prisma/docs/tree/main/content/200-orm/800-more/300-upgrade-guides/200-upgrading-versions
 */
export const guideChanges = [
  {
    ...of5,
    anchor: 'upgrade-the-prisma-and-prismaclient-packages-to-version-5',
    title: 'Upgrade the packages to version 5',
    likewise: `${GUIDE_6}#upgrade-the-prisma-and-prismaclient-packages-to-v6`,
  },
  {
    ...of5,
    anchor: 'nodejs-minimum-version-change',
    title: 'Node.js minimum version change',
    likewise: `${GUIDE_6}#minimum-supported-nodejs-versions`,
  },
  {
    ...of5,
    anchor: 'typescript-minimum-version-change',
    title: 'TypeScript minimum version change',
    likewise: `${GUIDE_6}#minimum-supported-typescript-version`,
  },
  { ...of5, anchor: 'postgresql-minimum-version-change', title: 'PostgreSQL minimum version change' },
  {
    ...of5,
    anchor: 'prisma-client-embedded-sqlite-version-updated',
    title: 'Prisma Client embedded SQLite version updated',
  },
  { ...of5, anchor: 'removal-of-rejectonnotfound-parameter', title: 'Removal of `rejectOnNotFound` parameter' },
  { ...of5, anchor: 'jsonprotocol-out-of-preview', title: '`jsonProtocol` out of Preview' },
  { ...of5, anchor: 'removal-of-array-shortcuts', title: 'Removal of array shortcuts' },
  {
    ...of5,
    anchor: 'cockroachdb-provider-is-now-required-when-connecting-to-a-cockroachdb-database',
    title: '`cockroachdb` provider is now required when connecting to a CockroachDB database',
  },
  {
    ...of5,
    anchor: 'removal-of-runtimeindexjs-from-generated-client',
    title: 'Removal of `runtime/index.js` from generated client',
  },
  {
    ...of5,
    anchor: 'changes-to-relationfilterinput-to-account-for-nullability',
    title: 'Changes to `RelationFilterInput` to account for nullability',
  },
  {
    ...of5,
    anchor: 'changes-to-uncheckedupdatemanyinput-to-avoid-name-collisions',
    title: 'Changes to `UncheckedUpdateManyInput` to avoid name collisions',
  },
  { ...of5, anchor: 'removal-of-deprecated-prisma-cli-flags', title: 'Removal of deprecated Prisma CLI flags' },
  {
    ...of5,
    anchor: 'removal-of-the-beforeexit-hook-from-the-library-engine',
    title: 'Removal of the `beforeExit` hook from the library engine',
  },
  {
    ...of5,
    anchor: 'removal-of-deprecated-prisma2-executable',
    title: 'Removal of deprecated `prisma2` executable',
  },
  {
    ...of5,
    anchor: 'removal-of-deprecated-experimentalfeatures-property',
    title: 'Removal of deprecated `experimentalFeatures` property',
  },
  {
    ...of5,
    anchor: 'migration-engine-renamed-to-schema-engine',
    title: '`migration-engine` renamed to `schema-engine`',
  },
  {
    ...of6,
    anchor: 'upgrade-the-prisma-and-prismaclient-packages-to-v6',
    title: 'Upgrade the packages to v6',
  },
  { ...of6, anchor: 'minimum-supported-nodejs-versions', title: 'Minimum supported Node.js versions' },
  { ...of6, anchor: 'minimum-supported-typescript-version', title: 'Minimum supported TypeScript version' },
  {
    ...of6,
    anchor: 'schema-change-for-implicit-m-n-relations-on-postgresql',
    title: 'Schema change for implicit m-n relations on PostgreSQL',
  },
  { ...of6, anchor: 'full-text-search-on-postgresql', title: 'Full-text search on PostgreSQL' },
  { ...of6, anchor: 'usage-of-buffer', title: 'Usage of `Buffer`' },
  { ...of6, anchor: 'removed-notfounderror', title: 'Removed `NotFoundError`' },
  {
    ...of6,
    anchor: 'new-keywords-that-cant-be-used-as-model-names-async-await-using',
    title: "New keywords that can't be used as model names: `async`, `await`, `using`",
  },
  {
    ...of6,
    anchor: 'fulltextindex',
    title: '`fullTextIndex` is generally available',
    likewise: `${GUIDE_5}#jsonprotocol-out-of-preview`,
  },
  {
    ...of6,
    anchor: 'fulltextsearch',
    title: '`fullTextSearch` is generally available for MySQL',
    likewise: `${GUIDE_6}#full-text-search-on-postgresql`,
  },
] as const
