import type { ProjectFacts, Survey } from '#kit'

/** The folders of the packages that others install: below `node_modules/.pnpm`, `~/.npm/_npx` and the like. */
const published: Survey<ReadonlySet<string>, 'json'> = {
  format: 'json',
  mentions: ['"bin"', '"files"', '"publishConfig"', '"peerDependencies"'],
  look: (files) => {
    const folders = new Set<string>()
    for (const file of files) {
      if (!/(?:^|\/)package\.json$/.test(file.path) || file.at('private')?.value === true) continue
      if (file.at('bin') || file.at('files') || file.at('publishConfig') || file.at('peerDependencies', 'express'))
        folders.add(file.path.replace(/\/?package\.json$/, '') || '.')
    }
    return folders
  },
}

/** True if the manifest of a package says that it is made to be installed: a program for `npx`, or a library. */
export function isInstalledByOthers(project: ProjectFacts): boolean {
  return project.survey(published).has(project.folder)
}
