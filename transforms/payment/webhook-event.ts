import {
  children,
  type Draft,
  defineChange,
  type Evidence,
  fix,
  insertBefore,
  isMember,
  type JavaScriptFile,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
  unwrap,
} from '#kit'
import { type ChosenMap, chosenMap } from './map/chosen.ts'
import type { PaymentMap, WebhookEvent } from './map/types.ts'
import { facadeFor, isFacade, isTest, specifierFrom } from './sites/project.ts'

export default defineChange({
  title: 'Webhooks of the new version have other names and another shape',
  why: 'What the new version makes sends other events, with their resource in another shape; what the old one made goes on sending the old ones. A handler that knows only the old names takes no notice of a payment.',
  since: '2.0.0',
  breakage: 'silent',
  source: 'https://developer.paypal.com/api/rest/webhooks/event-names/',
  fixable: 'sometimes',

  format: 'javascript',
  mentions: [/['"`/^][A-Z]+(?:\\?\.[A-Z-]+)+|['"`]\w+\.\w+['"`]/],
  *find(file, project) {
    const chosen = chosenMap(project)
    const { webhooks } = chosen.map
    if (!webhooks || isTest(file.path) || isFacade(file.path, chosen.map)) return
    yield* beginnings(file, chosen.map)
    const uses = eventUses(file, chosen.map)
    const sources = new Map<Node, EventUse[]>()
    for (const use of uses) {
      const source = use.event && eventSource(file, use.event, webhooks.resource)
      if (source) sources.set(source, [...(sources.get(source) ?? []), use])
      else yield* besides(file, project, chosen, use)
    }
    for (const [source, own] of sources) yield* converted(file, project, chosen, source, own)
  },
})

/** Names of events by their beginning: `type.startsWith('PAYMENT.SALE.')`, `/^PAYMENT\.SALE/`. */
function* beginnings(file: JavaScriptFile, map: PaymentMap): Iterable<Draft> {
  const waiting: Node[] = [file.module.program]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    for (const child of [...children(node)].reverse()) waiting.push(child)
    const text =
      node.type === 'StringLiteral'
        ? node.value
        : node.type === 'RegExpLiteral'
          ? node.pattern.replace(/^\^/, '').replaceAll('\\.', '.')
          : undefined
    const start = text === undefined ? undefined : /^([A-Z]{2,}(?:\.[A-Z-]+)+)\.?(?:[*.+(|$].*)?$/.exec(text)?.[1]
    if (start === undefined) continue
    const begun = map.webhooks!.events.filter(({ v1 }) => v1.startsWith(`${start}.`))
    const fresh = [...new Set(begun.flatMap(({ v2 }) => v2))].filter((name) => !name.startsWith(`${start}.`))
    const [facts] = begun
    if (!facts || fresh.length === 0) continue
    yield {
      at: node,
      message: `${map.to.id} sends ${fresh.map((name) => `\`${name}\``).join(', ')} instead of what begins with \`${start}\`; handle both`,
      evidence: evidenceOf(file, map, { literal: node, facts, event: undefined, is: 'other' }),
    }
  }
}

/** A place where the type of an event is compared with an old name. */
interface EventUse {
  readonly literal: Node
  readonly facts: WebhookEvent
  /** What has the type: `event` of `event.event_type`. */
  readonly event: Node | undefined
  readonly is: 'case' | 'comparison' | 'other'
}

function eventUses(file: JavaScriptFile, map: PaymentMap): EventUse[] {
  const { events, type } = map.webhooks!
  const byName = new Map(events.map((event) => [event.v1, event]))
  const found: EventUse[] = []
  const waiting: Node[] = [file.module.program]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    for (const child of [...children(node)].reverse()) waiting.push(child)
    const facts = node.type === 'StringLiteral' ? byName.get(node.value) : undefined
    if (!facts) continue
    const parent = parentOf(node)
    if (parent?.type === 'SwitchCase' && parent.test === node) {
      const discriminant = (parentOf(parent) as Extract<Node, { type: 'SwitchStatement' }>).discriminant as Node
      found.push({ literal: node, facts, event: holderOf(discriminant, type), is: 'case' })
    } else if (parent?.type === 'BinaryExpression' && /^[!=]==?$/.test(parent.operator)) {
      const other = (parent.left === node ? parent.right : parent.left) as Node
      found.push({ literal: node, facts, event: holderOf(other, type), is: 'comparison' })
    } else found.push({ literal: node, facts, event: undefined, is: 'other' })
  }
  return found
}

/** `event` of `event.event_type`. */
function holderOf(node: Node, type: string): Node | undefined {
  const inner = unwrap(node)
  return isMember(inner) && memberName(inner) === type
    ? unwrap(inner.object as Node)
    : inner.type === 'Identifier'
      ? inner
      : undefined
}

/**
 * Where an event comes into a handler: the value of the constant that it is kept in, or that its parts are taken out of.
 * Nothing if the event also goes elsewhere as a whole: its signature, for one, is about the event as it came.
 */
function eventSource(file: JavaScriptFile, event: Node, resource: string): Node | undefined {
  if (event.type !== 'Identifier') return undefined
  const binding = file.module.binding(event)
  const declaration =
    binding?.kind === 'const' && binding.declarations.length === 1 ? binding.declarations[0] : undefined
  if (declaration?.type !== 'VariableDeclarator' || !declaration.init) return undefined
  const init = declaration.init as Node
  if (isConverted(init)) return init
  if (declaration.id.type === 'ObjectPattern') {
    const isTaken = declaration.id.properties.every((property) => property.type === 'ObjectProperty')
    return isTaken ? init : undefined
  }
  const isOnlyRead = file.module.references(binding!).every((reference) => {
    const member = parentOf(reference)
    if (isMember(member) && member.object === reference) {
      const outer = parentOf(member)
      return !(outer?.type === 'AssignmentExpression' && outer.left === member)
    }
    // `const { resource } = event`
    return member?.type === 'VariableDeclarator' && member.init === reference && member.id.type === 'ObjectPattern'
  })
  void resource
  return isOnlyRead ? init : undefined
}

function isConverted(init: Node): boolean {
  const inner = unwrap(init)
  return (
    inner.type === 'CallExpression' &&
    inner.callee.type === 'Identifier' &&
    /Event$/.test(inner.callee.name) &&
    inner.arguments.length === 1
  )
}

function evidenceOf(file: JavaScriptFile, map: PaymentMap, { literal, facts }: EventUse): Evidence {
  const word = map.provider.id.split('-')[0]!
  const at = file.module.locate(literal.start)
  return new RegExp(word, 'i').test(file.text)
    ? {
        certainty: 'inferred',
        steps: [{ what: `\`${facts.v1}\` is an event of ${map.provider.title}, which the file names`, at }],
      }
    : {
        certainty: 'guessed',
        steps: [{ what: `only the name \`${facts.v1}\` is an event of ${map.provider.title}`, at }],
      }
}

function* converted(
  file: JavaScriptFile,
  project: ProjectFacts,
  chosen: ChosenMap,
  source: Node,
  uses: readonly EventUse[],
): Iterable<Draft> {
  const [first] = uses
  const evidence = evidenceOf(file, chosen.map, first!)
  const isDone = isConverted(source)
  for (const use of uses)
    if (use.facts.severity === 'report')
      yield {
        at: use.literal,
        message: `${chosen.map.to.id} sends ${names(use.facts)} instead: ${plain(use.facts.why)}`,
        evidence,
      }
  const handled = uses.filter(({ facts }) => facts.severity !== 'report')
  if (handled.length === 0 || isDone) return
  const facade = evidence.certainty === 'guessed' ? undefined : facadeFor(project, chosen)
  const webhook = facade?.entry.webhook
  const message = `${chosen.map.to.id} sends other events than ${handled.map(({ facts }) => facts.v1).join(', ')}`
  if (!facade || webhook === undefined) {
    yield {
      at: source,
      message: `${message}; handle ${handled.map(({ facts }) => names(facts)).join(', ')} beside them`,
      evidence,
    }
    return
  }
  yield {
    at: source,
    message: `${message}; let the façade tell them by the old names, with the old shape`,
    evidence,
    fix: {
      ...fix('review', `Read the event with \`${webhook}\``, replace(source, `${webhook}(${file.source(source)})`)),
      requests: [
        { add: 'import', name: webhook, from: specifierFrom(file.path, facade.entry, facade.style), named: true },
        ...facade.requests,
      ],
    },
    notes: [
      `providers send an event until it is answered, and sometimes twice: a handler that must not run twice gets it from \`${facade.entry.webhookOnce}\``,
    ],
  }
}

/** Where an event cannot be converted: the new names beside the old ones. */
function* besides(file: JavaScriptFile, project: ProjectFacts, chosen: ChosenMap, use: EventUse): Iterable<Draft> {
  void project
  const evidence = evidenceOf(file, chosen.map, use)
  const { facts, literal } = use
  const fresh = facts.v2.filter((name) => name !== facts.v1)
  const message =
    fresh.length === 0
      ? `${chosen.map.to.id} sends \`${facts.v1}\` with its resource in another shape`
      : `${chosen.map.to.id} sends ${names(facts)} instead of \`${facts.v1}\`, with its resource in another shape`
  // the same name goes on coming, and in a list of names nothing is read of it
  if (fresh.length === 0 && use.is === 'other') return
  if (facts.severity === 'report' || fresh.length === 0) {
    yield { at: literal, message: `${message}${facts.why ? `: ${plain(facts.why)}` : ''}`, evidence }
    return
  }
  const clause = parentOf(literal)!
  if (use.is === 'case') {
    const cases = (parentOf(clause) as Extract<Node, { type: 'SwitchStatement' }>).cases
    const known = cases.map(({ test }) => (test?.type === 'StringLiteral' ? test.value : undefined))
    const missing = fresh.filter((name) => !known.includes(name))
    if (missing.length === 0) return
    const quote = file.source(literal)[0]!
    const lines = missing.map((name) => `case ${quote}${name}${quote}:\n${indentOf(file, clause)}`).join('')
    yield {
      at: literal,
      message: `${message}; handle both, and read the resource of either`,
      evidence,
      fix: fix('review', 'Handle the new event as well', insertBefore(clause, lines)),
      notes: [
        'what the handler reads of the resource has other names in the new event: compare `resource.state` and `resource.status`, `amount.total` and `amount.value`',
      ],
    }
    return
  }
  if (isHandledBeside(file, literal, fresh)) return
  yield { at: literal, message: `${message}; handle it beside this one`, evidence }
}

function isHandledBeside(file: JavaScriptFile, literal: Node, fresh: readonly string[]): boolean {
  let at: Node | undefined = parentOf(literal)
  for (let steps = 0; at && steps < 3; steps++, at = parentOf(at)) {
    if (at.type !== 'LogicalExpression' && at.type !== 'ArrayExpression' && at.type !== 'BinaryExpression') break
    if (fresh.some((name) => file.source(at!).includes(name))) return true
  }
  return false
}

function indentOf(file: JavaScriptFile, node: Node): string {
  return /[ \t]*$/.exec(file.text.slice(0, node.start))?.[0] ?? ''
}

function names({ v2 }: WebhookEvent): string {
  return v2.map((name) => `\`${name}\``).join(' or ')
}

function plain(why = ''): string {
  return why.trim().replace(/\.$/, '')
}
