import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * Links a package, resolved from a file, and everything that it depends on into the `node_modules` of a project, each under the
 * name in its own package.json.
 */
export function linkPackage(name: string, from: string, project: string): void {
  const manifest = createRequire(from).resolve(`${name}/package.json`)
  const described = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string; dependencies?: object }
  const link = join(project, 'node_modules', described.name)
  if (existsSync(link)) return
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(dirname(realpathSync(manifest)), link, 'junction')
  for (const dependency of Object.keys(described.dependencies ?? {})) linkPackage(dependency, manifest, project)
}
