/** Tests a catalogue of changes: its cases and laws, and its programs' behaviour on both versions. */
export {
  type Answer,
  type BehaviourRequest,
  behaviourFolders,
  IGNORED_HEADERS,
  linkPackages,
  type Observation,
  observe,
  readRequests,
  type Subject,
} from './behaviour.ts'
export {
  afterPath,
  beforePath,
  type Case,
  type Mark,
  readCase,
  readCases,
  type Strength,
  type Unmarked,
  unmark,
} from './cases.ts'
export { explainProblems, fixtureTests, type TestRunner } from './fixtures.ts'
export {
  type CaseResult,
  checkCase,
  checkChange,
  checkRecipe,
  LAWS,
  type Law,
  type Problem,
  type Verdict,
} from './laws.ts'
