import { sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import {
  addressesIn,
  normaliseAddress,
  plusAddress,
  writtenAddress,
} from '../../domain/mail-in/addresses.ts'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import { composeReplyAddress } from '../../domain/mail-in/reply-address.ts'
import { arrayFrom } from '../../platform/postgres/array-from.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { replyToken } from './reply-token.ts'
import type { SecretKeys } from '../../platform/secrets/secret-keys.ts'

/** What an outgoing message takes from the installation. */
export interface OutboundContext {
  /** Signs reply addresses. */
  secretKeys: SecretKeys
  /** `Name <address>` of the default relay: departments without a sender write as this, one-way. */
  defaultFrom: string
}

/** How a department writes: as whom, where answers go, and which addresses are its own side. */
export interface Correspondence {
  departmentName: string
  signature: string
  from: MailAddress
  oneWay: boolean
  /** The signed address that brings an answer back into its ticket; null when there is none. */
  replyTo: string | null
  /**
   * One of ours: a mailbox, an alias, a sender, DoNotReply; also with a plus tag. Never a
   * recipient.
   */
  isOwn: (address: string) => boolean
  /** The name of another department whose mailbox it is; null when it is none. */
  otherDepartment: (address: string) => string | null
}

/**
 * @param ticketNumber whose answers are to come back.
 * @throws UnknownDepartmentError
 */
export async function correspondenceOf(
  db: Database,
  context: OutboundContext,
  departmentId: string,
  ticketNumber: number,
): Promise<Correspondence> {
  const row = await readDepartment(db, departmentId, ticketNumber)
  if (!row) throw new UnknownDepartmentError(departmentId)
  const ours = new Map<string, string | null>([
    ...[...row.senders, context.defaultFrom]
      .flatMap(addressesIn)
      .map((address): [string, null] => [address, null]),
    ...row.mailboxes.flatMap(({ address, aliases, department }) =>
      [address, ...aliases].map((each): [string, string | null] => [
        normaliseAddress(each),
        department,
      ]),
    ),
  ])
  /** As it is, or without its plus tag. */
  const known = (address: string): string =>
    ours.has(normaliseAddress(address))
      ? normaliseAddress(address)
      : plusAddress(normaliseAddress(address)).base
  const oneWay = row.sender === null
  return {
    departmentName: row.name,
    signature: row.signature,
    from: writtenAddress(row.sender ?? context.defaultFrom),
    oneWay,
    replyTo:
      oneWay || row.mailbox === null
        ? null
        : answersTo(row.mailbox, row.plus !== false, context.secretKeys, ticketNumber),
    isOwn: (address) => ours.has(known(address)),
    otherDepartment: (address) => ours.get(known(address)) ?? null,
  }
}

/**
 * Answers come back through the mailbox that the ticket's last mail came in by, else the one of the
 * sender's address, else the oldest. `department` of a mailbox is null for those of the department
 * itself.
 */
const readDepartment = (db: Database, departmentId: string, ticketNumber: number) =>
  db
    .selectFrom('department as d')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('mailbox as m')
          .select(['m.address', 'm.plus_addresses'])
          .whereRef('m.department_id', '=', 'd.id')
          .where('m.enabled', '=', true)
          .where('m.deleted_at', 'is', null)
          .orderBy(
            (e) => e('m.id', '=', lastMailbox(db, ticketNumber)),
            (order) => order.desc().nullsLast(),
          )
          .orderBy(
            (e) =>
              e.exists(
                e
                  .selectFrom('sender as s')
                  .select('s.department_id')
                  .whereRef('s.department_id', '=', 'd.id')
                  .where(sql`position(m.address in lower(s."from"))`, '>', 0),
              ),
            'desc',
          )
          .orderBy('m.created_at')
          .limit(1)
          .as('inbound'),
      (join) => join.onTrue(),
    )
    .select((eb) => [
      'd.name',
      'd.signature',
      'inbound.address as mailbox',
      'inbound.plus_addresses as plus',
      eb
        .selectFrom('sender as s')
        .select('s.from')
        .whereRef('s.department_id', '=', 'd.id')
        .as('sender'),
      arrayFrom(eb.selectFrom('sender as s').select('s.from')).as('senders'),
      jsonArrayFrom(mailboxesFor(db)).as('mailboxes'),
    ])
    .where('d.id', '=', departmentId)
    .executeTakeFirst()

/** By which the ticket's last mail came. */
const lastMailbox = (db: Database, ticketNumber: number) =>
  db
    .selectFrom('message as g')
    .innerJoin('mail', 'mail.id', 'g.mail_id')
    .select('mail.mailbox_id')
    .where('g.ticket_number', '=', ticketNumber)
    .where('g.direction', '=', 'inbound')
    .orderBy('g.created_at', 'desc')
    .limit(1)

/** Every mailbox, those of the department `d` first. */
const mailboxesFor = (db: Database) =>
  db
    .selectFrom('mailbox as m')
    .innerJoin('department as o', 'o.id', 'm.department_id')
    .select((eb) => [
      'm.address',
      'm.aliases',
      eb
        .case()
        .when('o.id', '<>', sql.ref<string>('d.id'))
        .then(eb.ref('o.name'))
        .else(null)
        .end()
        .as('department'),
    ])
    .where('m.deleted_at', 'is', null)
    .orderBy((eb) => eb('o.id', '<>', sql.ref<string>('d.id')))

/**
 * A server that knows no plus addresses (RFC 5233) gets its bare address: threading then rests on
 * References.
 */
const answersTo = (
  mailbox: string,
  plus: boolean,
  secretKeys: SecretKeys,
  ticketNumber: number,
): string =>
  (plus
    ? composeReplyAddress(mailbox, ticketNumber, replyToken(secretKeys, ticketNumber))
    : null) ?? mailbox

export class UnknownDepartmentError extends Error {
  readonly code = 'department-not-found'
  constructor(id: string) {
    super(`There is no department ${id}. Choose one that exists.`)
  }
}
