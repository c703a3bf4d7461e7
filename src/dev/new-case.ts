/** Lifts code of any project into a case: `npm run new:case express/res-send-status src/app.js:42 [situation]`. */
import { fileURLToPath } from 'node:url'
import { newCase, script } from './scaffold.ts'

script(() => {
  const [, , id, place, situation] = process.argv
  const root = fileURLToPath(new URL('../..', import.meta.url))
  // npm runs scripts in the package's folder, and says here where the person was.
  const before = newCase(root, id, place, situation, process.env.INIT_CWD ?? process.cwd())
  console.log(`${before}

Read it, keep the mark if the line is affected, and name the folder after its situation. Then: npx vitest run -t ${id}`)
})
