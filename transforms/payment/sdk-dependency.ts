import { defineChange, fix } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { isFacade, passedThrough, sitesSurvey } from './sites/project.ts'

export default defineChange({
  title: 'The SDK of the old version is no longer used',
  why: 'Nothing calls it any more. It is deprecated, and its dependencies are.',
  since: '3.0.0',
  stage: 'full',
  breakage: 'deprecated',
  source: 'https://martinfowler.com/bliki/BranchByAbstraction.html',
  fixable: 'sometimes',

  format: 'json',
  mentions: ['ependencies"'],
  *find(file, project) {
    if (!/(?:^|\/)package\.json$/.test(file.path) || !project.inScope) return
    const { map } = chosenMap(project)
    if (map.to.transport === 'sdk') return
    for (const { package: name } of map.sdk ?? []) {
      const declared = ['dependencies', 'devDependencies'].map((section) => file.at(section, name)).find(Boolean)
      if (!declared) continue
      const users = project
        .survey(sitesSurvey(map))
        .filter(({ sdk, path }) => sdk.includes(name) && !isFacade(path, map))
      const evidence = { certainty: 'proven' as const, steps: [{ what: `${file.path} declares ${name}` }] }
      const others = passedThrough(project.survey(sitesSurvey(map)), map)
      if (others.length > 0)
        yield {
          at: declared,
          message: `\`${name}\` stays: the façade hands \`${others.join('`, `')}\` on to it`,
          evidence,
        }
      else if (users.length > 0)
        yield {
          at: declared,
          message: `\`${name}\` is still loaded by ${users.map(({ path }) => path).join(', ')}`,
          evidence,
        }
      else
        yield {
          at: declared,
          message: `nothing loads \`${name}\` any more`,
          evidence,
          fix: { ...fix('safe', `Take \`${name}\` out`), requests: [{ dropIfUnused: 'dependency', name }] },
        }
    }
  },
})
