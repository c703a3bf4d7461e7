import { defineChange } from '#kit'
import { listOf, settingOf } from './schema/facts.ts'
import { clientGenerators, concerns, reaches, standsIn } from './schema/project.ts'

export default defineChange({
  title: 'Engines for OpenSSL 1.x are of no use in images that have OpenSSL 3',
  why: 'All names of `binaryTargets` that 4 knows are still accepted. The images that a newer Node comes in mostly have OpenSSL 3, where an engine for 1.0 or 1.1 is not loaded and the first query fails.',
  since: '6.0.0',
  breakage: 'throws',
  source: 'https://www.prisma.io/docs/orm/reference/prisma-schema-reference#binarytargets-options',
  guideSays: 'It says nothing of it.',
  fixable: 'never',

  format: 'prisma',
  mentions: ['binaryTargets'],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '6.0.0')) return
    for (const generator of clientGenerators(file)) {
      const targets = listOf(settingOf(generator, 'binaryTargets')?.value)
      // what is there for OpenSSL 3 as well, or for where it is generated, is looked after
      if (targets.some(({ value }) => /openssl-3/.test(value))) continue
      for (const target of targets)
        if (/openssl-1\.[01]\.x$|^linux-musl$/.test(target.value))
          yield {
            at: target,
            message: 'keep it where the image stays; add the target for OpenSSL 3 where the image is a newer one',
            evidence: standsIn(file, `\`binaryTargets\` of the generator ${generator.name.text}`),
            notes: [
              target.value === 'linux-musl'
                ? 'on Alpine 3.17 and newer it is `linux-musl-openssl-3.0.x`'
                : `on Debian 12 and newer it is \`${target.value.replace(/1\.[01]\.x$/, '3.0.x')}\``,
            ],
          }
    }
  },
})
