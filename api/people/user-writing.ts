import type { ExpressionBuilder } from 'kysely'
import type { z } from 'zod'
import { raiseForPerson } from '../../application/sla/settings.ts'
import type { createdUser, newUser, User, userChange } from '../../domain/people/contract.ts'
import { takeLock } from '../../platform/postgres/advisory-locks.ts'
import { arrayFrom } from '../../platform/postgres/array-from.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { DB } from '../../prisma/generated/database.ts'
import { hashPassword } from '../access/passwords.ts'
import { endSessionsOf } from '../access/sessions.ts'
import { refusing } from '../http/constraint-problem.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { conflict, notFound, unprocessable } from '../http/problem.ts'
import { hasAdmin } from './first-admin.ts'
import { makeSetupLink } from './setup-links.ts'

/**
 * Adds a person.
 * @returns them, with a set-up link unless a password was given.
 * @throws ProblemError when the address is taken, or a department does not exist.
 */
export async function createUser(
  db: Database,
  { email, name, role, departmentIds, password }: z.output<typeof newUser>,
  publicUrl: string,
): Promise<z.input<typeof createdUser>> {
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
    return hash === null ? makeSetupLink(transaction, 'invitation', id, publicUrl) : null
  })
  return { ...(await userWith(db, id)), setupUrl }
}

/**
 * Changes a person. One who is no longer active, or has another role, is signed out everywhere.
 * Tickets that are to be handed to them are planned anew when the settings' revision is noticed.
 * @throws ProblemError also when they are the last admin.
 */
export async function changeUser(
  db: Database,
  id: string,
  { email, name, role, active, departmentIds }: z.output<typeof userChange>,
): Promise<User> {
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
  return userWith(db, id)
}

/**
 * @returns a link to set a new password, once, within a day.
 * @throws ProblemError when there is no such person, or they are not active.
 */
export async function passwordLink(db: Database, id: string, publicUrl: string): Promise<string> {
  const { active } = await userWith(db, id)
  if (!active)
    throw conflict('user-not-active', 'This person is not active. Make them active first.')
  return db
    .transaction()
    .execute((transaction) => makeSetupLink(transaction, 'password-reset', id, publicUrl))
}

export const users = (db: Database) =>
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

export type OfUser = ExpressionBuilder<DB & { u: DB['app_user'] }, 'u'>

export const departmentIdsOf = (eb: OfUser) =>
  eb.selectFrom('user_department as d').select('d.department_id').whereRef('d.user_id', '=', 'u.id')

async function userWith(db: Database, id: string): Promise<User> {
  const row = await users(db).where('u.id', '=', id).executeTakeFirst()
  if (!row) throw notFound('such person')
  return row
}

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
