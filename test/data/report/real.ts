import { join } from 'node:path'
import { createEngine } from '../../../src/engine/session.ts'
import type { Report } from '../../../src/model/report.ts'
import { catalogue } from '../../../transforms/index.ts'

const projects = join(import.meta.dirname, '../../../fixtures/projects')

/** What the engine itself reports about a project that stands for a whole application. Nothing is written. */
export async function realReport(name: 'express-4-shop' | 'typescript-service'): Promise<Report> {
  return createEngine(catalogue, '0.0.0').run({
    root: join(projects, name, 'before'),
    recipe: 'express5',
    mode: 'dry-run',
    level: 'safe',
    types: 'auto',
    install: false,
    verify: false,
  })
}

/** A schema that allows no property but those it names, so that a property nobody declared is an error. */
export function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (schema === null || typeof schema !== 'object') return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  const isOpen = 'properties' in inner && !('additionalProperties' in inner) && inner['type'] === 'object'
  return isOpen ? { ...inner, additionalProperties: false } : inner
}
