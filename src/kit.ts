/**
 * The whole vocabulary of a transform author. A file under `transforms/` imports from here and from its provider, and
 * from nothing else of this project.
 */
export {
  type Change,
  type Draft,
  type DraftEdit,
  type DraftFix,
  defineChange,
  type ProjectFacts,
  type Transform,
} from './catalogue/change.ts'
export { fix, insertAfter, insertBefore, replace } from './catalogue/edits.ts'
export { defineProvider, type Provider, type Recipe } from './catalogue/provider.ts'
export { allowsBelow, type Raised, raiseRange } from './catalogue/ranges.ts'
export type {
  CallUse,
  DestructuredUse,
  FunctionPlace,
  JavaScriptFile,
  Known,
  MemberCall,
  MemberUse,
} from './formats/javascript/file.ts'
export { describe, type FunctionFacts, type Kind, kind, method, type PackageModel } from './formats/javascript/kinds.ts'
export type { JavaScriptModule } from './formats/javascript/module.ts'
export { plainParameter } from './formats/javascript/origins.ts'
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
export type { JsonEntry, JsonFile, JsonValue } from './formats/json.ts'
export type { YamlEntry, YamlFile } from './formats/yaml.ts'
export type { Range } from './model/finding.ts'
export type { Certainty, Evidence } from './model/trust.ts'
export { weaker } from './model/trust.ts'
export { indentationAt } from './text/lines.ts'
