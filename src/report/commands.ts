import type { Report } from '../model/report.ts'

/** A word as every shell takes it literally, or nothing: a file name must not become a command of the person who copies it. */
export function typable(word: string): string | undefined {
  if (!/^[\w.@][\w.@%+=:,/ -]*$/.test(word)) return undefined
  return word.includes(' ') ? `"${word}"` : word
}

/** The run once more, about the same: a map, a stage. A risk that was accepted has to be accepted anew. */
export function runCommand({ recipe }: Pick<Report, 'recipe'>): string {
  return ['npx upgrade-kit', recipe.id, ...settingWords(recipe)].join(' ')
}

/** The same, but only looking. */
export function scanCommand({ recipe }: Pick<Report, 'recipe'>): string {
  return ['npx upgrade-kit scan', recipe.id, ...settingWords(recipe)].join(' ')
}

/** Why a place, or a change, is what it is: by the recipe alone where the run had settings that say what it is about. */
export function explainCommand({ recipe }: Pick<Report, 'recipe'>, what: string): string {
  const settings = settingWords(recipe)
  const own = settings.length === 0 ? [] : ['--recipe', recipe.id, ...settings]
  return ['npx upgrade-kit explain', what, ...own].join(' ')
}

function settingWords({ settings = {} }: Report['recipe']): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const typed = name === 'accept-risk' ? undefined : typable(value)
    return typed === undefined ? [] : [`--${name} ${typed}`]
  })
}
