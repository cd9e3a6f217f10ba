import type pg from 'pg'
import { connectionTest, page, uuidParams } from '../../domain/contract.ts'
import { mailbox, mailboxChange, mailboxTest, newMailbox } from '../../domain/mail-in/contract.ts'
import { storedAccount } from '../../application/mail-in/imap-account.ts'
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
import { inTransaction } from '../../platform/postgres/transaction.ts'

/** The watched inbound addresses. Their workflows are told of every change. */
export function mailboxRoutes(api: Api, { pool, workflows, settings }: Dependencies): void {
  const { secretKey } = settings
  const shown = async (id: string) => shownMailbox(await storedMailbox(pool, id), secretKey)

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
      items: (await storedMailboxes(pool)).map((row) => shownMailbox(row, secretKey)),
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
      const { id, isNew } = await inTransaction(pool, async (client) => {
        // One that was removed comes back with its ledger: the mails that it knows are not taken in
        // again.
        const {
          rows: [removed],
        } = await client.query<{ id: string; host: string | null; user: string | null }>(
          'SELECT id, host, "user" FROM mailbox WHERE address = $1 AND deleted_at IS NOT NULL',
          [address],
        )
        await requireFreeAddresses(client, [address, ...aliases], removed?.id)
        const row = {
          id: removed?.id ?? newId(),
          address,
          aliases,
          plusAddresses,
          departmentId,
          enabled,
        }
        const columns = imap ? imapColumns(imap, secretKey) : noImap
        await write(client, row, columns, true)
        if (removed && isOtherAccount(removed, columns)) await putLedgerAside(client, row.id)
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
      await inTransaction(pool, async (client) => {
        await client.query('SELECT 1 FROM mailbox WHERE id = $1 FOR UPDATE', [id])
        const before = await storedMailbox(client, id)
        const after = { ...before, ...plain }
        const columns =
          imap === undefined
            ? before
            : imap === null
              ? noImap
              : changedImap(imap, before, secretKey)
        await requireFreeAddresses(client, [after.address, ...after.aliases], id)
        await write(client, after, columns, isOtherFolder(before, columns))
        if (isOtherAccount(before, columns)) await putLedgerAside(client, id)
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
      const { id } = await storedMailbox(pool, request.params.id)
      await pool.query(
        'UPDATE mailbox SET deleted_at = now(), enabled = false, password_sealed = NULL, oauth_sealed = NULL WHERE id = $1',
        [id],
      )
      await workflows.mailboxRemoved(id)
      return reply.code(204).send()
    },
  )

  const tested = async (columns: ImapColumns) => {
    const account = storedAccount(columns, secretKey)
    if (!account)
      return {
        ok: true,
        code: 'receiver',
        message: 'This address has no IMAP server: the built-in SMTP receiver takes its mail.',
      }
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
      const stored = await storedMailbox(pool, request.params.id)
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
  client: pg.PoolClient,
  row: PlainColumns,
  imap: ImapColumns,
  afresh: boolean,
): Promise<void> {
  await refusing(
    client.query(
      `INSERT INTO mailbox (id, address, aliases, department_id, enabled, host, port, secure, "user", password_sealed, oauth_sealed, folder, after_import, allow_invalid_certificate, plus_addresses)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $16)
     ON CONFLICT (id) DO UPDATE SET address = EXCLUDED.address, aliases = EXCLUDED.aliases, plus_addresses = EXCLUDED.plus_addresses, department_id = EXCLUDED.department_id, enabled = EXCLUDED.enabled, host = EXCLUDED.host,
       port = EXCLUDED.port, secure = EXCLUDED.secure, "user" = EXCLUDED."user", password_sealed = EXCLUDED.password_sealed, oauth_sealed = EXCLUDED.oauth_sealed, folder = EXCLUDED.folder,
       after_import = EXCLUDED.after_import, allow_invalid_certificate = EXCLUDED.allow_invalid_certificate, status = 'new', last_error = NULL, deleted_at = NULL,
       uid_validity = CASE WHEN $15::boolean THEN NULL ELSE mailbox.uid_validity END, last_uid = CASE WHEN $15 THEN 0 ELSE mailbox.last_uid END`,
      [
        row.id,
        row.address,
        row.aliases,
        row.departmentId,
        row.enabled,
        imap.host,
        imap.port,
        imap.secure,
        imap.user,
        imap.passwordSealed,
        imap.oauthSealed,
        imap.folder,
        imap.afterImport,
        imap.allowInvalidCertificate,
        afresh,
        row.plusAddresses,
      ],
    ),
    {
      mailbox_address_key: addressTaken,
      mailbox_department_id_fkey: () =>
        unprocessable('department-not-found', 'This department does not exist.', '/departmentId'),
    },
  )
}

/**
 * Two accounts may give the same UIDVALIDITY and UIDs to different mails: those of the new one must
 * not be taken for known. Mails that really are the same, because only the server's name changed,
 * are found by their content.
 */
async function putLedgerAside(client: pg.PoolClient, id: string): Promise<void> {
  await client.query(
    `UPDATE mail SET folder = folder || to_char(now(), '" until "YYYY-MM-DD"T"HH24:MI:SS.US') WHERE mailbox_id = $1 AND source = 'imap' AND folder NOT LIKE '% until ____-__-__T%'`,
    [id],
  )
}

/** An address leads to one mailbox, or a mail would have two departments. */
async function requireFreeAddresses(
  client: pg.PoolClient,
  addresses: string[],
  ownId: string | undefined,
): Promise<void> {
  const { rowCount } = await client.query(
    'SELECT 1 FROM mailbox WHERE deleted_at IS NULL AND id IS DISTINCT FROM $2::uuid AND (address = ANY($1::text[]) OR aliases && $1::text[]) LIMIT 1',
    [addresses, ownId ?? null],
  )
  if (rowCount) throw addressTaken()
}

const addressTaken = () =>
  conflict('address-taken', 'Another mailbox has this address, or has it as an alias.')
