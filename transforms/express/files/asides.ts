/** Tests, examples and the like. */
const ASIDE =
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e|examples?|demos?|benchmarks?|fixtures)\/|[.-](?:test|spec)\.[cm]?[jt]sx?$/

/** True for a file that nobody who uses the package runs. */
export function isAside(path: string): boolean {
  return ASIDE.test(path)
}
