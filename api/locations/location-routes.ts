import { page, uuidParams } from '../../domain/contract.ts'
import {
  newLocation,
  location,
  type Location,
  locationChange,
  userLocations,
} from '../../domain/locations/contract.ts'
import { warrantyWatch } from '../../domain/assets/contract.ts'
import { mayBeInside } from '../../domain/locations/location-tree.ts'
import type { LocationKind } from '../../domain/locations/vocabulary.ts'
import { visibleLocations } from '../../domain/permissions.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { signedIn } from '../access/authentication.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'

const COLUMNS = 'p.id, p.parent_id AS "parentId", p.kind, p.name, location_path(p.id) AS path'

/** Locations: a tree, and who is limited to what. */
export function locationRoutes(api: Api, { pool }: Dependencies): void {
  api.get(
    '/locations',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listLocations',
        summary: 'List locations',
        description: 'Those that one sees, in the order of the tree.',
        response: answers(200, page(location)),
      },
    },
    async (request) => ({
      items: (
        await pool.query<Location>(
          `SELECT ${COLUMNS} FROM location p WHERE $1::uuid[] IS NULL OR p.id = ANY($1) ORDER BY lower(location_path(p.id)), p.id`,
          [visibleLocations(signedIn(request))],
        )
      ).rows,
      next: null,
    }),
  )

  api.post(
    '/locations',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createLocation',
        summary: 'Add a location',
        body: newLocation,
        response: answers(201, location),
      },
    },
    async (request, reply) => {
      const { name, kind, parentId = null } = request.body
      await checkParent(kind, parentId)
      const id = timeOrderedId()
      await refusing(
        pool.query('INSERT INTO location (id, parent_id, kind, name) VALUES ($1, $2, $3, $4)', [
          id,
          parentId,
          kind,
          name,
        ]),
        refusals,
      )
      return reply.code(201).send(await locationWith(id))
    },
  )

  api.patch(
    '/locations/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeLocation',
        summary: 'Change a location',
        description: 'Its kind stays as long as something is in it.',
        params: uuidParams,
        body: locationChange,
        response: answers(200, location),
      },
    },
    async (request) => {
      const { id } = request.params
      const before = await locationWith(id)
      const { name = before.name, kind = before.kind, parentId = before.parentId } = request.body
      await checkParent(kind, parentId)
      const { rows: inside } = await pool.query<{ kind: LocationKind }>(
        'SELECT kind FROM location WHERE parent_id = $1',
        [id],
      )
      if (inside.some((child) => !mayBeInside(child.kind, kind)))
        throw unprocessable(
          'location-kind',
          'What is in this location cannot be in one of that kind. Move it first.',
          '/kind',
        )
      // The kinds only go from large to small, so a location can never get into itself.
      await refusing(
        pool.query('UPDATE location SET name = $2, kind = $3, parent_id = $4 WHERE id = $1', [
          id,
          name,
          kind,
          parentId,
        ]),
        refusals,
      )
      return locationWith(id)
    },
  )

  api.delete(
    '/locations/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeLocation',
        summary: 'Remove a location',
        description: 'Refused while something or somebody is there.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const {
        rows: [used],
      } = await pool.query<{ used: boolean }>(
        'SELECT EXISTS (SELECT 1 FROM ticket WHERE location_id = $1) AS used',
        [id],
      )
      if (used?.used) throw locationInUse('Tickets are')
      const { rowCount } = await refusing(pool.query('DELETE FROM location WHERE id = $1', [id]), {
        location_parent_id_fkey: () => locationInUse('Other locations are'),
        contact_location_id_fkey: () => locationInUse('People are'),
        user_location_location_id_fkey: () => locationInUse('The limits of users are'),
        asset_location_id_fkey: () => locationInUse('Assets are, or were,'),
        document_location_id_fkey: () => locationInUse('Documents are, or were,'),
      })
      if (!rowCount) throw notFound('such location')
      return reply.code(204).send()
    },
  )

  api.get(
    '/users/:id/locations',
    {
      config: { right: 'people.manage' },
      schema: {
        operationId: 'getUserLocations',
        summary: 'The locations that a user is limited to',
        params: uuidParams,
        response: answers(200, userLocations),
      },
    },
    async (request) => locationsOfUser(request.params.id),
  )

  api.put(
    '/users/:id/locations',
    {
      config: { right: 'people.manage' },
      schema: {
        operationId: 'setUserLocations',
        summary: 'Limit a user to locations',
        description: 'They see only what is there, or in there. None: no limit.',
        params: uuidParams,
        body: userLocations,
        response: answers(200, userLocations),
      },
    },
    async (request) => {
      const { id } = request.params
      await locationsOfUser(id)
      await inTransaction(pool, async (client) => {
        await client.query('DELETE FROM user_location WHERE user_id = $1', [id])
        await refusing(
          client.query(
            'INSERT INTO user_location (user_id, location_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING',
            [id, request.body.locationIds],
          ),
          {
            user_location_location_id_fkey: () =>
              unprocessable(
                'location-not-found',
                'One of the locations does not exist.',
                '/locationIds',
              ),
          },
        )
      })
      return locationsOfUser(id)
    },
  )

  api.get(
    '/settings/warranty-watch',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'getWarrantyWatch',
        summary: 'What watches the ends of warranties and licences',
        response: answers(200, warrantyWatch),
      },
    },
    async () => {
      const {
        rows: [row],
      } = await pool.query<{ value: unknown }>(
        `SELECT value FROM setting WHERE key = 'warrantyWatch'`,
      )
      return warrantyWatch.parse(row?.value ?? {})
    },
  )

  api.put(
    '/settings/warranty-watch',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'setWarrantyWatch',
        summary: 'Set what watches the ends of warranties and licences',
        body: warrantyWatch,
        response: answers(200, warrantyWatch),
      },
    },
    async (request) => {
      const { departmentId } = request.body
      if (departmentId !== null) {
        const { rowCount } = await pool.query('SELECT 1 FROM department WHERE id = $1', [
          departmentId,
        ])
        if (!rowCount)
          throw unprocessable(
            'department-not-found',
            'This department does not exist.',
            '/departmentId',
          )
      }
      await pool.query(
        `INSERT INTO setting (key, value) VALUES ('warrantyWatch', $1) ON CONFLICT (key) DO UPDATE SET value = $1`,
        [JSON.stringify(request.body)],
      )
      return request.body
    },
  )

  async function locationWith(id: string): Promise<Location> {
    const {
      rows: [row],
    } = await pool.query<Location>(`SELECT ${COLUMNS} FROM location p WHERE p.id = $1`, [id])
    if (!row) throw notFound('such location')
    return row
  }

  async function checkParent(kind: LocationKind, parentId: string | null): Promise<void> {
    const {
      rows: [parent],
    } = await pool.query<{ kind: LocationKind }>('SELECT kind FROM location WHERE id = $1', [
      parentId,
    ])
    if (parentId !== null && !parent)
      throw unprocessable(
        'location-not-found',
        'The location that this one is to be in does not exist.',
        '/parentId',
      )
    if (!mayBeInside(kind, parent?.kind ?? null))
      throw unprocessable(
        'location-kind',
        'Companies and sites stand for themselves; sections are in them, and rooms in any of these.',
        '/parentId',
      )
  }

  async function locationsOfUser(id: string): Promise<{ locationIds: string[] }> {
    const {
      rows: [row],
    } = await pool.query<{ locationIds: string[] }>(
      'SELECT ARRAY(SELECT p.location_id FROM user_location p WHERE p.user_id = u.id ORDER BY 1) AS "locationIds" FROM app_user u WHERE u.id = $1',
      [id],
    )
    if (!row) throw notFound('such person')
    return row
  }
}

const locationInUse = (who: string) =>
  conflict(
    'location-in-use',
    `${who} at this location. Move them first, or give the location a new name.`,
  )
const refusals = {
  location_name_once: () =>
    conflict('location-name-taken', 'There is a location with this name here already.'),
}
