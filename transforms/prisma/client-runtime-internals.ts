import { defineChange } from '#kit'

const INNER =
  /^@prisma\/client\/runtime\/(?!index(?:\.js)?$|library(?:\.js)?$).+|^prisma(?:\/build\/.+)?$|^\.prisma\/client\/deno\/.+/

export default defineChange({
  title: 'Inner parts of Prisma moved or went away',
  why: 'What is below `@prisma/client/runtime` and in `prisma/build` is no part of the interface: `runtime/data-proxy` is gone, `runtime/edge` and `runtime/index-browser` do not resolve without an ending in 5, and `prisma` lets nobody in from 6 on.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/['"`]@prisma\/client\/runtime\/|['"`]prisma(?:\/build\/|['"`])|\.prisma\/client\/deno/],
  *find(file) {
    for (const { specifier, node } of file.module.mentions)
      if (INNER.test(specifier))
        yield {
          at: node,
          message: `'${specifier}' is an inner part of Prisma; the new version has it elsewhere, or not at all`,
          evidence: {
            certainty: 'proven',
            steps: [{ what: `the module '${specifier}'`, at: file.module.locate(node.start) }],
          },
        }
  },
})
