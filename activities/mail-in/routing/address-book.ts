import type pg from 'pg'
import { addressesIn, normaliseAddress, plusAddress } from '../../../domain/mail-in/addresses.ts'
import type { AddressBook, BookedMailbox } from '../../../domain/mail-in/routing/address-book.ts'

const BOOK = `
SELECT
  (SELECT coalesce(json_agg(json_build_object('id', m.id, 'address', m.address, 'aliases', m.aliases, 'fetched', m.enabled AND m.host IS NOT NULL AND m.deleted_at IS NULL,
     'departmentId', d.id, 'departmentName', d.name, 'acknowledge', d.acknowledge, 'afterImport', m.after_import, 'deleted', m.deleted_at IS NOT NULL) ORDER BY m.created_at), '[]')
   FROM mailbox m JOIN department d ON d.id = m.department_id) AS mailboxes,
  (SELECT coalesce(array_agg("from"), '{}') FROM sender) AS senders`

interface BookRow {
  mailboxes: (BookedMailbox & { deleted: boolean })[]
  senders: string[]
}

/**
 * Reads the address book in one statement.
 * @param defaultFrom `Name <address>` of the default relay.
 */
export async function readAddressBook(
  db: Pick<pg.ClientBase, 'query'>,
  defaultFrom: string,
): Promise<AddressBook> {
  const { rows } = await db.query<BookRow>({ name: 'mail-address-book', text: BOOK })
  const { mailboxes, senders } = rows[0]!
  const targets = mailboxes.filter((m) => !m.deleted)
  const own = new Set([
    ...[...senders, defaultFrom].flatMap(addressesIn),
    ...targets.flatMap((m) => [m.address, ...m.aliases]).map(normaliseAddress),
  ])
  return {
    // Mail of a mailbox deleted since it was stored still finds its department here, but is no
    // target any more.
    mailboxes: new Map(mailboxes.map((m) => [m.id, m])),
    targets,
    isOwn: (address) => {
      const normal = normaliseAddress(address)
      return normal !== '' && (own.has(normal) || own.has(plusAddress(normal).base))
    },
  }
}
