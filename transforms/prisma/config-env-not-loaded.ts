import { type DraftRequest, defineChange, fix, replace } from '#kit'
import { isConfig } from './packages/config.ts'
import { concerns, reaches } from './schema/project.ts'

export default defineChange({
  title: 'With a `prisma.config.ts`, the command line no longer loads `.env`',
  why: 'As soon as there is such a file, every command says "Prisma config detected, skipping environment variable loading", and a schema that reads `env("DATABASE_URL")` fails where only `.env` has it. The file also takes the place of `prisma` in package.json, as a whole.',
  since: '6.4.0',
  breakage: 'throws',
  source: 'https://www.prisma.io/docs/orm/reference/prisma-config-reference#using-environment-variables',
  guideSays: 'It says nothing of it; the reference of the file does.',
  fixable: 'always',
  stage: 'bump',

  format: 'javascript',
  restsOn: 'dependency',
  mentions: [/[Pp]risma/, 'defineConfig', /\bschema\b['"]?\s*:/],
  *find(file, project) {
    if (!isConfig(file.path) || !concerns(project) || !reaches(project, '6.4.0')) return
    if (/\bdotenv|loadEnvFile|loadEnvConfig|--env-file/.test(file.text)) return
    const body = file.module.program.body as readonly { start?: number | null; end?: number | null }[]
    const [first] = body
    const at = first ? { start: first.start!, end: first.end! } : { start: 0, end: 0 }
    const isModule = file.module.mentions.some(({ node }) => node.type === 'ImportDeclaration') || file.isTypeScript
    const statement = isModule ? "import 'dotenv/config'" : "require('dotenv/config')"
    const requests: DraftRequest[] = project.provides('dotenv')
      ? []
      : [{ add: 'dependency', name: 'dotenv', range: '^16.4.0', dev: true }]
    yield {
      at,
      message: 'load `.env` here, where the variables of the schema are only there',
      evidence: { certainty: 'proven', steps: [{ what: `${file.path} is there, and loads no variables` }] },
      fix: {
        ...fix('review', 'Load `.env`', replace({ start: at.start, end: at.start }, `${statement}\n`)),
        requests,
      },
    }
  },
})
