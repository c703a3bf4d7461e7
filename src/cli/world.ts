import type { Engine } from '../engine/api.ts'
import type { ApiCall } from '../model/finding.ts'
import type { SettingFlag } from './options.ts'

/** Where text goes: a stream of the process, or a collector in a test. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** What is wrong with a payment map, and where; lines and columns from 1. */
export interface PaymentMapProblem {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly advice: string
  readonly line: number
  readonly column: number
}

/** What is done with payment maps; see `transforms/payment/map/tools.ts`. */
export interface PaymentMaps {
  readonly bundled: (provider: string) => string | undefined
  /** How many rows of each tag the operations of a map have. */
  readonly tags: (
    text: string,
  ) => readonly { readonly operation: string; readonly A: number; readonly C: number; readonly R: number }[]
  /** What a person reads of a call: how it is made, the rows that it is about, its key, what it reads. */
  readonly describeCall: (call: ApiCall) => string
  /** Whether findings of a change, without its provider, have to be put right before a rollout is ended. */
  readonly isBlocking: (change: string) => boolean
  /** An OpenAPI document from its text, in YAML or JSON. */
  readonly document: (
    text: string,
  ) =>
    | { readonly is: 'read'; readonly value: unknown }
    | { readonly is: 'failed'; readonly message: string; readonly line: number; readonly column: number }
  readonly lint: (text: string, v1: readonly unknown[], v2: readonly unknown[]) => readonly PaymentMapProblem[]
  readonly draft: (
    v1: readonly unknown[],
    v2: readonly unknown[],
    options: {
      readonly provider: string
      readonly pairs: Readonly<Record<string, string>>
      readonly anchors: readonly { readonly from: string; readonly to: string }[]
    },
  ) => {
    readonly text: string
    readonly operations: readonly { readonly name: string; readonly old: string; readonly chosen: string | undefined }[]
    readonly fields: { readonly proposed: number; readonly open: number }
  }
}

/** Everything outside of the command line itself, so that a test can run it without a process. */
export interface World {
  /**
   * Loads the engine; called only by commands that need it, since loading is what takes time. With the id of a recipe,
   * it need know nothing but that recipe's provider; without, or where there is no such recipe, it knows all. With the
   * folder of a project, the next run is about all of that project as it is now, and can be prepared for meanwhile.
   */
  readonly engine: (recipe?: string, project?: string) => Promise<Engine>
  /** The options that only some recipes take; known without loading a recipe. */
  readonly settings?: readonly SettingFlag[]
  /** Loads what is done with payment maps; called only by commands that need it. */
  readonly paymentMaps?: () => Promise<PaymentMaps>
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of the folder the person stands in. */
  readonly cwd: string
  /** Version of upgrade-kit. */
  readonly version: string
  /** Where bugs are reported, if the package says so. */
  readonly bugs?: string | undefined
  /** Aborted by the first ctrl-C. */
  readonly signal: AbortSignal
}

const NARROWEST = 40
const WIDEST = 120
const USUAL = 100

/** Columns to lay text out for: the terminal's, between 40 and 120; 100 where it does not say. */
export function widthOf(output: Output): number {
  return Math.max(NARROWEST, Math.min(WIDEST, output.columns || USUAL))
}

/** Whether to colour: `--no-color` and NO_COLOR forbid, then FORCE_COLOR demands, else a terminal that can. */
export function wantsColour(world: World, output: Output, option: boolean | undefined): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = world.env
  if (option === false || NO_COLOR) return false
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return output.isTTY === true && TERM !== 'dumb'
}
