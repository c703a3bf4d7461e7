import { areDisjoint, type Draft, defineChange, type Node } from '#kit'
import { BROUGHT } from './packages/family.ts'

export default defineChange({
  title: 'Packages that are not declared were there because Express 4 brought them',
  why: 'What Express depends on lies beside it in `node_modules`, so that code can require it without a word in package.json. Express 5 brings fewer packages, and most of them in another major version: the call throws "Cannot find module", or gets something with another interface.',
  since: '5.0.0',
  breakage: 'throws',
  source: 'https://expressjs.com/en/guide/migrating-5.html#installation',
  fixable: 'always',

  format: 'javascript',
  restsOn: 'dependency',
  mentions: [
    new RegExp(
      `\\b(?:from|import|require)\\b[\\s(]*(?:/\\*[^*]*\\*/\\s*)?['"\\x60](?:${Object.keys(BROUGHT).join('|')})['"\\x60/]`,
    ),
  ],
  *find(file, project) {
    if (!project.depends('express')) return
    for (const { specifier, node } of file.module.mentions) {
      const name = specifier.split('/')[0]!
      const brought = Object.hasOwn(BROUGHT, name) ? BROUGHT[name] : undefined
      if (!brought || project.provides(name) || isTypeOnly(node)) continue
      // another dependency put another version there, and goes on doing so
      if (areDisjoint(project.installed(name)?.version ?? brought.was, brought.was)) continue
      const gets = brought.is === undefined ? 'Express 5 does not bring it' : `Express 5 brings version ${brought.is}`
      yield {
        at: node,
        message: `\`${name}\` is not declared: Express 4 brought ${brought.was}, and ${gets}`,
        evidence: {
          certainty: 'proven',
          steps: [{ what: `\`${specifier}\` is asked for, and no package.json here declares it` }],
        },
        ...fixFor(name, brought.was, isTest(file.path)),
      }
    }
  },
})

/** Declares the version that the code was written for. */
function fixFor(name: string, range: string, dev: boolean): Pick<Draft, 'fix'> {
  const request = { add: 'dependency' as const, name, range, ...(dev ? { dev: true as const } : {}) }
  return { fix: { applicability: 'review', title: `Declare \`${name}\` ${range}`, edits: [], requests: [request] } }
}

/** `import type … from`, `export type … from`: nothing of it is left when the program runs. */
function isTypeOnly(node: Node): boolean {
  const { importKind, exportKind } = node as { importKind?: string; exportKind?: string }
  return importKind === 'type' || (node.type !== 'ImportDeclaration' && exportKind === 'type')
}

function isTest(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|specs?)\/|\.(?:test|spec)\.[cm]?[jt]sx?$/.test(path)
}
