import { sql } from 'kysely'
import { anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { refusing } from '../http/constraint-problem.ts'
import { conflict } from '../http/problem.ts'
import type { ImapColumns } from './stored-mailbox.ts'
import { departmentNotFound } from '../people/department-ref.ts'

interface PlainColumns {
  id: string
  address: string
  aliases: string[]
  plusAddresses: boolean
  departmentId: string
  enabled: boolean
}

/**
 * Writes a mailbox down, whether it is known or not.
 * @param afresh other UIDs than before: the folder is read from its beginning.
 * @throws ProblemError 409 when another has its address
 */
export async function writeMailbox(
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
export async function putLedgerAside(db: Database, id: string): Promise<void> {
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

/**
 * An address leads to one mailbox, or a mail would have two departments.
 * @throws ProblemError 409
 */
export async function requireFreeAddresses(
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
