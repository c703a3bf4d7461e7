import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Report } from '../model/report.ts'
import { UserError } from '../model/user-error.ts'
import type { World } from './world.ts'

const SCHEMA = 'upgrade-kit/schema/report-1.json'

/** Reads reports that `--format json` wrote. Throws `UserError` for whatever is none. */
export function savedReports(world: World, files: readonly string[]): Report[] {
  const schema: object = createRequire(import.meta.url)(SCHEMA)
  const ajv = new Ajv2020({ strict: false })
  const isReport = ajv.compile<Report>(schema)
  return files.map((file) => {
    const value = parsed(world, file)
    if (isReport(value)) return value
    const [error] = isReport.errors ?? []
    throw new UserError(
      `${file} is no report of upgrade-kit: ${error?.instancePath || 'it'} ${error?.message ?? 'has another form'}`,
      'Give a file that `upgrade-kit <recipe> --format json --output <file>` wrote.',
    )
  })
}

function parsed(world: World, file: string): unknown {
  const advice = 'Give a file that `upgrade-kit <recipe> --format json --output <file>` wrote.'
  let text: string
  try {
    text = readFileSync(resolve(world.cwd, file), 'utf8')
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`, advice)
  }
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${error instanceof Error ? error.message : error}`, advice)
  }
}
