/** Where the test runner of a project looks for tests, so that those of the façade are run. */
import type { ProjectFacts } from '#kit'
import type { ProjectStyle } from '../facade/types.ts'

/** Patterns of files, from the folder of the package. */
interface Patterns {
  readonly globs: readonly string[]
  readonly expressions: readonly string[]
  /** `mocha --recursive`. */
  readonly isRecursive: boolean
}

type Texts = readonly (readonly [path: string, text: string])[]
const texts = (files: Iterable<{ readonly path: string; readonly text: string }>): Texts =>
  [...files].map(({ path, text }) => [path, text] as const)
const NAMES = /(?:^|\/)(?:package\.json|\.mocharc\.(?:json|jsonc|ya?ml)|jest\.config\.json)$/
const JSON_SETTINGS = { format: 'json', mentions: ['mocha', 'jest', 'spec'], look: texts } as const
const YAML_SETTINGS = { format: 'yaml', mentions: ['spec', 'recursive'], look: texts } as const
/**
 * The place and the names of the tests of a façade, where its runner would not find them in `__tests__`; nothing where it
 * does, or where it is not known.
 */
export function testFiles(
  project: ProjectFacts,
  runner: ProjectStyle['tests'],
  { facade, provider, extension }: { readonly facade: string; readonly provider: string; readonly extension: string },
): ProjectStyle['testFiles'] {
  if (runner !== 'mocha' && runner !== 'jest') return undefined
  const base = project.folder === '.' ? '' : `${project.folder}/`
  const patterns = patternsOf(project, runner, base)
  const isFound = (path: string) => isRun(patterns, path.slice(base.length))
  const inside = `${facade}/__tests__`
  if (isFound(`${inside}/map.test${extension}`)) return undefined
  const prefix = `payments-${provider}-`
  const places = [
    { folder: inside, prefix: '', ending: '.spec' },
    ...patterns.globs.flatMap((glob) => {
      const fixed = glob.replace(/^\.\//, '').split(/[*{[?]/)[0]!
      const folder = /\.[cm]?[jt]sx?$/.test(fixed)
        ? fixed.replace(/[^/]*$/, '')
        : glob.includes('*')
          ? fixed.replace(/[^/]*$/, '')
          : fixed
      const place = (base + folder).replace(/\/$/, '')
      return ['.test', '.spec', '-test', '_test', ''].map((ending) => ({
        folder: place === '' ? '.' : place,
        prefix,
        ending,
      }))
    }),
  ]
  return places.find(({ folder, prefix: own, ending }) =>
    isFound(`${folder === '.' ? '' : `${folder}/`}${own}map${ending}${extension}`),
  )
}

function patternsOf(project: ProjectFacts, runner: 'mocha' | 'jest', base: string): Patterns {
  const settings = [...project.survey(JSON_SETTINGS), ...project.survey(YAML_SETTINGS)].filter(
    ([path]) => path.startsWith(base) && !path.slice(base.length).includes('/') && NAMES.test(path),
  )
  const manifest = parsed(settings.find(([path]) => path.endsWith('package.json'))?.[1])
  if (runner === 'jest') {
    const json = settings.find(([path]) => path.endsWith('jest.config.json'))?.[1]
    const own = { ...asObject(manifest.jest), ...parsed(json) }
    const globs = listed(own.testMatch)
    const expressions = listed(own.testRegex)
    const isUsual = globs.length + expressions.length === 0
    return {
      globs: isUsual
        ? ['**/__tests__/**/*', '**/*.test.*', '**/*.spec.*']
        : globs.map((glob) => glob.replace('<rootDir>/', '')),
      expressions,
      isRecursive: true,
    }
  }
  const rc = settings.find(([path]) => path.includes('.mocharc.'))
  const own = { ...asObject(manifest.mocha), ...(rc?.[0].endsWith('json') ? parsed(rc[1]) : {}) }
  const ofYaml = rc && /ya?ml$/.test(rc[0]) ? yamlSpec(rc[1]) : []
  const commands = Object.values(asObject(manifest.scripts)).flatMap((script) => mochaArguments(String(script)))
  const globs = [...listed(own.spec), ...ofYaml, ...commands.filter((one) => !one.startsWith('-'))]
  const isRecursive =
    own.recursive === true || commands.includes('--recursive') || /^recursive:\s*true/m.test(rc?.[1] ?? '')
  return { globs: globs.length > 0 ? globs : ['./test'], expressions: [], isRecursive }
}

/** What a script gives Mocha: paths, patterns, and options without a value. */
function mochaArguments(script: string): string[] {
  const [, given] = /(?:^|[\s/])_?mocha(?=\s|$)([^;&|]*)/.exec(script) ?? []
  const words = given?.match(/'[^']*'|"[^"]*"|\S+/g) ?? []
  return words
    .map((word) => word.replace(/^['"]|['"]$/g, ''))
    .filter(
      (word, index) =>
        word === '--recursive' ||
        (!word.startsWith('-') &&
          !/^(?:-[rRtug]|--(?:require|import|reporter|timeout|ui|grep|config|extension))$/.test(
            words[index - 1] ?? '',
          )),
    )
}

function isRun({ globs, expressions, isRecursive }: Patterns, path: string): boolean {
  if (expressions.some((one) => matches(one, path))) return true
  return globs.some((glob) => {
    const plain = glob.replace(/^\.\//, '').replace(/\/$/, '')
    if (/[*{[?]/.test(plain) || /\.[cm]?[jt]sx?$/.test(plain)) return matches(`^${globSource(plain)}$`, path)
    // a folder
    const inside = path.startsWith(`${plain}/`) ? path.slice(plain.length + 1) : undefined
    return inside !== undefined && (isRecursive || !inside.includes('/'))
  })
}

function matches(source: string, path: string): boolean {
  try {
    return new RegExp(source).test(path)
  } catch {
    return false
  }
}

function globSource(glob: string): string {
  return glob
    .replace(/[.+^$()|\\]/g, '\\$&')
    .replace(/\{([^}]*)\}/g, (_all, inner: string) => `(?:${inner.split(',').join('|')})`)
    .replace(/\*\*\/|\*\*|\*|\?(?!:)/g, (one) =>
      one === '**/' ? '(?:.*/)?' : one === '**' ? '.*' : one === '*' ? '[^/]*' : '[^/]',
    )
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(text ?? '{}'))
  } catch {
    return {}
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function listed(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string')
}

/** `spec: test/*.js`, and a list of them. */
function yamlSpec(text: string): string[] {
  const [, line = '', list = ''] = /^spec:[ \t]*([^\n#]*)\n?((?:[ \t]+- [^\n]*\n?)*)/m.exec(text) ?? []
  return [...(line.trim() === '' ? [] : [line]), ...list.split('\n')]
    .map((one) => one.replace(/^[\s-]+|\s+$/g, '').replace(/^['"]|['"]$/g, ''))
    .filter((one) => one !== '')
}
