import type { Report } from '../model/report.ts'

/** The name of the package that a file belongs to: that of the nearest package.json, else its folder. */
export function packageOf({ packages }: Pick<Report, 'packages'>, file: string): string {
  const owners = packages.filter(({ folder }) => folder === '.' || file.startsWith(`${folder}/`))
  const nearest = owners.sort((a, b) => depth(b.folder) - depth(a.folder))[0]
  return nearest?.name ?? nearest?.folder ?? '.'
}

function depth(folder: string): number {
  return folder === '.' ? 0 : folder.length
}
