import { diffLines } from 'diff'

/** A stretch of the new text and the old text that it came from. */
interface Stretch {
  readonly before: number
  readonly after: number
  readonly beforeText: string
  readonly afterText: string
}

/**
 * Where an offset of a changed text was before the change: exact outside of what changed, and within it as near as equal
 * beginnings and ends tell.
 */
export function alignment(before: string, after: string): (offset: number) => number {
  if (before === after) return (offset) => offset
  const stretches = stretchesOf(before, after)
  return (offset) => {
    const found =
      stretches.find(({ after: start, afterText }) => offset < start + afterText.length) ?? stretches.at(-1)!
    return found.before + within(found, offset - found.after)
  }
}

function stretchesOf(before: string, after: string): Stretch[] {
  const stretches: Stretch[] = []
  let [atBefore, atAfter] = [0, 0]
  let gone = ''
  const push = (beforeText: string, afterText: string) => {
    stretches.push({ before: atBefore, after: atAfter, beforeText, afterText })
    atBefore += beforeText.length
    atAfter += afterText.length
  }
  for (const part of diffLines(before, after)) {
    if (part.removed) gone += part.value
    else if (part.added) {
      pushLines(gone, part.value, push)
      gone = ''
    } else {
      if (gone !== '') push(gone, '')
      gone = ''
      push(part.value, part.value)
    }
  }
  if (gone !== '' || stretches.length === 0) push(gone, '')
  return stretches
}

/** Line by line where as many lines came as went. */
function pushLines(gone: string, come: string, push: (before: string, after: string) => void): void {
  const [old, now] = [gone.match(/[^\n]*\n|[^\n]+$/g) ?? [], come.match(/[^\n]*\n|[^\n]+$/g) ?? []]
  if (old.length !== now.length) push(gone, come)
  else for (const [index, line] of old.entries()) push(line, now[index]!)
}

function within({ beforeText, afterText }: Stretch, offset: number): number {
  if (beforeText === afterText) return offset
  let start = 0
  while (start < beforeText.length && start < afterText.length && beforeText[start] === afterText[start]) start++
  if (offset <= start) return offset
  const fromEnd = afterText.length - offset
  let end = 0
  while (
    end < beforeText.length - start &&
    end < afterText.length - start &&
    beforeText.at(-1 - end) === afterText.at(-1 - end)
  )
    end++
  return fromEnd <= end ? beforeText.length - fromEnd : start
}
