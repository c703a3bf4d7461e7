import { describe, type Kind, kind } from '#kit'

/** `import { PrismaClient, Prisma } from '@prisma/client'`, or from where a client was generated. */
export const PrismaModule = kind('Prisma client package')
/** `@prisma/client/runtime`, which is not part of the public interface from 5 on. */
export const Runtime = kind('runtime of the Prisma client')
/** `PrismaClient` itself, which makes clients. */
export const ClientClass = kind('class PrismaClient')
/** Whatever queries are made on: a client, an extended one, the client of a transaction. */
export const Client = kind('Prisma client')
/** What `$transaction(async (tx) => …)` hands out. */
export const TransactionClient = kind('client of a Prisma transaction', Client)
/** What `$extends` gives back: it has no `$on` and no `$use`, and is no `instanceof PrismaClient`. */
export const ExtendedClient = kind('extended Prisma client', Client)
/** `prisma.user`, of whichever model. */
export const Delegate = kind('Prisma delegate')
/** `Prisma`, the namespace of types and of what belongs to them. */
export const Namespace = kind('namespace Prisma')
/** `Prisma.NotFoundError`, which 6 no longer has. */
export const NotFoundError = kind('NotFoundError of Prisma')
export const KnownRequestError = kind('PrismaClientKnownRequestError')
export const ValidationError = kind('PrismaClientValidationError')
/** `Prisma.UserWhereInput`: the filter of a model. */
export const WhereInput = kind('filter of a Prisma query')
/** The classes and functions of the namespace by which nothing is found. */
export const NamespaceValue = kind('something of the namespace Prisma')

/** Kinds that belong to one model of the schema: what it is called there. */
const models = new WeakMap<Kind, string>()

/** The name of the model that a delegate, a row or a filter is of; undefined where it is not known which one it is. */
export function modelOf(one: Kind): string | undefined {
  return models.get(one)
}

/** A special case of a kind for one model of the schema. */
export function ofModel(base: Kind, model: string): Kind {
  const made = kind(`${base.name} of ${model}`, base)
  models.set(made, model)
  return made
}

/** What a method of a delegate gives: one row, rows, or something that is no row. */
export const DELEGATE_METHODS: Readonly<Record<string, 'row' | 'rows' | 'other'>> = {
  findUnique: 'row',
  findUniqueOrThrow: 'row',
  findFirst: 'row',
  findFirstOrThrow: 'row',
  findMany: 'rows',
  create: 'row',
  createMany: 'other',
  createManyAndReturn: 'rows',
  update: 'row',
  updateMany: 'other',
  updateManyAndReturn: 'rows',
  upsert: 'row',
  delete: 'row',
  deleteMany: 'other',
  count: 'other',
  aggregate: 'other',
  groupBy: 'rows',
  findRaw: 'other',
  aggregateRaw: 'other',
}

/** Everything of a client that is not a model. */
export const CLIENT_METHODS = [
  '$connect',
  '$disconnect',
  '$executeRaw',
  '$executeRawUnsafe',
  '$extends',
  '$metrics',
  '$on',
  '$queryRaw',
  '$queryRawUnsafe',
  '$runCommandRaw',
  '$transaction',
  '$use',
  'enableShutdownHooks',
  '_baseDmmf',
  '_dmmf',
  '_engine',
  '_engineConfig',
  '_getDmmf',
  '_middlewares',
  '_runtimeDataModel',
] as const

describe(ClientClass, { construct: Client })
