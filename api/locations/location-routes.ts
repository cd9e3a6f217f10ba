import { page, uuidParams } from '../../domain/contract.ts'
import { newLocation, location, locationChange } from '../../domain/locations/contract.ts'
import { mayBeInside } from '../../domain/locations/location-tree.ts'
import { visibleLocations } from '../../domain/permissions.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { signedIn } from '../access/authentication.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { checkParent, locations, locationWith } from './location-rows.ts'

/** Locations: a tree. */
export function locationRoutes(api: Api, { db }: Dependencies): void {
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
    async (request) => {
      const visible = visibleLocations(signedIn(request))
      const items = await locations(db)
        .$if(visible !== null, (query) =>
          query.where('location.id', '=', anyOf(visible ?? [], 'uuid')),
        )
        .orderBy((eb) => eb.fn('lower', [eb.fn('location_path', ['location.id'])]))
        .orderBy('location.id')
        .execute()
      return { items, next: null }
    },
  )

  api.post(
    '/locations',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createLocation',
        summary: 'Add a location',
        description:
          'A site, a building or a room, below another that fits its kind. 409 when a neighbour has the name.',
        body: newLocation,
        response: answers(201, location),
      },
    },
    async (request, reply) => {
      const { name, kind, parentId = null } = request.body
      await checkParent(db, kind, parentId)
      const id = newId()
      await refusing(
        db.insertInto('location').values({ id, parent_id: parentId, kind, name }).execute(),
        refusals,
      )
      return reply.code(201).send(await locationWith(db, id))
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
      const before = await locationWith(db, id)
      const { name = before.name, kind = before.kind, parentId = before.parentId } = request.body
      await checkParent(db, kind, parentId)
      const inside = await db
        .selectFrom('location')
        .select('kind')
        .where('parent_id', '=', id)
        .execute()
      if (inside.some((child) => !mayBeInside(child.kind, kind)))
        throw unprocessable(
          'location-kind',
          'What is in this location cannot be in one of that kind. Move it first.',
          '/kind',
        )
      // The kinds only go from large to small, so a location can never get into itself.
      await refusing(
        db
          .updateTable('location')
          .set({ name, kind, parent_id: parentId })
          .where('id', '=', id)
          .execute(),
        refusals,
      )
      return locationWith(db, id)
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
      const used = await db
        .selectFrom('ticket')
        .select('number')
        .where('location_id', '=', id)
        .limit(1)
        .executeTakeFirst()
      if (used) throw locationInUse('Tickets are')
      const removing = db.deleteFrom('location').where('id', '=', id).executeTakeFirst()
      const { numDeletedRows } = await refusing(removing, {
        location_parent_id_fkey: () => locationInUse('Other locations are'),
        contact_location_id_fkey: () => locationInUse('People are'),
        user_location_location_id_fkey: () => locationInUse('The limits of users are'),
        asset_location_id_fkey: () => locationInUse('Assets are, or were,'),
        document_location_id_fkey: () => locationInUse('Documents are, or were,'),
      })
      if (numDeletedRows === 0n) throw notFound('such location')
      return reply.code(204).send()
    },
  )
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
