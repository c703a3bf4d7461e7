import { defineChange, imageReference } from '#kit'
import { concerns, SCHEMAS } from './schema/project.ts'

export default defineChange({
  title: 'PostgreSQL below 9.6 is no longer supported',
  why: 'Prisma 5 and 6 are made for PostgreSQL 9.6 and newer; an older server refuses some of what they ask.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#postgresql-minimum-version-change',
  fixable: 'never',

  format: ['yaml', 'dockerfile'],
  mentions: ['postgres'],
  *find(file, project) {
    if (!concerns(project)) return
    if (!project.survey(SCHEMAS).some(({ provider }) => provider === 'postgresql')) return
    const images =
      file.format === 'dockerfile'
        ? file.images().map(({ name, tag, range }) => ({ name, tag, range }))
        : file
            .scalars()
            .filter(({ path }) => /^(?:image|container|name)$/.test(path.at(-1) ?? ''))
            .map(({ value, range }) => ({ ...imageReference(value), range }))
    for (const { name, tag, range } of images) {
      const [, major, minor] = /^(\d+)(?:\.(\d+))?/.exec(tag ?? '') ?? []
      const isOld =
        major !== undefined && (Number(major) < 9 || (Number(major) === 9 && minor !== undefined && Number(minor) < 6))
      if (!/(?:^|\/)(?:postgres|postgresql|postgis)$/.test(name) || !isOld) continue
      yield {
        at: range,
        message: 'take PostgreSQL 9.6 or newer, for the servers in production as well',
        evidence: { certainty: 'proven', steps: [{ what: `the image ${name}:${tag} (${file.path})` }] },
      }
    }
  },
})
