import type pg from 'pg'
import { addressesIn, normaliseAddress, plusAddress } from '../../../domain/mail-in/addresses.ts'
import type { KnownMailbox } from '../../../domain/mail-in/intended-mailbox.ts'

/** A mailbox with what follows from its department. */
export interface BookedMailbox extends KnownMailbox {
  departmentId: string
  departmentName: string
  /** The department answers a new ticket with "we have received your request". */
  acknowledge: boolean
  /** keep | flag | move:<folder> | delete */
  afterImport: string
}

/** Our own side of the correspondence: mailboxes, departments and every address we write as. */
export interface AddressBook {
  mailboxes: ReadonlyMap<string, BookedMailbox>
  /** Those that mail can be meant for: not deleted. */
  targets: readonly BookedMailbox[]
  /**
   * Is it one of ours: a mailbox, an alias, a sender's official address, the default relay's? A
   * plus tag does not matter.
   */
  isOwn: (address: string) => boolean
  /** Days after which a closed ticket is not reopened but followed up. */
  reopenDays: number
}

export const REOPEN_DAYS = 14

const BOOK = `
SELECT
  (SELECT coalesce(json_agg(json_build_object('id', m.id, 'address', m.address, 'aliases', m.aliases, 'fetched', m.enabled AND m.host IS NOT NULL AND m.deleted_at IS NULL,
     'departmentId', d.id, 'departmentName', d.name, 'acknowledge', d.acknowledge, 'afterImport', m.after_import, 'deleted', m.deleted_at IS NOT NULL) ORDER BY m.created_at), '[]')
   FROM mailbox m JOIN department d ON d.id = m.department_id) AS mailboxes,
  (SELECT coalesce(array_agg("from"), '{}') FROM sender) AS senders,
  (SELECT value FROM setting WHERE key = 'reopenDays') AS reopen_days`

interface BookRow {
  mailboxes: (BookedMailbox & { deleted: boolean })[]
  senders: string[]
  reopen_days: unknown
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
  const { mailboxes, senders, reopen_days: reopenDays } = rows[0]!
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
    reopenDays: typeof reopenDays === 'number' && reopenDays >= 0 ? reopenDays : REOPEN_DAYS,
  }
}
