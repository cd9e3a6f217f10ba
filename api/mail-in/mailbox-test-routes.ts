import { connectionTest, uuidParams } from '../../domain/contract.ts'
import { sentenceOf } from '../../domain/explanation.ts'
import { explained } from '../../languages/explanation.ts'
import { mailboxTest } from '../../domain/mail-in/contract.ts'
import { storedAccount } from '../../application/mail-in/imap-account.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { type Api, answers } from '../http/route-schema.ts'
import { changedImap, type ImapColumns, noImap, storedMailbox } from './stored-mailbox.ts'

/** Trying the settings of a mailbox, saved or not. Changes nothing. */
export function mailboxTestRoutes(api: Api, { db, settings }: Dependencies): void {
  const { secretKeys } = settings

  const tested = async (columns: ImapColumns) => {
    const account = storedAccount(columns, secretKeys)
    if (!account)
      return { ...explained([sentenceOf('receiver-takes-mail')]), ok: true, code: 'receiver' }
    const { testImap } = await import('../../platform/imap/connection.ts')
    return testImap(account)
  }
  const test = {
    description:
      'Connects, signs in and opens the folder; changes nothing. What the server says is the answer, also when it says no.',
  }

  api.post(
    '/mailboxes/test',
    {
      config: { right: 'settings.manage' },
      schema: {
        ...test,
        operationId: 'testMailboxSettings',
        summary: 'Try settings that are not saved',
        body: mailboxTest,
        response: answers(200, connectionTest),
      },
    },
    async (request) => tested(changedImap(request.body.imap ?? {}, noImap, secretKeys)),
  )

  api.post(
    '/mailboxes/:id/test',
    {
      config: { right: 'settings.manage' },
      schema: {
        ...test,
        operationId: 'testMailbox',
        summary: 'Try the saved settings, with changes if any',
        params: uuidParams,
        body: mailboxTest.nullish(),
        response: answers(200, connectionTest),
      },
    },
    async (request) => {
      const stored = await storedMailbox(db, request.params.id)
      return tested(
        request.body?.imap ? changedImap(request.body.imap, stored, secretKeys) : stored,
      )
    },
  )
}
