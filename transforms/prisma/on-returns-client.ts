import { defineChange, parentOf } from '#kit'
import { Client } from './client/kinds.ts'

export default defineChange({
  title: '`$on()` no longer returns nothing',
  why: 'It returns the client, so that calls can be chained. What is declared to be nothing, such as `const done: void = prisma.$on(…)`, no longer compiles.',
  since: '6.5.0',
  breakage: 'compile',
  source: 'https://github.com/prisma/prisma/releases/tag/6.5.0',
  guideSays: 'It says nothing of it; the notes of a minor release do.',
  fixable: 'never',
  stage: 'bump',

  format: 'javascript',
  mentions: ['$on'],
  *find(file) {
    if (!file.isTypeScript) return
    for (const use of file.calls([Client], '$on')) {
      const parent = parentOf(use.call)
      if (parent?.type === 'VariableDeclarator' || parent?.type === 'AssignmentExpression')
        yield { at: use.call, message: 'this is the client from 6.5 on, and not undefined', evidence: use }
    }
  },
})
