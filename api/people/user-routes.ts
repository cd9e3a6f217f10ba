import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import { z } from 'zod'
import { page, uuidParams } from '../../domain/contract.ts'
import {
  colleague,
  createdUser,
  newUser,
  setupLink,
  user,
  type User,
  userChange,
  userQuery,
} from '../../domain/people/contract.ts'
import { takeLock } from '../../platform/postgres/advisory-locks.ts'
import { may } from '../../domain/permissions.ts'
import { arrayFrom } from '../../platform/postgres/array-from.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { raiseForPerson } from '../../application/sla/settings.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { signedIn } from '../access/authentication.ts'
import { refusing } from '../http/constraint-problem.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { hasAdmin } from './first-admin.ts'
import { hashPassword } from '../access/passwords.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { endSessionsOf } from '../access/sessions.ts'
import { makeSetupLink } from './setup-links.ts'

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
      const { email, name, role, departmentIds, password } = request.body
      const hash = password === undefined ? null : await hashPassword(password)
      const id = newId()
      const setupUrl = await db.transaction().execute(async (transaction) => {
        await refusing(
          transaction
            .insertInto('app_user')
            .values({ id, email, name, password_hash: hash, role })
            .execute(),
          { app_user_email_key: emailTaken },
        )
        await setDepartments(transaction, id, departmentIds)
        return hash === null
          ? makeSetupLink(transaction, 'invitation', id, settings.publicUrl)
          : null
      })
      return reply.code(201).send({ ...(await userWith(db, id)), setupUrl })
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
      const { id } = request.params
      const { email, name, role, active, departmentIds } = request.body
      await db.transaction().execute(async (transaction) => {
        await takeLock(transaction, 'admins')
        const before = await userWith(transaction, id)
        await refusing(
          transaction
            .updateTable('app_user')
            // With the id, so that there is something to set when only departments change.
            .set({ id, email, name, role, active })
            .where('id', '=', id)
            .execute(),
          { app_user_email_key: emailTaken },
        )
        if (departmentIds) await setDepartments(transaction, id, departmentIds)
        await raiseForPerson(transaction, id)
        if (!(await hasAdmin(transaction)))
          throw conflict('last-admin', 'This is the last admin. Make somebody else an admin first.')
        if (active === false || (role !== undefined && role !== before.role))
          await endSessionsOf(transaction, id)
      })
      // They may be the one that missed tickets are handed to.
      await workflows.slaSettingsChanged()
      return userWith(db, id)
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
      const { id, active } = await userWith(db, request.params.id)
      if (!active)
        throw conflict('user-not-active', 'This person is not active. Make them active first.')
      const setupUrl = await db
        .transaction()
        .execute((transaction) =>
          makeSetupLink(transaction, 'password-reset', id, settings.publicUrl),
        )
      return reply.code(201).send({ setupUrl })
    },
  )
}

const users = (db: Database) =>
  db
    .selectFrom('app_user as u')
    .select((eb) => [
      'u.id',
      'u.email',
      'u.name',
      'u.role',
      'u.active',
      arrayFrom(departmentIdsOf(eb).orderBy('d.department_id')).as('departmentIds'),
    ])

async function userWith(db: Database, id: string): Promise<User> {
  const row = await users(db).where('u.id', '=', id).executeTakeFirst()
  if (!row) throw notFound('such person')
  return row
}

type OfUser = ExpressionBuilder<DB & { u: DB['app_user'] }, 'u'>

const departmentIdsOf = (eb: OfUser) =>
  eb.selectFrom('user_department as d').select('d.department_id').whereRef('d.user_id', '=', 'u.id')

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

async function setDepartments(
  db: Database,
  userId: string,
  departmentIds: readonly string[],
): Promise<void> {
  await db.deleteFrom('user_department').where('user_id', '=', userId).execute()
  if (departmentIds.length === 0) return
  const inserting = db
    .insertInto('user_department')
    .values(departmentIds.map((id) => ({ user_id: userId, department_id: id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await refusing(inserting, {
    user_department_department_id_fkey: () =>
      unprocessable(
        'department-not-found',
        'One of the departments does not exist.',
        '/departmentIds',
      ),
  })
}

const emailTaken = () =>
  conflict('email-taken', 'Somebody with this e-mail address is here already.')
