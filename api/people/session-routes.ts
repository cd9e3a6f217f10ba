import { credentials, me } from '../../domain/people/contract.ts'
import { clearSessionCookie, setSessionCookie, signedIn } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { isPassword } from '../access/passwords.ts'
import { ProblemError } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import { endSession, startSession, userOfSession } from '../access/sessions.ts'
import { SignInLimit } from '../access/sign-in-limit.ts'
import { meOf } from './me-routes.ts'
import { keepShownLanguage } from './shown-language.ts'

/** Signing in and out. */
export function sessionRoutes(api: Api, { db, settings }: Dependencies): void {
  const limit = new SignInLimit()

  api.post(
    '/session',
    {
      config: { right: 'public', repeatable: true },
      schema: {
        operationId: 'signIn',
        summary: 'Sign in',
        description: 'Sets the session cookie.',
        body: credentials,
        response: answers(200, me),
      },
    },
    async (request, reply) => {
      const { email, password, language } = request.body
      limit.check(email, request.ip)
      const row = await db
        .selectFrom('app_user')
        .select(['id', 'password_hash', 'active'])
        .where('email', '=', email)
        .executeTakeFirst()
      if (!(await isPassword(row?.password_hash ?? null, password)) || !row?.active) {
        limit.failed(email, request.ip)
        throw new ProblemError(401, 'credentials-wrong', 'E-mail address or password is wrong.')
      }
      limit.succeeded(email, request.ip)
      await keepShownLanguage(db, row.id, language)
      const token = await startSession(db, row.id)
      setSessionCookie(reply, token, settings.publicUrl)
      const session = await userOfSession(db, token)
      if (!session)
        throw new ProblemError(401, 'credentials-wrong', 'E-mail address or password is wrong.')
      return meOf(session.user)
    },
  )

  api.delete(
    '/session',
    {
      config: { right: 'signed-in' },
      schema: {
        operationId: 'signOut',
        summary: 'Sign out',
        description:
          'Ends the session of the cookie and clears the cookie. API tokens are not touched.',
        response: noContent,
      },
    },
    async (request, reply) => {
      const { via, credentialHash } = signedIn(request)
      if (via === 'session') await endSession(db, credentialHash)
      return clearSessionCookie(reply).code(204).send()
    },
  )
}
