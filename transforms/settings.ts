// Made by `npm run generate` from the recipes.
import type { SettingFlag } from '../src/cli/options.ts'

/** The options that only some recipes take. */
export const settings: readonly SettingFlag[] = [
  {
    "name": "provider",
    "description": "whose API the calls are of",
    "placeholder": "provider",
    "values": [
      "paypal",
      "stripe-charges",
      "mollie"
    ],
    "recipes": [
      "payment-v2",
      "payment-cutover"
    ]
  },
  {
    "name": "map",
    "description": "a payment map of your own, <name>.payment-map.yaml, from the root of the project",
    "placeholder": "file",
    "recipes": [
      "payment-v2",
      "payment-cutover"
    ]
  },
  {
    "name": "stage",
    "description": "writes: new orders on the new version only; full: the old one is gone; inline: and calls speak the new one; prisma6: only what is right on the old version too, or everything",
    "placeholder": "stage",
    "values": [
      "writes",
      "full",
      "inline",
      "before-bump",
      "bump"
    ],
    "recipes": [
      "payment-cutover",
      "prisma6"
    ]
  },
  {
    "name": "at-100-since",
    "description": "the day since which all new orders have gone to the new version (14 days)",
    "placeholder": "date",
    "recipes": [
      "payment-cutover"
    ]
  },
  {
    "name": "last-old-payment",
    "description": "the day of the last payment that the old version made (180 days)",
    "placeholder": "date",
    "recipes": [
      "payment-cutover"
    ]
  },
  {
    "name": "accept-risk",
    "description": "do it although a precondition is not met; the message says which phrase",
    "placeholder": "phrase",
    "recipes": [
      "payment-cutover"
    ]
  }
]
