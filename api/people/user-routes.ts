import type pg from 'pg'
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
import { may } from '../../domain/permissions.ts'
import { pgQuery } from '../../platform/postgres/query.ts'
import { raiseForPerson } from '../../application/sla/settings.ts'
import { timeOrderedId } from '../../platform/postgres/time-ordered-id.ts'
import { signedIn } from '../access/authentication.ts'
import { refusing } from '../http/constraint-problem.ts'
import { pageOf, readCursor } from '../http/cursor.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { hasAdmin, lockAdmins } from './first-admin.ts'
import { hashPassword } from '../access/passwords.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { endSessionsOf } from '../access/sessions.ts'
import { makeSetupLink } from './setup-links.ts'
import { inTransaction } from '../../platform/postgres/transaction.ts'

const COLUMNS = `u.id, u.email, u.name, u.role, u.active, ARRAY(SELECT d.department_id::text FROM user_department d WHERE d.user_id = u.id ORDER BY 1) AS "departmentIds"`
const cursorKeys = z.tuple([z.string(), z.uuid()])

/** People: everybody who works with tickets sees who their colleagues are; admins change them. */
export function userRoutes(api: Api, { pool, settings }: Dependencies): void {
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
      const [name = null, id = null] = readCursor(cursor, cursorKeys) ?? []
      const { rows } = await pool.query<User>(
        `SELECT ${COLUMNS} FROM app_user u
       WHERE ($1 OR u.active) AND ($2::text IS NULL OR u.role = $2::text::"Role") AND ($3::text IS NULL OR (lower(u.name), u.id) > ($3, $4::uuid))
         AND ($5::uuid IS NULL OR u.role = 'admin' OR (u.role = 'agent' AND EXISTS (SELECT 1 FROM user_department d WHERE d.user_id = u.id AND d.department_id = $5)))
       ORDER BY lower(u.name), u.id LIMIT $6`,
        [all, role ?? null, name, id, department ?? null, limit + 1],
      )
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
      const id = timeOrderedId()
      const setupUrl = await inTransaction(pool, async (client) => {
        await refusing(
          client.query(
            'INSERT INTO app_user (id, email, name, password_hash, role) VALUES ($1, $2, $3, $4, $5)',
            [id, email, name, hash, role],
          ),
          { app_user_email_key: emailTaken },
        )
        await setDepartments(client, id, departmentIds)
        return hash === null ? makeSetupLink(client, 'invitation', id, settings.publicUrl) : null
      })
      return reply.code(201).send({ ...(await userWith(pool, id)), setupUrl })
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
      await inTransaction(pool, async (client) => {
        await lockAdmins(client)
        const before = await userWith(client, id)
        await refusing(
          client.query(
            'UPDATE app_user SET email = coalesce($2, email), name = coalesce($3, name), role = coalesce($4, role), active = coalesce($5, active) WHERE id = $1',
            [id, email ?? null, name ?? null, role ?? null, active ?? null],
          ),
          { app_user_email_key: emailTaken },
        )
        if (departmentIds) await setDepartments(client, id, departmentIds)
        await raiseForPerson(pgQuery(client), id)
        if (!(await hasAdmin(client)))
          throw conflict('last-admin', 'This is the last admin. Make somebody else an admin first.')
        if (active === false || (role !== undefined && role !== before.role))
          await endSessionsOf(client, id)
      })
      return userWith(pool, id)
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
      const { id, active } = await userWith(pool, request.params.id)
      if (!active)
        throw conflict('user-not-active', 'This person is not active. Make them active first.')
      const setupUrl = await inTransaction(pool, (client) =>
        makeSetupLink(client, 'password-reset', id, settings.publicUrl),
      )
      return reply.code(201).send({ setupUrl })
    },
  )
}

type Db = Pick<pg.ClientBase, 'query'>

async function userWith(db: Db, id: string): Promise<User> {
  const {
    rows: [row],
  } = await db.query<User>(`SELECT ${COLUMNS} FROM app_user u WHERE u.id = $1`, [id])
  if (!row) throw notFound('such person')
  return row
}

async function setDepartments(
  db: Db,
  userId: string,
  departmentIds: readonly string[],
): Promise<void> {
  await db.query('DELETE FROM user_department WHERE user_id = $1', [userId])
  await refusing(
    db.query(
      'INSERT INTO user_department (user_id, department_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING',
      [userId, departmentIds],
    ),
    {
      user_department_department_id_fkey: () =>
        unprocessable(
          'department-not-found',
          'One of the departments does not exist.',
          '/departmentIds',
        ),
    },
  )
}

const emailTaken = () =>
  conflict('email-taken', 'Somebody with this e-mail address is here already.')
