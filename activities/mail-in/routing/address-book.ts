import { jsonArrayFrom } from 'kysely/helpers/postgres'
import { arrayFrom } from '../../../platform/postgres/array-from.ts'
import type { Database } from '../../../platform/postgres/database.ts'
import { runPrepared } from '../../../platform/postgres/run-prepared.ts'
import { addressesIn, normaliseAddress, plusAddress } from '../../../domain/mail-in/addresses.ts'
import type { AddressBook } from '../../../domain/mail-in/routing/address-book.ts'

/**
 * Reads the address book in one statement.
 * @param defaultFrom `Name <address>` of the default relay.
 */
export async function readAddressBook(db: Database, defaultFrom: string): Promise<AddressBook> {
  const [book] = await runPrepared(db, bookOf(db))
  const { mailboxes, senders } = book!
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

const bookOf = (db: Database) =>
  db.selectNoFrom((eb) => [
    jsonArrayFrom(
      eb
        .selectFrom('mailbox as m')
        .innerJoin('department as d', 'd.id', 'm.department_id')
        .select((e) => [
          'm.id',
          'm.address',
          'm.aliases',
          e
            .and([
              e('m.enabled', '=', true),
              e('m.host', 'is not', null),
              e('m.deleted_at', 'is', null),
            ])
            .$castTo<boolean>()
            .as('fetched'),
          'd.id as departmentId',
          'd.name as departmentName',
          'd.acknowledge',
          'm.after_import as afterImport',
          e('m.deleted_at', 'is not', null).as('deleted'),
        ])
        .orderBy('m.created_at'),
    ).as('mailboxes'),
    arrayFrom(eb.selectFrom('sender').select('from')).as('senders'),
  ])
