import type { Difference } from '#kit'

/** An ETag as Express makes it: the length of the body and 27 characters of its hash, weak or strong. */
const TAG = /(?:W\/)?\\?"[0-9a-f]+-[\w+/]{27}\\?"/g
const LENGTH = /(content-length\W{1,6})\d+/gi

/** True for the header lines and values that differ wherever a body does: its length and its tag. */
export function isOfBody(difference: Difference): boolean {
  return isButFor(difference, (text) => text.replace(LENGTH, '$1').replace(TAG, '"tag"'))
}

/** True if two texts differ, and only in what a function takes out of them or writes alike. */
export function isButFor({ expected, actual }: Difference, alike: (text: string) => string): boolean {
  return expected !== actual && alike(expected) === alike(actual)
}
