/** A change to fill in, with its first case: `npm run new:transform express/app-router`. */
import { fileURLToPath } from 'node:url'
import { COMMAND } from './generated.ts'
import { newTransform, script } from './scaffold.ts'

script(() => {
  const id = process.argv[2]
  const [change, before] = newTransform(fileURLToPath(new URL('../..', import.meta.url)), id)
  console.log(`${change}
${before}

1. Paste old code into ${before}; mark every affected line with // want (or // want review, // want by hand).
2. Write the facts and \`find\`; watch: npx vitest -t ${id}
3. UPDATE_FIXTURES=1 npx vitest run -t ${id}   writes after.js; read it in git diff.
4. Add a case without marks, of code that looks alike.
5. ${COMMAND}`)
})
