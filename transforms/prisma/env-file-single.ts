import { defineChange } from '#kit'

export default defineChange({
  title: 'Only one `.env` file is loaded',
  why: 'Until 5.9 the generated client loaded the `.env` at the root and the one beside the schema. From then on only one of them is: the one beside the schema, else `prisma/.env`, else the one at the root.',
  since: '5.9.0',
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/5.9.0',
  fixable: 'never',
  stage: 'before-bump',
  byHand:
    'If there is a `.env` beside the schema and another one at the root whose variables the program reads, load it yourself: `import "dotenv/config"` first of all.',
})
