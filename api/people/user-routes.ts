import { type Expression, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import { page, uuidParams } from '../../domain/contract.ts'
import {
  colleague,
  createdUser,
  newUser,
  setupLink,
  user,
  userChange,
  userQuery,
} from '../../domain/people/contract.ts'
import { may } from '../../domain/permissions.ts'
import { signedIn } from '../access/authentication.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers } from '../http/route-schema.ts'
import {
  changeUser,
  createUser,
  departmentIdsOf,
  type OfUser,
  passwordLink,
  users,
} from './user-writing.ts'

const cursorKeys = z.tuple([z.string(), z.uuid()])

/** People: everybody who works with tickets sees who their colleagues are; admins change them. */
export function userRoutes(api: Api, { db, settings, workflows }: Dependencies): void {
  api.get(
    '/users',
    {
      config: { right: 'ticket.read' },
      schema: {
        operationId: 'listUsers',
        summary: 'List people',
        description: 'Agents get the active ones, without departments.',
        querystring: userQuery,
        response: answers(200, page(colleague)),
      },
    },
    async (request) => {
      const { cursor, limit, department, role } = request.query
      const all = may(signedIn(request), 'people.manage')
      const after = readCursor(cursor, cursorKeys)
      const sortName = sql<string>`lower(u.name)`
      const rows = await users(db)
        .$if(!all, (query) => query.where('u.active', '=', true))
        .$if(role !== undefined, (query) => query.where('u.role', '=', role!))
        .$if(after !== null, (query) =>
          query.where((eb) => eb(eb.refTuple(sortName, 'u.id'), '>', eb.tuple(...after!))),
        )
        .$if(department !== undefined, (query) => query.where(mayOwnIn(department!)))
        .orderBy(sortName)
        .orderBy('u.id')
        .limit(limit + 1)
        .execute()
      return pageOf(
        rows,
        limit,
        ({ active, departmentIds, ...known }) =>
          all ? { ...known, active, departmentIds } : known,
        (row) => [row.name.toLowerCase(), row.id],
      )
    },
  )

  api.post(
    '/users',
    {
      config: { right: 'people.manage' },
      schema: {
        operationId: 'createUser',
        summary: 'Add a person',
        description: 'Without a password the answer holds a set-up link to hand over.',
        body: newUser,
        response: answers(201, createdUser),
      },
    },
    async (request, reply) => {
      return reply.code(201).send(await createUser(db, request.body, settings.publicUrl))
    },
  )

  api.patch(
    '/users/:id',
    {
      config: { right: 'people.manage' },
      schema: {
        operationId: 'changeUser',
        summary: 'Change a person',
        description: 'One who is no longer active, or has another role, is signed out everywhere.',
        params: uuidParams,
        body: userChange,
        response: answers(200, user),
      },
    },
    async (request) => {
      const changed = await changeUser(db, request.params.id, request.body)
      // They may be the one that missed tickets are handed to.
      await workflows.slaSettingsChanged()
      return changed
    },
  )

  api.post(
    '/users/:id/setup-link',
    {
      config: { right: 'people.manage' },
      schema: {
        operationId: 'createSetupLink',
        summary: 'Make a link to set a new password',
        description: 'Works once, for a day. The present password stays valid until it is used.',
        params: uuidParams,
        response: answers(201, setupLink),
      },
    },
    async (request, reply) => {
      const setupUrl = await passwordLink(db, request.params.id, settings.publicUrl)
      return reply.code(201).send({ setupUrl })
    },
  )
}

/** Who may own tickets of a department. */
const mayOwnIn =
  (department: string) =>
  (eb: OfUser): Expression<SqlBool> =>
    eb.or([
      eb('u.role', '=', 'admin'),
      eb.and([
        eb('u.role', '=', 'agent'),
        eb.exists(departmentIdsOf(eb).where('d.department_id', '=', department)),
      ]),
    ])
