// Made by `npm run generate` from the recipes.
import type { SettingFlag } from '../src/cli/options.ts'

/** The options that only some recipes take. */
export const settings: readonly SettingFlag[] = []
