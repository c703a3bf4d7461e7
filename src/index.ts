/**
 * upgrade-kit as a library: lists the files of a project, finds the packages in it, and proposes what a recipe would
 * change. Nothing here writes to the project.
 */
export { type Change, isTransform, type ProjectFacts, type Transform } from './catalogue/change.ts'
export type { Provider, Recipe } from './catalogue/provider.ts'
export {
  type Catalogue,
  type NamedChange,
  recipesOf,
  type SelectedRecipe,
  selectChanges,
  selectRecipe,
} from './catalogue/select.ts'
export { type DiscoverOptions, type Discovery, discover, type FileGroup } from './engine/discover.ts'
export { type PackageFolder, type Packages, projectRoot, readPackages } from './engine/packages.ts'
export type { PlannedFile } from './engine/plan.ts'
export { type Opened, openProject, type Proposal, type ProposalInput, propose } from './engine/upgrade.ts'
export * from './model/change.ts'
export * from './model/finding.ts'
export * from './model/report.ts'
export * from './model/trust.ts'
export * from './model/user-error.ts'
export * from './model/verification.ts'
