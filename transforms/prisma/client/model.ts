import { describe, type Kind, kind, type ModelFacts, method, type PackageModel } from '#kit'
import { folderOf } from '../schema/facts.ts'
import { SCHEMAS } from '../schema/project.ts'
import { methodsOf, type Rows, rowsOf } from './rows.ts'

/** A client, one that was extended, and what a transaction is handed. */
export const Client = kind('Prisma client')
/** `Prisma` of a generated client. */
export const Namespace = kind('namespace `Prisma`')

/** How the client that is generated from the schemas of a project enters its programs. */
export function clientModel(project: ModelFacts): PackageModel {
  const schemas = project.survey(SCHEMAS)
  const rows = rowsOf(schemas)
  const extended = clientOf('extended Prisma client', rowsOf(schemas, true))
  const client = clientOf('Prisma client', rows, extended)
  const payloads = [...rows].map(([name, { one }]): [string, Kind] => [`${name}GetPayload`, one])
  const namespace = describe(kind('namespace `Prisma`', Namespace), {
    types: { TransactionClient: client, ...Object.fromEntries(payloads) },
  })
  const construct = describe(kind('class of a Prisma client'), { construct: client })
  return {
    specifiers: ['@prisma/client', '@prisma/client/edge', '.prisma/client'],
    folders: schemas
      .flatMap(({ generators }) => generators)
      .flatMap(({ provider, output, file }) =>
        /^prisma-client(?:-js)?$/.test(provider ?? '') && output !== undefined ? [join(folderOf(file), output)] : [],
      ),
    module: describe(kind('package `@prisma/client`'), { members: { PrismaClient: construct, Prisma: namespace } }),
    types: { PrismaClient: client, ...Object.fromEntries([...rows].map(([name, { one }]) => [name, one])) },
    typePackages: [],
    notOurs: new Set(),
    wrappers: [],
    shapes: () => undefined,
    shapeText: /(?!)/,
    names: new Map(),
    members: new Set(),
  }
}

/** A client: the methods of its models, and the ways to come to another client. */
function clientOf(name: string, rows: ReadonlyMap<string, Rows>, extended?: Kind): Kind {
  const client = kind(name, Client)
  const delegates = [...rows].map(([model, row]): [string, Kind] => [
    model[0]!.toLowerCase() + model.slice(1),
    describe(kind(`\`${model}\` of a client`), { members: methodsOf(row) }),
  ])
  const transaction = {
    callback: (_: unknown, { argument }: { argument: number }) => (argument === 0 ? [client] : undefined),
  }
  return describe(client, {
    members: {
      ...Object.fromEntries(delegates),
      $extends: method('`$extends`', { call: extended ?? client }),
      $transaction: method('`$transaction`', transaction),
    },
  })
}

/** `path.posix.join`, which a transform does without. */
function join(folder: string, path: string): string {
  const parts: string[] = []
  for (const part of `${folder}${path}`.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}
