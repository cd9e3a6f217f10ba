import { sql } from 'kysely'
import type pg from 'pg'
import type { Contact, ContactDetail } from '../../domain/contacts/contract.ts'
import { ASSET_COLUMNS, ASSET_JOINS, assetOf, type AssetRow } from '../assets/asset-view.ts'
import {
  confirmationOf,
  CONFIRMATION_COLUMNS,
  type ConfirmationRow,
} from '../assets/confirmation-view.ts'
import { OF_PERSON, AUTHORISED, authorisedValues } from './contact-access.ts'
import { DOCUMENT_COLUMNS, documentOf, type DocumentRow } from '../assets/document-view.ts'
import { databaseOn } from '../../platform/postgres/database.ts'
import { seesTicket } from '../access/visible-tickets.ts'
import { notFound } from '../http/problem.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { summaries, summaryOf } from '../tickets/ticket-summary.ts'

type Db = Pick<pg.ClientBase, 'query'>

/** Tickets that a person's page shows; the list shows the rest. */
const TICKETS = 50
/** Assets, documents, confirmations. */
const MOST = 200

export interface ContactRow extends Omit<Contact, 'location' | 'lastTicketAt'> {
  location_id: string | null
  location_name: string | null
  last_ticket_at: Date | null
  /** What the list is sorted by. */
  key: string
}

/** What the list is sorted by: the index contact_listed. */
export const CONTACT_KEY = `lower(coalesce(nullif(c.name, ''), c.email))`

/**
 * On `contact c`, with $1 and $2 as in contact-access.ts. A location that one does not see is not
 * named.
 */
export const CONTACT_COLUMNS = `c.email, c.name, CASE WHEN ${AUTHORISED.location} THEN c.location_id END AS location_id, CASE WHEN ${AUTHORISED.location} THEN location_path(c.location_id) END AS location_name,
  ARRAY(SELECT x.email FROM contact x WHERE x.same_as = c.email ORDER BY 1) AS "otherAddresses", counted.open AS "openTickets", counted.tickets, counted.last AS last_ticket_at, ${CONTACT_KEY} AS key,
  (SELECT count(*)::int FROM asset a WHERE ${OF_PERSON.asset} AND ${AUTHORISED.asset}) AS assets`
export const CONTACT_JOINS = `CROSS JOIN LATERAL (SELECT count(*)::int AS tickets, count(*) FILTER (WHERE t.status IN ('new', 'open', 'waiting'))::int AS open, max(t.opened_at) AS last
  FROM ticket t WHERE ${OF_PERSON.ticket} AND ${AUTHORISED.ticket}) AS counted`

export const contactOf = ({
  location_id,
  location_name,
  last_ticket_at,
  key: _,
  ...row
}: ContactRow): Contact => ({
  ...row,
  location: location_id === null ? null : { id: location_id, name: location_name ?? '' },
  lastTicketAt: last_ticket_at?.toISOString() ?? null,
})

/**
 * A person's page. Whether they may be seen is settled before: `authorisedContact`.
 * @param email under which they are listed.
 * @throws ProblemError 404
 */
export async function contactDetail(
  db: Db,
  user: SignedInUser,
  email: string,
): Promise<ContactDetail> {
  const values = [...authorisedValues(user), email]
  const {
    rows: [row],
  } = await db.query<ContactRow & { notes: string; noted_by: string; noted_at: Date | null }>(
    `SELECT ${CONTACT_COLUMNS}, c.notes, c.noted_by, c.noted_at FROM contact c ${CONTACT_JOINS} WHERE c.email = $3`,
    values,
  )
  if (!row) throw notFound('such person')
  const { notes, noted_by: notedBy, noted_at, ...listed } = row
  const { tickets: ticketCount, assets: _, ...contact } = contactOf(listed)
  const theirs = `t.requester_email = ANY(addresses_of($3)) AND ${AUTHORISED.ticket}`
  const theirAssets = `a.user_email = ANY(addresses_of($3)) AND ${AUTHORISED.asset}`
  const tickets = await summaries(databaseOn(db))
    .where('t.requester_email', '=', sql<string>`any(addresses_of(${email}))`)
    .where(seesTicket(user))
    .orderBy((eb) => eb('t.status', 'in', ['solved', 'closed']))
    .orderBy('t.updated_at', 'desc')
    .orderBy('t.number', 'desc')
    .limit(TICKETS)
    .execute()
  const assets = await db.query<AssetRow>(
    `SELECT ${ASSET_COLUMNS} FROM asset a ${ASSET_JOINS} WHERE ${theirAssets} AND $1::uuid[] IS NOT DISTINCT FROM $1 ORDER BY lower(a.name), a.id LIMIT ${MOST}`,
    values,
  )
  const documents = await db.query<DocumentRow>(
    `SELECT ${DOCUMENT_COLUMNS} FROM document d WHERE d.removed_at IS NULL AND ($2::uuid[] IS NULL OR d.location_id = ANY($2)) AND d.id IN (
       SELECT x.document_id FROM asset_document x JOIN asset a ON a.id = x.asset_id WHERE ${theirAssets}
       UNION SELECT x.document_id FROM ticket_document x JOIN ticket t ON t.number = x.ticket_number WHERE ${theirs}) ORDER BY lower(d.title), d.id LIMIT ${MOST}`,
    values,
  )
  const confirmations = await db.query<ConfirmationRow>(
    `SELECT ${CONFIRMATION_COLUMNS} FROM confirmation c JOIN ticket t ON t.number = c.ticket_number
     WHERE c.event_no IS NOT NULL AND lower(c.person_email) = ANY(addresses_of($3)) AND ${AUTHORISED.ticket} ORDER BY c.created_at DESC, c.id LIMIT ${MOST}`,
    values,
  )
  return {
    ...contact,
    ticketCount,
    notes,
    notedBy,
    notedAt: noted_at?.toISOString() ?? null,
    tickets: tickets.map(summaryOf),
    assets: assets.rows.map(assetOf),
    documents: documents.rows.map(documentOf),
    confirmations: confirmations.rows.map(confirmationOf),
  }
}
