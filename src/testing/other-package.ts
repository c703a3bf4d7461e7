import { posix } from 'node:path'
import { modelFor, type Provider } from '../catalogue/provider.ts'
import type { Catalogue } from '../catalogue/select.ts'
import { SECTIONS } from '../engine/packages.ts'
import { formatOf } from '../formats/index.ts'
import type { PackageModel } from '../formats/javascript/kinds.ts'
import type { ProjectPath } from '../model/finding.ts'

/**
 * The same project, but what came from the provider comes from a package that nobody has heard of: specifiers, type
 * packages, the global namespace of types, and the keys of every package.json. For a change that is about code the
 * provider stays declared and loaded as well, unused: else the whole project would be out of scope, and silence would prove nothing.
 */
export function inAnotherPackage(
  files: ReadonlyMap<ProjectPath, string>,
  provider: Provider,
  isAboutCode: boolean,
): Map<ProjectPath, string> {
  // without a project: what is generated is known by the files that it is generated from
  const model = modelFor(provider, { settings: {}, survey: ({ look }) => look([]) })
  const names = [
    ...new Set([
      ...provider.packages,
      ...(provider.alias ?? []),
      ...(model?.specifiers ?? []),
      ...(model?.typePackages ?? []),
      ...(model?.satellites ?? []),
    ]),
  ].sort((a, b) => b.length - a.length)
  const renamed = new Map(
    [...files].map(([file, text]): [ProjectPath, string] => {
      if (posix.basename(file) === 'package.json' && isAboutCode) return [file, declaredBesides(text, names)]
      if (formatOf(file) === 'javascript') return [file, renamedInCode(text, names, model?.globalNamespace)]
      return [file, renamedInData(text, names)]
    }),
  )
  if (isAboutCode && model?.words)
    for (const [file, text] of renamed)
      if (formatOf(file) === 'javascript')
        renamed.set(file, text.replace(new RegExp(alternatives(model.words), 'gi'), 'somebodyelse'))
  // without a file that loads the provider, a shape counts for nothing from the start
  if (isAboutCode && model) renamed.set(LOADS_PROVIDER, model.specifiers.map((name) => `require('${name}')\n`).join(''))
  return renamed
}

const LOADS_PROVIDER = 'loads-the-provider.cjs'

/** The same catalogue, but no provider judges a function by its shape. */
export function withoutShapes(catalogue: Catalogue): Catalogue {
  return {
    ...catalogue,
    providers: catalogue.providers.map((provider) => {
      const { javascript } = provider
      if (!javascript) return provider
      const shapeless = ({ expressions: _, ...model }: PackageModel): PackageModel => ({
        ...model,
        shapes: () => undefined,
      })
      return {
        ...provider,
        javascript:
          typeof javascript === 'function' ? (project) => shapeless(javascript(project)) : shapeless(javascript),
      }
    }),
  }
}

/** `express` → `not-express`, `@types/express` → `@types/not-express`. */
function otherName(name: string): string {
  return name.replace(/[^/]+$/, 'not-$&')
}

/** Every string that is the name or a path below it: specifiers, `require`, mocks, `/// <reference types="…" />`. */
function renamedInCode(text: string, names: readonly string[], namespace: string | undefined): string {
  const string = new RegExp(`(['"\`])(${alternatives(names)})(/[^'"\`\\n]*)?\\1`, 'g')
  const renamed = text.replace(string, (_all, quote, name, path = '') => `${quote}${otherName(name)}${path}${quote}`)
  if (namespace === undefined || isDeclared(namespace, text)) return renamed
  return renamed.replace(new RegExp(`(?<=\\bnamespace )${namespace}\\b|\\b${namespace}(?=\\.)`, 'g'), `Not${namespace}`)
}

/** True if the file has a value or an import of this name: then it is not the global namespace. */
function isDeclared(name: string, text: string): boolean {
  return new RegExp(`\\bimport\\b[^;'"]*\\b${name}\\b|\\b(?:const|let|var|class)\\s+${name}\\b`).test(text)
}

/** Keys and values of JSON and YAML: `"express": …`, `express: …`, `npm:express@^4`. */
function renamedInData(text: string, names: readonly string[]): string {
  const word = new RegExp(`(^|["'\\s:])(${alternatives(names)})(?=["'@:]|\\s*:)`, 'gm')
  return text.replace(word, (_all, before, name) => before + otherName(name))
}

/** A package.json that also declares the other names, wherever it declares these. */
function declaredBesides(text: string, names: readonly string[]): string {
  let manifest: Record<string, Record<string, string> | undefined>
  try {
    manifest = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return text
  }
  for (const section of SECTIONS) {
    const declared = manifest[section]
    if (!declared) continue
    for (const name of names) if (declared[name] !== undefined) declared[otherName(name)] = declared[name]
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

function alternatives(names: readonly string[]): string {
  return names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
}
