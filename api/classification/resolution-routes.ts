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
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { keyOfNames, readResolution, readResolutions } from './resolution-list.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'

/** More than anybody can choose from. */
const MOST = 100

/** Why tickets are solved: the list that agents choose from. */
export function resolutionRoutes(api: Api, { pool }: Dependencies): void {
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
    async () => ({ items: await readResolutions(pool), next: null }),
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
      const added = await inTransaction(pool, async (client): Promise<ResolutionEntry> => {
        await client.query('LOCK TABLE resolution IN SHARE ROW EXCLUSIVE MODE')
        const all = await readResolutions(client)
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
        await client.query(
          'INSERT INTO resolution (key, names, active, position) VALUES ($1, $2, $3, $4)',
          [entry.key, names, active, entry.position],
        )
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
      inTransaction(pool, async (client) => {
        await client.query('LOCK TABLE resolution IN SHARE ROW EXCLUSIVE MODE')
        const { keys } = request.body
        const known = (await readResolutions(client)).map(({ key }) => key)
        if (keys.length !== known.length || known.some((key) => !keys.includes(key)))
          throw conflict(
            'resolutions-changed',
            'The list has changed meanwhile. Read it again, then give every key once.',
          )
        await client.query(
          'UPDATE resolution r SET position = o.position FROM unnest($1::text[]) WITH ORDINALITY AS o(key, position) WHERE r.key = o.key',
          [keys],
        )
        return { items: await readResolutions(client), next: null }
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
      inTransaction(pool, async (client) => {
        await client.query('LOCK TABLE resolution IN SHARE ROW EXCLUSIVE MODE')
        const before = await readResolution(client, request.params.key)
        if (!before) throw notFound('such resolution')
        const { names = before.names, active = before.active } = request.body
        if (!before.builtIn && !isNamed(names))
          throw unprocessable(
            'resolution-without-name',
            'Give the resolution a name in at least one language.',
            '/names/en',
          )
        refuseSameName(
          (await readResolutions(client)).filter(({ key }) => key !== before.key),
          names,
        )
        await client.query('UPDATE resolution SET names = $2, active = $3 WHERE key = $1', [
          before.key,
          names,
          active,
        ])
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
      const entry = await readResolution(pool, key)
      if (!entry) throw notFound('such resolution')
      if (entry.builtIn)
        throw conflict(
          'resolution-built-in',
          'A built-in resolution cannot be removed. Switch it off instead.',
        )
      const { rowCount } = await pool.query(
        'DELETE FROM resolution WHERE key = $1 AND NOT EXISTS (SELECT 1 FROM ticket WHERE resolution = $1)',
        [key],
      )
      if (!rowCount)
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
