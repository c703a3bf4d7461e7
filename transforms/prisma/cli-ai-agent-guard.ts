import { defineChange } from '#kit'

export default defineChange({
  title: 'Destructive commands are refused where a coding agent runs them',
  why: '`migrate reset --force` and `db push --force-reset` end with an error where the environment is that of a coding agent, unless `PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION` has the words with which the user agreed.',
  since: '6.15.0',
  breakage: 'throws',
  source: 'https://github.com/prisma/prisma/releases/tag/6.15.0',
  fixable: 'never',
  byHand:
    'where coding agents run scripts that reset a database, let a person run these; nobody but that person may set the variable',
})
