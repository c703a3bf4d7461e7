// Made by `npm run generate` from the recipes.
import type { SettingFlag } from '../src/cli/options.ts'

/** The options that only some recipes take. */
export const settings: readonly SettingFlag[] = [
  {
    "name": "stage",
    "description": "only what is right on the old version too, or everything",
    "placeholder": "stage",
    "values": [
      "before-bump",
      "bump"
    ],
    "recipes": [
      "prisma6"
    ]
  }
]
