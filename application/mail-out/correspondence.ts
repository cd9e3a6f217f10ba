import {
  addressesIn,
  normaliseAddress,
  plusAddress,
  writtenAddress,
} from '../../domain/mail-in/addresses.ts'
import type { MailAddress } from '../../domain/mail-in/parsed-mail.ts'
import { composeReplyAddress } from '../../domain/mail-in/reply-address.ts'
import type { Query } from '../../platform/postgres/query.ts'
import { replyToken } from './reply-token.ts'

/** What an outgoing message takes from the installation. */
export interface OutboundContext {
  /** Signs reply addresses. */
  secretKey: Buffer
  /** `Name <address>` of the default relay: departments without a sender write as this, one-way. */
  defaultFrom: string
}

/** How a department writes: as whom, where answers go, and which addresses are its own side. */
export interface Correspondence {
  departmentName: string
  signature: string
  acknowledge: boolean
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

interface DepartmentRow {
  name: string
  signature: string
  acknowledge: boolean
  sender: string | null
  mailbox: string | null
  senders: string[]
  /** Addresses and aliases; `department` is null for those of the department itself. */
  mailboxes: { address: string; department: string | null }[]
  plus: boolean | null
}

/**
 * Answers come back through the mailbox that the ticket's last mail came in by, else the one of the
 * sender's address, else the oldest.
 */
const DEPARTMENT = `
SELECT d.name, d.signature, d.acknowledge,
  (SELECT s."from" FROM sender s WHERE s.department_id = d.id) AS sender,
  inbound.address AS mailbox, inbound.plus_addresses AS plus,
  (SELECT coalesce(array_agg(s."from"), '{}') FROM sender s) AS senders,
  (SELECT coalesce(json_agg(json_build_object('address', a, 'department', CASE WHEN o.id <> d.id THEN o.name END) ORDER BY o.id <> d.id), '[]')
   FROM mailbox m JOIN department o ON o.id = m.department_id, unnest(m.address || m.aliases) AS a WHERE m.deleted_at IS NULL) AS mailboxes
FROM department d LEFT JOIN LATERAL (
   SELECT m.address, m.plus_addresses FROM mailbox m WHERE m.department_id = d.id AND m.enabled AND m.deleted_at IS NULL
   ORDER BY m.id = (SELECT mail.mailbox_id FROM message g JOIN mail ON mail.id = g.mail_id
                    WHERE g.ticket_number = $2::int AND g.direction = 'inbound' ORDER BY g.created_at DESC LIMIT 1) DESC NULLS LAST,
     EXISTS (SELECT 1 FROM sender s WHERE s.department_id = d.id AND position(m.address IN lower(s."from")) > 0) DESC, m.created_at
   LIMIT 1) inbound ON true
WHERE d.id = $1::uuid`

/**
 * @param ticketNumber whose answers are to come back.
 * @throws UnknownDepartmentError
 */
export async function correspondenceOf(
  query: Query,
  context: OutboundContext,
  departmentId: string,
  ticketNumber: number,
): Promise<Correspondence> {
  const [row] = (await query(DEPARTMENT, [departmentId, ticketNumber])) as DepartmentRow[]
  if (!row) throw new UnknownDepartmentError(departmentId)
  const ours = new Map<string, string | null>([
    ...[...row.senders, context.defaultFrom]
      .flatMap(addressesIn)
      .map((address): [string, null] => [address, null]),
    ...row.mailboxes.map(({ address, department }): [string, string | null] => [
      normaliseAddress(address),
      department,
    ]),
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
    acknowledge: row.acknowledge,
    from: writtenAddress(row.sender ?? context.defaultFrom),
    oneWay,
    replyTo:
      oneWay || row.mailbox === null
        ? null
        : answersTo(row.mailbox, row.plus !== false, context.secretKey, ticketNumber),
    isOwn: (address) => ours.has(known(address)),
    otherDepartment: (address) => ours.get(known(address)) ?? null,
  }
}

/**
 * A server that knows no plus addresses (RFC 5233) gets its bare address: threading then rests on
 * References.
 */
const answersTo = (mailbox: string, plus: boolean, key: Buffer, ticketNumber: number): string =>
  (plus ? composeReplyAddress(mailbox, ticketNumber, replyToken(key, ticketNumber)) : null) ??
  mailbox

export class UnknownDepartmentError extends Error {
  readonly code = 'department-not-found'
  constructor(id: string) {
    super(`There is no department ${id}. Choose one that exists.`)
  }
}
