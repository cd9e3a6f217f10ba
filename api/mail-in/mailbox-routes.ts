import { sql } from 'kysely'
import { page, uuidParams } from '../../domain/contract.ts'
import { mailbox, mailboxChange, newMailbox } from '../../domain/mail-in/contract.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { isMadeBefore } from '../http/idempotency/made-before.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import {
  changedImap,
  imapColumns,
  isOtherAccount,
  isOtherFolder,
  noImap,
  shownMailbox,
  storedMailbox,
  storedMailboxes,
} from './stored-mailbox.ts'
import { putLedgerAside, requireFreeAddresses, writeMailbox } from './mailbox-writing.ts'

/** The watched inbound addresses. Their workflows are told of every change. */
export function mailboxRoutes(api: Api, { db, workflows, settings }: Dependencies): void {
  const { secretKeys } = settings
  const shown = async (id: string) => shownMailbox(await storedMailbox(db, id), secretKeys)

  api.get(
    '/mailboxes',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'listMailboxes',
        summary: 'List mailboxes',
        description:
          'Every watched address with its department and how it is: `status`, what it last failed with and what became of its mails. Passwords are never shown.',
        response: answers(200, page(mailbox)),
      },
    },
    async () => ({
      items: (await storedMailboxes(db)).map((row) => shownMailbox(row, secretKeys)),
      next: null,
    }),
  )

  api.get(
    '/mailboxes/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'getMailbox',
        summary: 'One mailbox',
        description: 'With its department, its account and how it is. Passwords are never shown.',
        params: uuidParams,
        response: answers(200, mailbox),
      },
    },
    (request) => shown(request.params.id),
  )

  api.post(
    '/mailboxes',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'createMailbox',
        summary: 'Watch a mailbox',
        description: 'Without `imap` the address is served by the built-in SMTP receiver.',
        body: newMailbox,
        response: answers(201, mailbox),
      },
    },
    async (request, reply) => {
      const { address, aliases, plusAddresses, departmentId, imap, enabled } = request.body
      if (imap && imap.password === undefined && !imap.oauth2)
        throw unprocessable('password-needed', 'Give a password, or OAuth2.', '/imap/password')
      const fresh = newId()
      const { id, isNew } = await db.transaction().execute(async (transaction) => {
        if (await isMadeBefore(transaction, 'mailbox', fresh)) return { id: fresh, isNew: true }
        // One that was removed comes back with its ledger: the mails that it knows are not taken in
        // again.
        const removed = await transaction
          .selectFrom('mailbox')
          .select(['id', 'host', 'user'])
          .where('address', '=', address)
          .where('deleted_at', 'is not', null)
          .executeTakeFirst()
        await requireFreeAddresses(transaction, [address, ...aliases], removed?.id)
        const row = {
          id: removed?.id ?? fresh,
          address,
          aliases,
          plusAddresses,
          departmentId,
          enabled,
        }
        const columns = imap ? imapColumns(imap, secretKeys) : noImap
        await writeMailbox(transaction, row, columns, true)
        if (removed && isOtherAccount(removed, columns)) await putLedgerAside(transaction, row.id)
        return { id: row.id, isNew: removed === undefined }
      })
      await (isNew ? workflows.mailboxAdded(id, address) : workflows.mailboxChanged(id))
      return reply.code(201).send(await shown(id))
    },
  )

  api.patch(
    '/mailboxes/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'changeMailbox',
        summary: 'Change a mailbox',
        description:
          'What is left out stays; `imap: null` leaves the address to the built-in SMTP receiver.',
        params: uuidParams,
        body: mailboxChange,
        response: answers(200, mailbox),
      },
    },
    async (request) => {
      const { id } = request.params
      const { imap, ...plain } = request.body
      await db.transaction().execute(async (transaction) => {
        await transaction
          .selectFrom('mailbox')
          .select('id')
          .where('id', '=', id)
          .forUpdate()
          .execute()
        const before = await storedMailbox(transaction, id)
        const after = { ...before, ...plain }
        const columns =
          imap === undefined
            ? before
            : imap === null
              ? noImap
              : changedImap(imap, before, secretKeys)
        await requireFreeAddresses(transaction, [after.address, ...after.aliases], id)
        await writeMailbox(transaction, after, columns, isOtherFolder(before, columns))
        if (isOtherAccount(before, columns)) await putLedgerAside(transaction, id)
      })
      await workflows.mailboxChanged(id)
      return shown(id)
    },
  )

  api.delete(
    '/mailboxes/:id',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'removeMailbox',
        summary: 'Stop watching a mailbox',
        description: 'Its tickets and the ledger of its mails stay; its password is forgotten.',
        params: uuidParams,
        response: noContent,
      },
    },
    async (request, reply) => {
      const { id } = await storedMailbox(db, request.params.id)
      await db
        .updateTable('mailbox')
        .set({
          deleted_at: sql<Date>`now()`,
          enabled: false,
          password_sealed: null,
          oauth_sealed: null,
        })
        .where('id', '=', id)
        .execute()
      await workflows.mailboxRemoved(id)
      return reply.code(204).send()
    },
  )
}
