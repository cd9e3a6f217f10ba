import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { uuidParams } from '../../domain/contract.ts'
import { userLocations } from '../../domain/locations/contract.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'

/** Who is limited to which locations. */
export function userLocationRoutes(api: Api, { db }: Dependencies): void {
  api.get(
    '/users/:id/locations',
    {
      config: { right: 'people.manage' },
      schema: {
        operationId: 'getUserLocations',
        summary: 'The locations that a user is limited to',
        description: 'They see only what is there, or in there. None: no limit.',
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
      const { locationIds } = request.body
      await db.transaction().execute(async (transaction) => {
        await transaction.deleteFrom('user_location').where('user_id', '=', id).execute()
        if (locationIds.length === 0) return
        const limiting = transaction
          .insertInto('user_location')
          .values(locationIds.map((locationId) => ({ user_id: id, location_id: locationId })))
          .onConflict((conflict) => conflict.doNothing())
          .execute()
        await refusing(limiting, {
          user_location_location_id_fkey: () =>
            unprocessable(
              'location-not-found',
              'One of the locations does not exist.',
              '/locationIds',
            ),
        })
      })
      return locationsOfUser(id)
    },
  )

  async function locationsOfUser(id: string): Promise<{ locationIds: string[] }> {
    const person = await db
      .selectFrom('app_user')
      .select((eb) => [
        jsonArrayFrom(
          eb
            .selectFrom('user_location')
            .select('location_id as id')
            .whereRef('user_id', '=', 'app_user.id')
            .orderBy('location_id'),
        ).as('limits'),
      ])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!person) throw notFound('such person')
    return { locationIds: person.limits.map((limit) => limit.id) }
  }
}
