import { defineChange } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { inliningOf } from './sites/inline.ts'
import { LOCKS } from './sites/lock.ts'
import { isTest } from './sites/project.ts'

/** What a file imports a façade by. */
const IMPORT = /payments\/[\w-]+(?:\/index)?(?:\.[cm]?[jt]s)?['"`]/

export default defineChange({
  title: 'Some calls are not shown to mean the same in the words of the new version',
  why: 'What they send, or what becomes of the answer, is not seen as a whole. The façade stays for them and speaks only to the new version, so nothing is lost but its words.',
  since: '3.0.0',
  stage: 'inline',
  breakage: 'deprecated',
  source: 'https://martinfowler.com/bliki/BranchByAbstraction.html',
  fixable: 'never',

  format: 'javascript',
  restsOn: 'dependency',
  // whoever is handed an object of the façade need not name it
  mentions: [
    IMPORT,
    /\.(?:payments?|sale|refund|capture|authorization|orders?|charges)\.(?:create|get|execute|refund|capture|void|reauthorize|update|cancel|authorize)/,
  ],
  mentionsWithoutUses: [IMPORT],
  *find(file, project) {
    if (!project.inScope || isTest(file.path)) return
    const { map, name } = chosenMap(project)
    const isReached = project.survey(LOCKS).some(([, { map: own, facade }]) => own === name && facade.stage === 'full')
    if (!isReached) return
    const { files, asked, isOpen } = inliningOf(project, map)
    const found = files.find(({ path }) => path === file.path)
    if (!found) return
    const evidence = (start: number) => ({
      certainty: 'proven' as const,
      steps: [
        {
          what:
            found.specifier === undefined
              ? 'it is handed an object of the façade'
              : `the file imports the façade from '${found.specifier}'`,
          at: file.module.locate(start),
        },
      ],
    })
    for (const site of found.sites)
      if (site.is === 'kept')
        yield {
          at: site.at,
          message: `\`${site.operation}\` keeps the words of ${map.from.id}: ${site.why}`,
          evidence: evidence(site.at.start),
          calls: [{ ...site.facts, verdict: `keeps the old words: ${site.why}` }],
        }
    for (const { at, what, keeps } of found.others) {
      // handed on, it speaks both, and what is still asked for in the old words is told where it is
      if (keeps === 'by name' && !isOpen && asked.size === 0) continue
      yield { at, message: `the façade stays in the words of ${map.from.id}: ${what}`, evidence: evidence(at.start) }
    }
  },
})
