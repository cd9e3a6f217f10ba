import { z } from 'zod'
import { me, setupAnswer, setupOffer } from '../../domain/people/contract.ts'
import { takeLock } from '../../platform/postgres/advisory-locks.ts'
import { setSessionCookie } from '../access/authentication.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { createFirstAdmin } from './first-admin.ts'
import { hashPassword } from '../access/passwords.ts'
import { ProblemError, unprocessable } from '../http/problem.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { endSessionsOf, startSession, userOfSession } from '../access/sessions.ts'
import { openSetupLink, useSetupLink } from './setup-links.ts'
import { meOf } from './me-routes.ts'
import { keepShownLanguage } from './shown-language.ts'

const params = z.object({ token: z.string().min(1).max(100) })
const spent = () =>
  new ProblemError(
    410,
    'setup-link-spent',
    'This link was used already or has run out. Ask an admin for a new one; for the first admin, start Guichet again.',
  )

/** What a set-up link opens: the first admin, an invitation, a forgotten password. */
export function setupRoutes(api: Api, { db, settings }: Dependencies): void {
  api.get(
    '/setup/:token',
    {
      config: { right: 'public' },
      schema: {
        operationId: 'getSetup',
        summary: 'What a set-up link is for',
        description:
          'To show the right page: the first admin, an invitation or a new password. 410 when it was used or has run out. Looking does not use it up.',
        params,
        response: answers(200, setupOffer),
      },
    },
    async (request) => {
      const link = await openSetupLink(db, request.params.token)
      if (!link) throw spent()
      return { purpose: link.purpose, email: link.email }
    },
  )

  api.post(
    '/setup/:token',
    {
      config: { right: 'public' },
      schema: {
        operationId: 'completeSetup',
        summary: 'Use a set-up link',
        description: 'Works once. Sets the password and signs in.',
        params,
        body: setupAnswer,
        response: answers(200, me),
      },
    },
    async (request, reply) => {
      const { email, name, password, language } = request.body
      // Before the work of hashing: nobody can make the server do that without a link.
      if (!(await openSetupLink(db, request.params.token))) throw spent()
      const hash = await hashPassword(password)
      const userId = await db.transaction().execute(async (transaction) => {
        await takeLock(transaction, 'admins')
        const link = await openSetupLink(transaction, request.params.token)
        if (!link || !(await useSetupLink(transaction, request.params.token))) throw spent()
        if (link.userId === null) {
          if (email === undefined)
            throw unprocessable(
              'email-needed',
              'Give the e-mail address that you will sign in with.',
              '/email',
            )
          const id = await createFirstAdmin(transaction, {
            email,
            name: name ?? email.split('@')[0] ?? email,
            password,
          })
          if (id === null) throw spent()
          return id
        }
        await transaction
          .updateTable('app_user')
          .set({ password_hash: hash, name })
          .where('id', '=', link.userId)
          .execute()
        await endSessionsOf(transaction, link.userId)
        return link.userId
      })
      await keepShownLanguage(db, userId, language)
      const token = await startSession(db, userId)
      const session = await userOfSession(db, token)
      if (!session) throw spent()
      setSessionCookie(reply, token, settings.publicUrl)
      return meOf(session.user)
    },
  )
}
