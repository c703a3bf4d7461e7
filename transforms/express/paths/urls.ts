import { longestQuickInput, numbers, sampler, seedOf } from './samples.ts'

/** URL paths that every comparison tries: roots, slashes, dots, dashes, case, escapes that decode and that do not. */
// biome-ignore format: one table
const ALWAYS = [
  '/', '//', '///', '/a', '/a/', '/a//', '//a', '//a/', '//a/b', '/A', '/a/b', '/a/b/', '/a//b', '/a//b/', '/a/b//',
  '/a/b/c', '/a/b/c/', '/a/b/c/d', '/a/b/c/d/e/f', '/a.b', '/a.b.c', '/a..', '/a..b', '/.a', '/..a', '/.', '/a.', '/a-b',
  '/a-b-c', '/a--', '/a--b', '/--a', '/-', '/--', '/-a', '/a-', '/a_b', '/1', '/12', '/1/2', '/a1', '/1a', '/a,b', '/a;v=1',
  '/a:b', '/:a', '/*', '/a*', '/(a)', '/{a}', '/[a]', '/a+b', '/a!b', '/a$', '/$a', '/a|b', '/@a', '/~a', '/%20', '/a%20b',
  '/a%2Fb', '/a%2Fb/c%20d', '/%2F', '/%', '/a%zz', '/a/%', '/%C3%A9', '/%E2%82%AC/x', '/foo', '/foo/', '/FOO', '/foo/bar',
  '/foo/bar/', '/foo.json', '/foo/bar.json', '/x', '/X', '/x/', '/x/y', '/x//y', '/index.html', '/favicon.ico',
  '/users/42', '/users/42/', '/users/me', '/users//42', '/api/v1/users', '/api/v1/users/42', '/aa', '/aaa', '/ab', '/b', '/B/',
]

/** Longest URL in characters. */
const LONGEST = 120

/** How many strings are drawn from each regular expression, and how many of those are also varied. */
const DRAWN = 160
const VARIED = 30

/** Where few strings match, changes of changes make up for it: until there are enough, and for so many strings. */
const ENOUGH = 600
const MOST_ROUNDS = 5

/** Characters that stand in a path of a request line as they are; everything else is percent-encoded. */
const ILLEGAL = /[^!-~]|[?#]/
const EVERY_ILLEGAL = /[^!-~]|[?#]/gu

/** The longest URL that all of these regular expressions match or reject without delay. */
export function longestUrl(regexps: readonly RegExp[]): number {
  return Math.min(...regexps.map((regexp) => longestQuickInput(regexp, LONGEST)), LONGEST)
}

/**
 * Hand-made URL paths that every comparison tries: alone and after the literal beginning of the path; then the text of
 * the path and its words. `longest` is in characters.
 */
export function commonUrls(text: string, longest: number): Set<string> {
  const urls = new UrlSet(longest)
  const stem = /^(?:\/[\w.-]+)*(?=\/)/.exec(text)?.[0] ?? ''
  for (const url of ALWAYS) urls.add(url)
  if (stem) for (const url of ALWAYS) urls.add(stem + url)
  for (const url of [text, text.replace(/[^\w/.-]/g, ''), ...words(text)]) urls.add(url)
  return urls.all
}

/**
 * URL paths drawn from regular expressions, with their near misses: other case, slashes, dots and separators added,
 * doubled or taken away. `text` is the path they come from, whose own characters are drawn more often, and the seed.
 */
export function drawnUrls(text: string, regexps: readonly RegExp[], longest: number): Set<string> {
  const urls = new UrlSet(longest)
  const random = numbers(seedOf(text))
  const separators = [...new Set(text.replace(/[\w\\]/g, ''))].flatMap((char) => [char, char])
  const pieces = text.replace(/\\(.)/g, '$1').split(/:\w+|[/*?()+|]/)
  const long = pieces.filter((piece) => piece.length > 1).slice(0, 6)
  for (const regexp of regexps) {
    const draw = sampler(regexp, [...separators, ...words(text).slice(0, 4), ...long], random)
    for (let i = 0; i < DRAWN; i++) {
      const url = draw()
      urls.add(url)
      if (i < VARIED) for (const near of nearMisses(url, random)) urls.add(near)
    }
    for (let i = 0; i < MOST_ROUNDS && urls.all.size < ENOUGH; i++) {
      for (const near of nearMisses(draw(), random)) for (const far of nearMisses(near, random)) urls.add(far)
    }
  }
  return urls.all
}

const words = (text: string): readonly string[] => text.match(/[a-z0-9]+/gi) ?? []

/** Legal, absolute, short enough, and each one once. */
class UrlSet {
  readonly all = new Set<string>()
  readonly #longest: number

  constructor(longest: number) {
    this.#longest = longest
  }

  add(url: string): void {
    const legal = ILLEGAL.test(url) ? url.replace(EVERY_ILLEGAL, percentEncoded) : url
    const absolute = legal.startsWith('/') ? legal : `/${legal}`
    if (absolute.length <= this.#longest) this.all.add(absolute)
  }
}

/** Half a surrogate pair, which a string can hold and a URL cannot, becomes the replacement character. */
function percentEncoded(char: string): string {
  return encodeURIComponent(/^[\ud800-\udfff]$/.test(char) ? '\ufffd' : char)
}

/** Strings that are one change away. */
function nearMisses(url: string, random: () => number): string[] {
  const at = Math.floor(random() * url.length)
  const other = Math.floor(random() * url.length)
  const splice = (index: number, drop: number, text: string) => url.slice(0, index) + text + url.slice(index + drop)
  const slash = url.indexOf('/', at)
  return [
    `${url}/`,
    `${url}//`,
    `/${url}`,
    `${url}/x`,
    `${url}.x`,
    `${url}x`,
    url.toUpperCase(),
    url.toLowerCase(),
    url.slice(0, -1),
    splice(at, 1, ''),
    splice(at, 0, url[at] ?? ''),
    splice(other, 0, url[other] ?? ''),
    splice(other, 1, 'a'),
    splice(at, 0, '/'),
    slash < 0 ? `${url}-` : splice(slash, 1, '//'),
    slash < 0 ? `${url}%2F` : splice(slash, 1, ''),
    url.slice(0, url.lastIndexOf('/')),
    splice(at, 1, `%${(url.charCodeAt(at) || 65).toString(16).padStart(2, '0')}`),
  ]
}
