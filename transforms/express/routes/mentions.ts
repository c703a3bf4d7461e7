/** The quote that a string starts with, by what stands before it. */
const OPENING = '[\\s(\\[,=:+?|&]["\'`]'
const WITHIN = '[^\'"`\\s]*'
/** The same between the holes of a template, or up to its end. */
const BETWEEN = '[^\'"`\\s{}]*'

/** What a text must contain for a path with some syntax to be in it: a string, or the rest of a template, without blanks. */
export function inPath(syntax: RegExp): RegExp {
  return new RegExp(`${OPENING}${WITHIN}(?:${syntax.source})|\\}${BETWEEN}(?:${syntax.source})${BETWEEN}(?:\`|\\$\\{)`)
}

/** The same for syntax that is common outside of paths: it must come after a slash, or what begins with it is not text. */
export function inLikelyPath(syntax: RegExp): RegExp {
  return new RegExp(
    `${OPENING}(?:${WITHIN}/|[(^*.])${WITHIN}(?:${syntax.source})|${OPENING}\\^|\\}${BETWEEN}(?:${syntax.source})${BETWEEN}(?:\`|\\$\\{)`,
  )
}

/** The same for syntax that is more common still: the path must start with a slash. */
export function inAbsolutePath(syntax: RegExp): RegExp {
  return inPath(new RegExp(`/${BETWEEN}(?:${syntax.source})`))
}
