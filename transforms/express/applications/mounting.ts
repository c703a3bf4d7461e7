import {
  argumentsOf,
  type CallNode,
  isCall,
  isMember,
  type JavaScriptFile,
  literalText,
  type Node,
  type ProjectFacts,
  parentOf,
  type Survey,
  unwrap,
} from '#kit'
import { App, HTTP_METHODS } from '../provider.ts'
import { GIVES_BODY } from './body-parsers.ts'
import { type Creation, creationsIn, methodOf, parserSettings } from './creation.ts'
import { holderOf, isConditional } from './holder.ts'
import { DEFINES_QUERY } from './writable-query.ts'

/** A place in a file. */
interface Place {
  readonly file: string
  readonly offset: number
}

/** What is known of one `express()` of a package. */
export interface Application {
  readonly file: string
  /** From its declaration to the end of the call. */
  readonly start: number
  readonly end: number
  /** What is given to `set('query parser', …)`, as it is written; undefined when nothing is. */
  readonly parser: string | undefined
  /** True if that can be written in any other file. */
  readonly isLiteral: boolean
}

interface Mounted {
  readonly applications: readonly Application[]
  readonly mounts: readonly { readonly parent: readonly Place[]; readonly child: readonly Place[] }[]
}

const mounted: Survey<Mounted> = {
  mentions: [/\bexpress\b/, /\.use\s*\(/],
  look: (files) => {
    const applications: Application[] = []
    const mounts: { parent: Place[]; child: Place[] }[] = []
    for (const file of files) {
      applications.push(...creationsIn(file).map((creation) => described(file, creation)))
      for (const { object, arguments: given } of file.calls([App], 'use'))
        for (const argument of given.flatMap(elements)) {
          const child = placesOf(file, argument)
          if (child.length > 0) mounts.push({ parent: placesOf(file, object), child })
        }
    }
    return { applications, mounts }
  },
}

/** The application that an application is mounted on, the outermost one; undefined if it is seen to be mounted on none. */
export function outermostOf(project: ProjectFacts, file: JavaScriptFile, { use }: Creation): Application | undefined {
  const { applications, mounts } = project.survey(mounted)
  const own = applications.find(
    (one) => one.file === file.path && one.start <= use.call.start && use.call.end <= one.end,
  )
  let outermost: Application | undefined
  for (let at = own, steps = 0; at && steps < 8; steps++) {
    const mount = mounts.find(({ child }) => child.some((place) => isAt(at!, place)))
    const parent = mount && applications.find((one) => one !== at && mount.parent.some((place) => isAt(one, place)))
    if (!parent) break
    outermost = parent
    at = parent
  }
  return outermost === own ? undefined : outermost
}

function isAt({ file, start, end }: Application, place: Place): boolean {
  return place.file === file && start <= place.offset && place.offset < end
}

function elements(argument: Node): Node[] {
  const node = unwrap(argument)
  return node.type === 'ArrayExpression'
    ? (node.elements as (Node | null)[]).flatMap((one) => (one ? elements(one) : []))
    : [node]
}

/** The places that an application comes by on its way to an expression, its `express()` among them. */
function placesOf(file: JavaScriptFile, expression: Node): Place[] {
  const ours = file.known(expression).alternatives.filter((v) => v.is === 'kind' && v.kind === App)
  const trails = ours.flatMap((v) => {
    const places: Place[] = []
    for (let step = v.trail; step; step = step.next) places.push({ file: step.module.path, offset: step.offset })
    return places
  })
  // `app.use(express())`: the call itself, or a call in its chain
  const inPlace = ours.length > 0 && isCall(expression, false) ? baseCall(expression) : undefined
  return inPlace ? [...trails, { file: file.path, offset: inPlace.end - 1 }] : trails
}

/** In `express().set(…).use(…)`, the `express()`. */
function baseCall(call: CallNode): Node {
  let at: Node = call
  while (isCall(at, false)) {
    const callee = unwrap(at.callee)
    if (!isMember(callee)) return at
    at = unwrap(callee.object)
  }
  return at
}

function described(file: JavaScriptFile, creation: Creation): Application {
  const { call } = creation.use
  const whole: Node = creation.chained.at(-1) ?? call
  const parent = parentOf(whole)
  const declared = holderOf(file, whole)?.statement
  const start = parent?.type === 'VariableDeclarator' ? parent.start : (declared?.start ?? call.start)
  const late = lateSettings(file, creation)
  const setting = parserSettings(creation).find(
    (one) => !late.includes(one) && (creation.chained.includes(one) || !isConditional(one, creation.use.call)),
  )
  const value = setting && settingOf(setting)
  return {
    file: file.path,
    start,
    end: whole.end,
    parser: value && file.source(value),
    isLiteral: value !== undefined && (literalText(value) !== undefined || value.type === 'BooleanLiteral'),
  }
}

/** What `set('query parser', …)` sets. */
export function settingOf(call: CallNode): Node | undefined {
  return methodOf(call) === 'set' ? argumentsOf(call)[1] : undefined
}

/** The setting of a parser that comes after the first middleware or route, for which Express 4 was too late. */
export function lateSettings(file: JavaScriptFile, creation: Creation): CallNode[] {
  const first = creation.calls.find((call) => {
    const name = methodOf(call) ?? ''
    const given = argumentsOf(call)
    if (name === 'get' ? given.length < 2 : !['use', 'all', 'route', 'param', ...HTTP_METHODS].includes(name))
      return false
    return !given.some(
      (argument) => DEFINES_QUERY.test(file.source(argument)) || GIVES_BODY.test(file.source(argument)),
    )
  })
  // in a chain all calls start at the same place
  return first ? parserSettings(creation).filter((call) => first.end < call.end && isSameFunction(first, call)) : []
}

function isSameFunction(one: Node, other: Node): boolean {
  const around = (node: Node) => {
    let at = parentOf(node)
    while (at && !/Function|Method|^Program$/.test(at.type)) at = parentOf(at)
    return at
  }
  return around(one) === around(other)
}
