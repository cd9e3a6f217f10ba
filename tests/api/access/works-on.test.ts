import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { may, seesLocation, type Subject } from '../../../domain/permissions.ts'
import { ApiDesk } from '../support/api-desk.ts'

let desk: ApiDesk
before(async () => {
  desk = await ApiDesk.open()
})
after(() => desk?.close())

describe('who works on tickets', () => {
  it('is the same for statements as for the rule of the domain, whoever it is and wherever', async () => {
    const [it_, hr] = [await desk.department('IT'), await desk.department('HR')]
    const place = (name: string, parentId: string | null = null) =>
      desk.admin.client.post<{ id: string }>('/locations', {
        name,
        kind: parentId === null ? 'company' : 'room',
        parentId,
      })
    const [berlin, paris] = [await place('Berlin'), await place('Paris')]
    const room = await place('Room 12', berlin.id)
    const roles = ['admin', 'agent', 'approver'] as const
    const limits = [null, [berlin.id], [room.id], [berlin.id, paris.id]]
    const inside: Record<string, string[]> = { [berlin.id]: [room.id] }
    const people: { id: string; sees: Subject }[] = []
    for (const role of roles)
      for (const departments of [[], [it_], [it_, hr]])
        for (const limit of limits) {
          const { id } = await desk.person(`Person ${people.length}`, role, departments)
          await desk.pool.query(
            'INSERT INTO user_location (user_id, location_id) SELECT $1, unnest($2::uuid[])',
            [id, limit ?? []],
          )
          people.push({
            id,
            sees: {
              role,
              departmentIds: departments.map((one) => one.id),
              locationIds: limit && limit.flatMap((one) => [one, ...(inside[one] ?? [])]),
            },
          })
        }
    for (const department of [it_.id, hr.id])
      for (const location of [null, berlin.id, room.id, paris.id]) {
        const { rows } = await desk.pool.query<{ id: string }>(
          'SELECT id FROM app_user WHERE id = ANY($1) AND works_on(id, $2, $3)',
          [people.map(({ id }) => id), department, location],
        )
        const expected = people.filter(
          ({ sees }) => may(sees, 'ticket.work', department) && seesLocation(sees, location),
        )
        assert.deepEqual(
          rows.map(({ id }) => id).sort(),
          expected.map(({ id }) => id).sort(),
          `department ${department}, location ${location}`,
        )
      }
  })

  it('is nobody whose account is closed', async () => {
    const gone = await desk.person('Gone', 'admin')
    const { id } = await desk.department('Facilities')
    const works = async (): Promise<boolean> =>
      (
        await desk.pool.query<{ yes: boolean }>('SELECT works_on($1, $2, NULL) AS yes', [
          gone.id,
          id,
        ])
      ).rows[0]!.yes
    assert.equal(await works(), true)
    await desk.pool.query('UPDATE app_user SET active = false WHERE id = $1', [gone.id])
    assert.equal(await works(), false)
  })
})
