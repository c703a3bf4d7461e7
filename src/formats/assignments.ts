import type { Range } from '../model/finding.ts'

/** One `NAME=value`, whoever writes it and however. */
export interface Assignment {
  readonly name: string
  /** Without quotes. Escapes inside are as written. */
  readonly value: string
  /** The value as it stands in the file, without quotes. */
  readonly range: Range
}
