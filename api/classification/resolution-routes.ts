import { sql } from 'kysely'
import { languages } from '../../languages/language.ts'
import { page } from '../../domain/contract.ts'
import {
  newResolution,
  resolutionChange,
  resolutionEntry,
  type ResolutionEntry,
  resolutionOrder,
  resolutionParams,
} from '../../domain/classification/contract.ts'
import { isNamed } from '../../domain/classification/custom-names.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { keyOfNames, readResolution, readResolutions } from './resolution-list.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'

/** More than anybody can choose from. */
const MOST = 100

/** Why tickets are solved: the list that agents choose from. */
export function resolutionRoutes(api: Api, { db }: Dependencies): void {
  /** In a transaction in which nobody else changes the list. */
  const listLocked = <T>(work: (transaction: Database) => Promise<T>): Promise<T> =>
    db.transaction().execute(async (transaction) => {
      await sql`LOCK TABLE resolution IN SHARE ROW EXCLUSIVE MODE`.execute(transaction)
      return work(transaction)
    })

  api.get(
    '/resolutions',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listResolutions',
        summary: 'List resolutions',
        description:
          'In their order, also those that are switched off: tickets may still have them.',
        response: answers(200, page(resolutionEntry)),
      },
    },
    async () => ({ items: await readResolutions(db), next: null }),
  )

  api.post(
    '/resolutions',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createResolution',
        summary: 'Add a resolution',
        description: 'At the end of the list.',
        body: newResolution,
        response: answers(201, resolutionEntry),
      },
    },
    async (request, reply) => {
      const { names, active } = request.body
      if (!isNamed(names))
        throw unprocessable(
          'resolution-without-name',
          'Give the resolution a name in at least one language.',
          '/names/en',
        )
      const added = await listLocked(async (transaction): Promise<ResolutionEntry> => {
        const all = await readResolutions(transaction)
        if (all.length >= MOST)
          throw conflict(
            'resolutions-too-many',
            `There are ${MOST} resolutions already. Rename one that is not used any more.`,
          )
        refuseSameName(all, names)
        const entry = {
          key: keyOfNames(
            names,
            all.map(({ key }) => key),
          ),
          names,
          active,
          builtIn: false,
          position: Math.max(0, ...all.map(({ position }) => position)) + 1,
        }
        await transaction
          .insertInto('resolution')
          .values({ key: entry.key, names: jsonb(names), active, position: entry.position })
          .execute()
        return entry
      })
      return reply.code(201).send(added)
    },
  )

  api.put(
    '/resolutions/order',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'orderResolutions',
        summary: 'Order the resolutions',
        body: resolutionOrder,
        response: answers(200, page(resolutionEntry)),
      },
    },
    (request) =>
      listLocked(async (transaction) => {
        const { keys } = request.body
        const known = (await readResolutions(transaction)).map(({ key }) => key)
        if (keys.length !== known.length || known.some((key) => !keys.includes(key)))
          throw conflict(
            'resolutions-changed',
            'The list has changed meanwhile. Read it again, then give every key once.',
          )
        await transaction
          .updateTable('resolution as r')
          .from(
            sql<{ key: string; position: number }>`unnest(${keys}::text[]) WITH ORDINALITY`.as<'o'>(
              sql`o(key, position)`,
            ),
          )
          .set((eb) => ({ position: eb.ref('o.position') }))
          .whereRef('r.key', '=', 'o.key')
          .execute()
        return { items: await readResolutions(transaction), next: null }
      }),
  )

  api.patch(
    '/resolutions/:key',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeResolution',
        summary: 'Rename or switch a resolution',
        description: 'Tickets that have it show the new name; what their history says stays.',
        params: resolutionParams,
        body: resolutionChange,
        response: answers(200, resolutionEntry),
      },
    },
    (request) =>
      listLocked(async (transaction) => {
        const before = await readResolution(transaction, request.params.key)
        if (!before) throw notFound('such resolution')
        const { names = before.names, active = before.active } = request.body
        if (!before.builtIn && !isNamed(names))
          throw unprocessable(
            'resolution-without-name',
            'Give the resolution a name in at least one language.',
            '/names/en',
          )
        refuseSameName(
          (await readResolutions(transaction)).filter(({ key }) => key !== before.key),
          names,
        )
        await transaction
          .updateTable('resolution')
          .set({ names: jsonb(names), active })
          .where('key', '=', before.key)
          .execute()
        return { ...before, names, active }
      }),
  )

  api.delete(
    '/resolutions/:key',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeResolution',
        summary: 'Remove a resolution',
        description: 'One of your own that no ticket has. Any other can be switched off.',
        params: resolutionParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { key } = request.params
      const entry = await readResolution(db, key)
      if (!entry) throw notFound('such resolution')
      if (entry.builtIn)
        throw conflict(
          'resolution-built-in',
          'A built-in resolution cannot be removed. Switch it off instead.',
        )
      const { numDeletedRows } = await db
        .deleteFrom('resolution')
        .where('key', '=', key)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('ticket').select('number').where('ticket.resolution', '=', key))),
        )
        .executeTakeFirst()
      if (numDeletedRows === 0n)
        throw conflict('resolution-in-use', 'Tickets have this resolution. Switch it off instead.')
      return reply.code(204).send()
    },
  )
}

function refuseSameName(others: readonly ResolutionEntry[], names: ResolutionEntry['names']): void {
  for (const language of languages) {
    const name = names[language].toLocaleLowerCase()
    if (name !== '' && others.some((other) => other.names[language].toLocaleLowerCase() === name)) {
      throw unprocessable(
        'resolution-name-taken',
        `Another resolution is called “${names[language]}”.`,
        `/names/${language}`,
      )
    }
  }
}
