export { type ArrayChange, type ArrayConversion, type ConvertedMember, convertAll } from './arrays.ts'
export { classify } from './classify.ts'
export { convert } from './convert.ts'
export { compileV4 } from './matchers.ts'
export { type Claim, type Degenerate, prove, type Verdict } from './prove.ts'
export {
  memberSource,
  type ParamRead,
  type PathStyle,
  paramRead,
  pathSource,
  type Quote,
  type ReadOptions,
} from './source.ts'
export type {
  Conversion,
  Difference,
  ParamFate,
  ParamMapping,
  PathChange,
  PathKind,
  PathMember,
  PathSituation,
  Proof,
  Refused,
  RegExpText,
  Rewritten,
  Same,
} from './types.ts'
