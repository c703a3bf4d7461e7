import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../src/model/finding.ts'
import { fixtureTests } from '../src/testing/index.ts'
import { catalogue } from '../transforms/index.ts'

fixtureTests({ describe, test }, fileURLToPath(new URL('../fixtures', import.meta.url)), catalogue, speaksAsAllOthersDo)

/** Messages are in lower case, titles of fixes are what to do, and neither ends like a sentence. */
function speaksAsAllOthersDo(findings: readonly Finding[]): void {
  for (const { message, fix, notes } of findings) {
    expect(message).toMatch(/^[^A-Z\s][^\n]*[^.\s]$/)
    if (fix) expect(fix.title).toMatch(/^[A-Z][a-z]+\b(?<!(?:ed|ing|es))(?: .*)?[^.]$/)
    for (const note of notes ?? []) expect(note.trim()).toBe(note)
  }
}
