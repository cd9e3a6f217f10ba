import { sql } from 'kysely'
import { connectionTest, page, uuidParams } from '../../domain/contract.ts'
import { sentenceOf } from '../../domain/explanation.ts'
import { explained } from '../../languages/explanation.ts'
import { mailbox, mailboxChange, mailboxTest, newMailbox } from '../../domain/mail-in/contract.ts'
import { storedAccount } from '../../application/mail-in/imap-account.ts'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { newId } from '../http/idempotency/attempt.ts'
import { refusing } from '../http/constraint-problem.ts'
import type { Dependencies } from '../http/dependencies.ts'
import { conflict, unprocessable } from '../http/problem.ts'
import { type Api, answers, noContent } from '../http/route-schema.ts'
import {
  changedImap,
  imapColumns,
  type ImapColumns,
  isOtherAccount,
  isOtherFolder,
  noImap,
  shownMailbox,
  storedMailbox,
  storedMailboxes,
} from './stored-mailbox.ts'
import { departmentNotFound } from '../people/department-ref.ts'

/** The watched inbound addresses. Their workflows are told of every change. */
export function mailboxRoutes(api: Api, { db, workflows, settings }: Dependencies): void {
  const { secretKey } = settings
  const shown = async (id: string) => shownMailbox(await storedMailbox(db, id), secretKey)

  api.get(
    '/mailboxes',
    {
      config: { right: 'settings.manage' },
      schema: {
        operationId: 'listMailboxes',
        summary: 'List mailboxes',
        response: answers(200, page(mailbox)),
      },
    },
    async () => ({
      items: (await storedMailboxes(db)).map((row) => shownMailbox(row, secretKey)),
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
      const { id, isNew } = await db.transaction().execute(async (transaction) => {
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
          id: removed?.id ?? newId(),
          address,
          aliases,
          plusAddresses,
          departmentId,
          enabled,
        }
        const columns = imap ? imapColumns(imap, secretKey) : noImap
        await write(transaction, row, columns, true)
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
              : changedImap(imap, before, secretKey)
        await requireFreeAddresses(transaction, [after.address, ...after.aliases], id)
        await write(transaction, after, columns, isOtherFolder(before, columns))
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

  const tested = async (columns: ImapColumns) => {
    const account = storedAccount(columns, secretKey)
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
    async (request) => tested(changedImap(request.body.imap ?? {}, noImap, secretKey)),
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
      return tested(request.body?.imap ? changedImap(request.body.imap, stored, secretKey) : stored)
    },
  )
}

interface PlainColumns {
  id: string
  address: string
  aliases: string[]
  plusAddresses: boolean
  departmentId: string
  enabled: boolean
}

/** @param afresh other UIDs than before: the folder is read from its beginning. */
async function write(
  db: Database,
  row: PlainColumns,
  imap: ImapColumns,
  afresh: boolean,
): Promise<void> {
  const columns = {
    address: row.address,
    aliases: row.aliases,
    plus_addresses: row.plusAddresses,
    department_id: row.departmentId,
    enabled: row.enabled,
    host: imap.host,
    port: imap.port,
    secure: imap.secure,
    user: imap.user,
    password_sealed: imap.passwordSealed,
    oauth_sealed: imap.oauthSealed,
    folder: imap.folder,
    after_import: imap.afterImport,
    allow_invalid_certificate: imap.allowInvalidCertificate,
  }
  await refusing(
    db
      .insertInto('mailbox')
      .values({ id: row.id, ...columns })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet({
          ...columns,
          status: 'new',
          last_error: null,
          deleted_at: null,
          ...(afresh ? { uid_validity: null, last_uid: '0' } : {}),
        }),
      )
      .execute(),
    {
      mailbox_address_key: addressTaken,
      mailbox_department_id_fkey: () => departmentNotFound(),
    },
  )
}

/**
 * Two accounts may give the same UIDVALIDITY and UIDs to different mails: those of the new one must
 * not be taken for known. Mails that really are the same, because only the server's name changed,
 * are found by their content.
 */
async function putLedgerAside(db: Database, id: string): Promise<void> {
  await db
    .updateTable('mail')
    .set({
      folder: sql<string>`folder || to_char(now(), '" until "YYYY-MM-DD"T"HH24:MI:SS.US')`,
    })
    .where('mailbox_id', '=', id)
    .where('source', '=', 'imap')
    .where('folder', 'not like', '% until ____-__-__T%')
    .execute()
}

/** An address leads to one mailbox, or a mail would have two departments. */
async function requireFreeAddresses(
  db: Database,
  addresses: string[],
  ownId: string | undefined,
): Promise<void> {
  const other = await db
    .selectFrom('mailbox')
    .select('id')
    .where('deleted_at', 'is', null)
    .$if(ownId !== undefined, (query) => query.where('id', '<>', ownId!))
    .where((eb) =>
      eb.or([
        eb('address', '=', anyOf(addresses, 'text')),
        eb('aliases', '&&', sql<string[]>`${addresses}::text[]`),
      ]),
    )
    .limit(1)
    .executeTakeFirst()
  if (other) throw addressTaken()
}

const addressTaken = () =>
  conflict('address-taken', 'Another mailbox has this address, or has it as an alias.')
