import { defineChange, fix, replace } from '#kit'
import { chosenMap } from './map/chosen.ts'

export default defineChange({
  title: 'The variables of the flag are no longer read',
  why: 'Nothing reads them any more. Whoever sets one believes that it does something.',
  since: '3.0.0',
  stage: 'writes',
  breakage: 'silent',
  source: 'https://martinfowler.com/articles/feature-toggles.html',
  fixable: 'sometimes',

  format: ['environment', 'yaml', 'dockerfile', 'shell'],
  restsOn: 'dependency',
  mentions: [/[A-Z]+_V2\b/],
  *find(file, project) {
    // a map says what the variables are called, and is needed for as long as there is a façade
    if (project.packagesInScope.length === 0 || file.text.includes('payment-map/1')) return
    const { flag } = chosenMap(project).map
    if (!flag) return
    const names = [flag.env, flag.percentEnv, flag.saltEnv, flag.allowEnv, flag.denyEnv].filter(
      (name) => name !== undefined,
    )
    const evidence = { certainty: 'proven' as const, steps: [{ what: 'the façade of this project has read them' }] }
    if (file.format === 'environment') {
      for (const { name, range } of file.assignments()) {
        if (!names.includes(name)) continue
        const line = lineOf(file.text, range.start)
        const isSecret = !/example|sample|template|dist/.test(file.path)
        yield {
          at: { start: line.start, end: line.end },
          message: `\`${name}\` is not read any more`,
          evidence,
          fix: fix(
            isSecret ? 'review' : 'safe',
            'Take the variable out',
            replace(withComments(file.text, line, names), ''),
          ),
        }
      }
      return
    }
    for (const name of names) {
      const found = new RegExp(`\\b${name}\\b`).exec(file.text)
      if (found)
        yield {
          at: { start: found.index, end: found.index + name.length },
          message: `\`${name}\` is not read any more; take it out`,
          evidence,
        }
    }
  },
})

interface Line {
  readonly start: number
  readonly end: number
}

function lineOf(text: string, offset: number): Line {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  const next = text.indexOf('\n', offset)
  return { start, end: next < 0 ? text.length : next + 1 }
}

/** The line, the comment right above it if the comment is about it or was written with it, and the blank line that set all of them off. */
function withComments(text: string, line: Line, names: readonly string[]): Line {
  const isOurs = ({ start, end }: Line) => isWrittenWith(text.slice(start, end), names)
  let { start } = line
  const above = lineBefore(text, start)
  if (above && isOurs(above) && text[above.start] === '#') start = above.start
  const before = lineBefore(text, start)
  if (!before || text.slice(before.start, before.end).trim() !== '') return { start, end: line.end }
  let { end } = line
  while (end < text.length && isOurs(lineOf(text, end))) end = lineOf(text, end).end
  const isLast = end >= text.length || lineOf(text, end).end - end <= 1
  return { start: isLast ? before.start : start, end: line.end }
}

function lineBefore(text: string, start: number): Line | undefined {
  return start === 0 ? undefined : lineOf(text, start - 1)
}

/** True for an assignment of one of the variables, and for a comment that came with one. */
function isWrittenWith(line: string, names: readonly string[]): boolean {
  return (
    /^# (?:How many of 100 new orders|Which ones: another text)/.test(line) ||
    names.some((name) => line.startsWith(`# ${name}`) || line.startsWith(`${name}=`))
  )
}
