/**
 * The whole vocabulary of a transform author. A file under `transforms/` imports from here and from its provider, and
 * from nothing else of this project.
 */
export {
  type Change,
  type Draft,
  type DraftEdit,
  type DraftFix,
  type DraftRequest,
  defineChange,
  type ProjectFacts,
  type Redeclaration,
  type Settings,
  type Survey,
  type Symptomatic,
  type Transform,
  type TypeProblem,
} from './catalogue/change.ts'
export { fix, insertAfter, insertBefore, replace } from './catalogue/edits.ts'
export { type NodeVersion, nodeVersions, olderThan } from './catalogue/node-versions.ts'
export {
  type Companion,
  type Declarations,
  type Deprecation,
  defineProvider,
  type JudgedFinding,
  type ModelFacts,
  type PackageFacts,
  type Parser,
  type ParserProblem,
  type PreconditionFacts,
  type Preconditions,
  type Provider,
  type Recipe,
  type Setting,
} from './catalogue/provider.ts'
export { allowsBelow, areDisjoint, isBelow, isForBoth, type Raised, raiseRange } from './catalogue/ranges.ts'
export type { Assignment } from './formats/assignments.ts'
export type { DockerFile, DockerImage, DockerInstruction } from './formats/dockerfile.ts'
export type { EnvironmentFile } from './formats/environment.ts'
export { type ImageReference, imageReference } from './formats/images.ts'
export type { DataFile } from './formats/index.ts'
export { exportsOf } from './formats/javascript/exports.ts'
export type {
  CallUse,
  DestructuredUse,
  FunctionPlace,
  JavaScriptFile,
  Known,
  MemberCall,
  MemberUse,
} from './formats/javascript/file.ts'
export {
  describe,
  type ExpressionFacts,
  type FunctionFacts,
  type Given,
  isKind,
  type Kind,
  kind,
  method,
  type ObjectLiteral,
  type PackageModel,
} from './formats/javascript/kinds.ts'
export type { JavaScriptModule } from './formats/javascript/module.ts'
export { type Origins, plainParameter, returnsOf } from './formats/javascript/origins.ts'
export { children, patternIdentifiers } from './formats/javascript/scopes.ts'
export {
  argumentsOf,
  type CallNode,
  contains,
  enclosingFunction,
  enclosingStatement,
  type FunctionNode,
  isCall,
  isClass,
  isFunction,
  isMember,
  keyName,
  literalText,
  type MemberNode,
  memberName,
  type Node,
  parentOf,
  unwrap,
} from './formats/javascript/syntax.ts'
export { hops, type Value } from './formats/javascript/values.ts'
export type { JsonEntry, JsonFile, JsonScalar, JsonValue } from './formats/json.ts'
export type { PatchedFile, PatchFile } from './formats/patch.ts'
export {
  type PrismaArgument,
  type PrismaAttribute,
  type PrismaBlock,
  type PrismaEntry,
  type PrismaField,
  PrismaFile,
  type PrismaName,
  type PrismaSetting,
  type PrismaValue,
} from './formats/prisma.ts'
export { type Quoting, type ShellFile, type ShellWord, shellAssignments, shellCommands } from './formats/shell.ts'
export type { SqlFile, SqlStatement, SqlToken } from './formats/sql.ts'
export type { ToolVersion, VersionFile } from './formats/versions.ts'
export type { YamlEntry, YamlFile, YamlScalar } from './formats/yaml.ts'
export type { BreakingChange as BreakingFacts } from './model/change.ts'
export type { ApiCall, Range } from './model/finding.ts'
export type { Certainty, Evidence, Hop } from './model/trust.ts'
export { weaker } from './model/trust.ts'
export { UserError } from './model/user-error.ts'
export type { Difference } from './model/verification.ts'
export { indentationAt } from './text/lines.ts'
export { literally } from './text/pattern.ts'
