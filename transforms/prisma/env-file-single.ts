import { defineChange, type Survey } from '#kit'
import { folderOf } from './schema/facts.ts'
import { concerns, reaches, SCHEMAS, standsIn } from './schema/project.ts'

/** The `.env` files of the project. */
const FILES: Survey<readonly string[], 'environment'> = {
  format: 'environment',
  of: 'project',
  mentions: [''],
  look: (files) => [...files].map(({ path }) => path).filter((path) => /(?:^|\/)\.env$/.test(path)),
}

export default defineChange({
  title: 'Only one `.env` file is loaded by the client',
  why: 'Until 5.9 the generated client loaded the `.env` at the root and the one beside the schema. From then on it is the one beside the schema alone, and variables of the other one are missing without a word.',
  since: '5.9.0',
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/5.9.0',
  guideSays: 'It says nothing of it, and neither do the notes of the releases.',
  fixable: 'never',
  stage: 'before-bump',

  format: 'environment',
  mentions: [/\S/],
  *find(file, project) {
    if (!concerns(project) || !reaches(project, '5.9.0') || !/(?:^|\/)\.env$/.test(file.path)) return
    const root = project.folder === '.' ? '' : `${project.folder}/`
    if (file.path !== `${root}.env`) return
    const beside = project
      .survey(SCHEMAS)
      .map((schema) => `${folderOf(schema.root)}.env`)
      .find((path) => path !== file.path && path.startsWith(root) && project.survey(FILES).includes(path))
    if (beside === undefined) return
    const [start = 0] = [file.text.search(/\S/)]
    yield {
      at: { start, end: start + 1 },
      message: `the client loads only \`${beside}\` from 5.9 on; load this one yourself: \`import 'dotenv/config'\``,
      evidence: standsIn(file, `${beside} stands beside a schema`),
    }
  },
})
