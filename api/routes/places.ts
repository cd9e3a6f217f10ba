import { page, uuidParams } from '../../domain/contract/common.ts'
import {
  newPlace,
  place,
  type Place,
  placeChange,
  userPlaces,
  warrantyWatch,
} from '../../domain/contract/equipment.ts'
import { mayBeInside } from '../../domain/equipment/place-tree.ts'
import type { PlaceKind } from '../../domain/equipment/references.ts'
import { visiblePlaces } from '../../domain/permissions.ts'
import { timeOrderedId } from '../../platform/time-ordered-id.ts'
import { signedIn } from '../authentication.ts'
import { refusing } from '../constraint.ts'
import type { Dependencies } from '../dependencies.ts'
import { conflict, notFound, unprocessable } from '../problem.ts'
import { type Api, answers, noContent } from '../route-schema.ts'
import { inTransaction } from '../../platform/transaction.ts'

const COLUMNS = 'p.id, p.parent_id AS "parentId", p.kind, p.name, place_path(p.id) AS path'

/** Places: a tree, and who is limited to what. */
export function placeRoutes(api: Api, { pool }: Dependencies): void {
  const tags = ['Places']

  api.get(
    '/places',
    {
      config: { right: 'ticket.read' },
      schema: {
        tags,
        summary: 'List places',
        description: 'Those that one sees, in the order of the tree.',
        response: answers(200, page(place)),
      },
    },
    async (request) => ({
      items: (
        await pool.query<Place>(
          `SELECT ${COLUMNS} FROM place p WHERE $1::uuid[] IS NULL OR p.id = ANY($1) ORDER BY lower(place_path(p.id)), p.id`,
          [visiblePlaces(signedIn(request))],
        )
      ).rows,
      next: null,
    }),
  )

  api.post(
    '/places',
    {
      config: { right: 'settings.manage' },
      schema: { tags, summary: 'Add a place', body: newPlace, response: answers(201, place) },
    },
    async (request, reply) => {
      const { name, kind, parentId = null } = request.body
      await checkParent(kind, parentId)
      const id = timeOrderedId()
      await refusing(
        pool.query('INSERT INTO place (id, parent_id, kind, name) VALUES ($1, $2, $3, $4)', [
          id,
          parentId,
          kind,
          name,
        ]),
        refusals,
      )
      return reply.code(201).send(await placeWith(id))
    },
  )

  api.patch(
    '/places/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        tags,
        summary: 'Change a place',
        description: 'Its kind stays as long as something is in it.',
        params: uuidParams,
        body: placeChange,
        response: answers(200, place),
      },
    },
    async (request) => {
      const { id } = request.params
      const before = await placeWith(id)
      const { name = before.name, kind = before.kind, parentId = before.parentId } = request.body
      await checkParent(kind, parentId)
      const { rows: inside } = await pool.query<{ kind: PlaceKind }>(
        'SELECT kind FROM place WHERE parent_id = $1',
        [id],
      )
      if (inside.some((child) => !mayBeInside(child.kind, kind)))
        throw unprocessable(
          'place-kind',
          'What is in this place cannot be in one of that kind. Move it first.',
          '/kind',
        )
      // The kinds only go from large to small, so a place can never get into itself.
      await refusing(
        pool.query('UPDATE place SET name = $2, kind = $3, parent_id = $4 WHERE id = $1', [
          id,
          name,
          kind,
          parentId,
        ]),
        refusals,
      )
      return placeWith(id)
    },
  )

  api.delete(
    '/places/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        tags,
        summary: 'Remove a place',
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
        'SELECT EXISTS (SELECT 1 FROM ticket WHERE place_id = $1) AS used',
        [id],
      )
      if (used?.used) throw placeInUse('Tickets are')
      const { rowCount } = await refusing(pool.query('DELETE FROM place WHERE id = $1', [id]), {
        place_parent_id_fkey: () => placeInUse('Other places are'),
        contact_place_id_fkey: () => placeInUse('People are'),
        user_place_place_id_fkey: () => placeInUse('The limits of users are'),
        asset_place_id_fkey: () => placeInUse('Assets are, or were,'),
        document_place_id_fkey: () => placeInUse('Documents are, or were,'),
      })
      if (!rowCount) throw notFound('such place')
      return reply.code(204).send()
    },
  )

  api.get(
    '/users/:id/places',
    {
      config: { right: 'people.manage' },
      schema: {
        tags,
        summary: 'The places that a user is limited to',
        params: uuidParams,
        response: answers(200, userPlaces),
      },
    },
    async (request) => placesOfUser(request.params.id),
  )

  api.put(
    '/users/:id/places',
    {
      config: { right: 'people.manage' },
      schema: {
        tags,
        summary: 'Limit a user to places',
        description: 'They see only what is there, or in there. None: no limit.',
        params: uuidParams,
        body: userPlaces,
        response: answers(200, userPlaces),
      },
    },
    async (request) => {
      const { id } = request.params
      await placesOfUser(id)
      await inTransaction(pool, async (client) => {
        await client.query('DELETE FROM user_place WHERE user_id = $1', [id])
        await refusing(
          client.query(
            'INSERT INTO user_place (user_id, place_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING',
            [id, request.body.placeIds],
          ),
          {
            user_place_place_id_fkey: () =>
              unprocessable('place-not-found', 'One of the places does not exist.', '/placeIds'),
          },
        )
      })
      return placesOfUser(id)
    },
  )

  api.get(
    '/settings/warranty-watch',
    {
      config: { right: 'settings.manage' },
      schema: {
        tags: ['Assets'],
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
        tags: ['Assets'],
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

  async function placeWith(id: string): Promise<Place> {
    const {
      rows: [row],
    } = await pool.query<Place>(`SELECT ${COLUMNS} FROM place p WHERE p.id = $1`, [id])
    if (!row) throw notFound('such place')
    return row
  }

  async function checkParent(kind: PlaceKind, parentId: string | null): Promise<void> {
    const {
      rows: [parent],
    } = await pool.query<{ kind: PlaceKind }>('SELECT kind FROM place WHERE id = $1', [parentId])
    if (parentId !== null && !parent)
      throw unprocessable(
        'place-not-found',
        'The place that this one is to be in does not exist.',
        '/parentId',
      )
    if (!mayBeInside(kind, parent?.kind ?? null))
      throw unprocessable(
        'place-kind',
        'Companies and sites stand for themselves; sections are in them, and rooms in any of these.',
        '/parentId',
      )
  }

  async function placesOfUser(id: string): Promise<{ placeIds: string[] }> {
    const {
      rows: [row],
    } = await pool.query<{ placeIds: string[] }>(
      'SELECT ARRAY(SELECT p.place_id FROM user_place p WHERE p.user_id = u.id ORDER BY 1) AS "placeIds" FROM app_user u WHERE u.id = $1',
      [id],
    )
    if (!row) throw notFound('such person')
    return row
  }
}

const placeInUse = (who: string) =>
  conflict('place-in-use', `${who} at this place. Move them first, or give the place a new name.`)
const refusals = {
  place_name_once: () =>
    conflict('place-name-taken', 'There is a place with this name here already.'),
}
