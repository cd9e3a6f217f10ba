import { me, type Me, passwordChange, preferences } from '../../domain/people/contract.ts'
import { rights } from '../../domain/permissions.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { hashPassword, isPassword } from '../access/passwords.ts'
import { unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { endSessionsOf, type SignedInUser } from '../access/sessions.ts'
import { SignInLimit } from '../access/sign-in-limit.ts'

/** Oneself: who one is, how one likes it, one's password. */
export function meRoutes(api: Api, { db }: Dependencies): void {
  const limit = new SignInLimit()

  api.get(
    '/me',
    {
      config: { right: 'signed-in' },
      schema: {
        operationId: 'getMe',
        summary: 'Who is signed in, and what they may do',
        description:
          'With one’s role, departments, rights and preferences. The first request of a client: 401 when its session or token has ended.',
        response: answers(200, me),
      },
    },
    async (request) => meOf(signedIn(request)),
  )

  api.patch(
    '/me/preferences',
    {
      config: { right: 'signed-in' },
      schema: {
        operationId: 'changePreferences',
        summary: 'Change language, theme or signature',
        description: 'What is left out stays. `notifications` is kept as it is given.',
        body: preferences,
        response: answers(200, me),
      },
    },
    async (request) => {
      const user = signedIn(request)
      const changed = jsonb(request.body)
      const row = await db
        .updateTable('app_user')
        .set((eb) => ({ preferences: eb('preferences', '||', changed) }))
        .where('id', '=', user.id)
        .returning('preferences')
        .executeTakeFirst()
      return meOf({ ...user, preferences: row?.preferences ?? {} })
    },
  )

  api.post(
    '/me/password',
    {
      config: { right: 'signed-in', sessionOnly: true },
      schema: {
        operationId: 'changePassword',
        summary: 'Change the password',
        description: 'Ends every other session of this person.',
        body: passwordChange,
        response: noContent,
      },
    },
    async (request, reply) => {
      const user = signedIn(request)
      limit.check(user.email, request.ip)
      const row = await db
        .selectFrom('app_user')
        .select('password_hash')
        .where('id', '=', user.id)
        .executeTakeFirst()
      if (!(await isPassword(row?.password_hash ?? null, request.body.current))) {
        limit.failed(user.email, request.ip)
        throw unprocessable('password-wrong', 'This is not your present password.', '/current')
      }
      await db
        .updateTable('app_user')
        .set({ password_hash: await hashPassword(request.body.password) })
        .where('id', '=', user.id)
        .execute()
      await endSessionsOf(db, user.id, user.credentialHash)
      return reply.code(204).send()
    },
  )
}

/** @returns the person as GET /me shows them. */
export const meOf = ({
  id,
  email,
  name,
  role,
  departmentIds,
  preferences: liked,
}: SignedInUser): Me => ({
  id,
  email,
  name,
  role,
  active: true,
  departmentIds,
  preferences: liked,
  rights: [...rights(role)],
})
