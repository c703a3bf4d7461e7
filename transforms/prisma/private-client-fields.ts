import { defineChange } from '#kit'
import { Client } from './client/kinds.ts'

const GONE: Readonly<Record<string, string>> = {
  _dmmf: 'it was never public, and is undefined from 5 on; `Prisma.dmmf` is what is generated',
  _baseDmmf: 'it was never public, and is gone from 5 on; `Prisma.dmmf` is what is generated',
  _getDmmf: 'it was never public, and is gone from 5 on; `Prisma.dmmf` is what is generated',
  _middlewares: 'it was never public, and is gone with `$use` from 6.14 on',
  _engine: 'it was never public, and is another object in every version; check what is read of it',
  _engineConfig: 'it was never public, and has other fields in every version; check what is read of it',
}

export default defineChange({
  title: 'Private fields of the client are others, or none',
  why: 'What begins with an underscore is no part of the interface: `_dmmf`, `_baseDmmf` and `_getDmmf` are gone from 5 on, `_middlewares` from 6.14 on, and what the others hold is different. Reading one that is gone gives undefined.',
  since: '5.0.0',
  breakage: 'silent',
  source: 'https://github.com/prisma/prisma/releases/tag/5.0.0',
  guideSays: 'It says nothing of it.',
  fixable: 'never',
  stage: 'before-bump',

  format: 'javascript',
  mentions: [/\b_(?:dmmf|baseDmmf|getDmmf|middlewares|engine|engineConfig)\b/],
  *find(file) {
    for (const use of file.members([Client], ...Object.keys(GONE)))
      yield { at: use.property, message: GONE[use.name]!, evidence: use }
  },
})
