import { page, uuidParams } from '../../domain/contract.ts'
import { newLocation, location, locationChange } from '../../domain/locations/contract.ts'
import { visibleLocations } from '../../domain/permissions.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { locations, locationWith } from './location-rows.ts'
import { addLocation, changeLocation, removeLocation } from './location-writing.ts'

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
      const id = await addLocation(db, request.body)
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
      await changeLocation(db, id, request.body)
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
      await removeLocation(db, request.params.id)
      return reply.code(204).send()
    },
  )
}
