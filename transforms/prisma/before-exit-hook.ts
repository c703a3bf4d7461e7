import {
  contains,
  type Draft,
  defineChange,
  fix,
  isFunction,
  isMember,
  type JavaScriptFile,
  literalText,
  type MemberCall,
  memberName,
  type Node,
  type ProjectFacts,
  parentOf,
  replace,
} from '#kit'
import { Client } from './client/kinds.ts'
import { enginesSaid } from './environment/engine.ts'
import { SCHEMAS } from './schema/project.ts'

export default defineChange({
  title: "`prisma.$on('beforeExit')` was removed from the usual engine",
  why: 'The library engine no longer has the event: TypeScript refuses it, and the call throws "beforeExit hook is not applicable to the library engine". Only the binary engine still has it.',
  since: '5.0.0',
  breakage: 'throws',
  source:
    'https://www.prisma.io/docs/orm/more/upgrade-guides/upgrading-versions/upgrading-to-prisma-5#removal-of-the-beforeexit-hook-from-the-library-engine',
  guideSays:
    'A process with its listeners of SIGINT and SIGTERM no longer ends on them, and what is asynchronous is not waited for on `exit`.',
  fixable: 'sometimes',
  stage: 'before-bump',

  format: 'javascript',
  mentions: ['beforeExit'],
  names: ['beforeExit'],
  *find(file, project) {
    const engines = project.survey(SCHEMAS).flatMap(({ generators }) => generators.map(({ engineType }) => engineType))
    if (engines.length > 0 && engines.every((engine) => engine === 'binary')) return
    for (const use of file.calls([Client], '$on'))
      if (literalText(use.arguments[0]) === 'beforeExit') yield draftOf(file, project, use)
  },
})

function draftOf(file: JavaScriptFile, project: ProjectFacts, use: MemberCall): Draft {
  const draft = {
    at: use.arguments[0]!,
    message: "the event `beforeExit` is gone; listen to `process.on('beforeExit')`",
    evidence: use,
  }
  const binary = enginesSaid(project).find(({ engine }) => engine === 'binary')
  if (binary)
    return {
      ...draft,
      notes: [
        `with \`PRISMA_CLIENT_ENGINE_TYPE=binary\`, as in ${binary.file}, the event is still there: nothing to do if every process has it`,
      ],
    }
  const [, handler] = use.arguments
  if (!handler || use.arguments.length !== 2) return draft
  const usesClient = isFunction(handler) && isAboutClient(file, handler, use)
  if (usesClient || isInService(use.node))
    return { ...draft, notes: ['the application has its own way to shut down: `app.enableShutdownHooks()` in Nest'] }
  return {
    ...draft,
    fix: fix('review', 'Listen to the event of the process', replace(use.node, 'process.on')),
    notes: [
      'Prisma 4 emitted it on SIGINT, SIGTERM and SIGUSR2 as well, and ended the process then: a listener of these has to call `process.exit` itself',
    ],
  }
}

/** True for a handler that is given to the client only to do something with it. */
function isAboutClient(file: JavaScriptFile, handler: Node, { object }: MemberCall): boolean {
  if (object.type !== 'Identifier') return false
  const binding = file.module.binding(object)
  return binding !== undefined && file.module.references(binding).some((reference) => contains(handler, reference))
}

/** `this.$on`, in a class that is a client. */
function isInService(member: Node): boolean {
  return (
    isMember(member) &&
    member.object.type === 'ThisExpression' &&
    memberName(member) === '$on' &&
    parentOf(member) !== undefined
  )
}
