import { defineChange, isMember, type JavaScriptFile, memberName, type Node, unwrap } from '#kit'
import { chosenMap } from './map/chosen.ts'
import { isFacade, isTest } from './sites/project.ts'

export default defineChange({
  title: 'Buttons in the browser are given objects of the old version',
  why: 'A page gets from its server what the buyer is to agree to, and gives back what was agreed to. In the new version both are ids of other objects, under other names, so page and server have to change together.',
  since: '2.0.0',
  breakage: 'silent',
  source: 'https://developer.paypal.com/api/rest/integration/payments-api/v1-v2-migration/',
  fixable: 'never',

  format: 'javascript',
  mentions: ['paypal'],
  *find(file, project) {
    const { map } = chosenMap(project)
    const { browser } = map
    if (!browser || isTest(file.path) || isFacade(file.path, map)) return
    for (const call of file.module.calls) {
      const name = nameInPage(file, call.callee as Node, browser.global)
      if (name === undefined || !browser.calls.includes(name)) continue
      yield {
        at: call,
        message: `\`${browser.global}.${name}\` is a button of ${map.provider.title}: ${browser.why.trim().replace(/\.$/, '')}`,
        evidence: {
          certainty: 'inferred',
          steps: [
            {
              what: `nothing here declares \`${browser.global}\`, which the script of ${map.provider.title} gives a page`,
              at: file.module.locate(call.start!),
            },
          ],
        },
      }
    }
  },
})

/** `Button.render` of `paypal.Button.render` and `window.paypal.Button.render`, where `paypal` is what the page has. */
function nameInPage(file: JavaScriptFile, callee: Node, global: string): string | undefined {
  const names: string[] = []
  let at = unwrap(callee)
  while (isMember(at)) {
    const name = memberName(at)
    if (name === undefined) return undefined
    names.unshift(name)
    at = unwrap(at.object as Node)
  }
  if (at.type !== 'Identifier' || file.module.binding(at)) return undefined
  if (at.name === 'window' || at.name === 'globalThis') return names.shift() === global ? names.join('.') : undefined
  return at.name === global ? names.join('.') : undefined
}
