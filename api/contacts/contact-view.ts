import { type InferResult, sql } from 'kysely'
import type { Contact, ContactDetail } from '../../domain/contacts/contract.ts'
import { arrayFrom } from '../../platform/postgres/array-from.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { atVisibleLocation } from '../access/visible-locations.ts'
import { seesTicket } from '../access/visible-tickets.ts'
import { assetOf, assets, byName as byAssetName } from '../assets/asset-view.ts'
import { confirmationOf, confirmations } from '../assets/confirmation-view.ts'
import { byTitle, documentOf, documents } from '../assets/document-view.ts'
import { notFound } from '../http/problem.ts'
import { summaries, summaryOf } from '../tickets/ticket-summary.ts'

/** Tickets that a person's page shows; the list shows the rest. */
const TICKETS = 50
/** Assets, documents, confirmations. */
const MOST = 200

/** What the list is sorted by: the index contact_listed. */
export const byName = sql<string>`lower(coalesce(nullif(c.name, ''), c.email))`

/** Contacts `c`, to be chosen from. */
export const contacts = (db: Database) => db.selectFrom('contact as c').selectAll('c')

/** Chosen contacts with what the list says of them. A location that one does not see is not named. */
export const contactRows = (
  db: Database,
  user: SignedInUser,
  chosen: ReturnType<typeof contacts>,
) =>
  db
    .selectFrom(chosen.as('c'))
    .crossJoinLateral((eb) =>
      eb
        .selectFrom('ticket as t')
        .select([
          sql<number>`count(*)::int`.as('tickets'),
          sql<number>`count(*) FILTER (WHERE t.status IN ('new', 'open', 'waiting'))::int`.as(
            'openTickets',
          ),
          (t) => t.fn.max('t.opened_at').as('lastTicketAt'),
        ])
        .where('t.requester_email', '=', sql<string>`any(addresses_of(c.email))`)
        .where(seesTicket(user))
        .as('counted'),
    )
    .select((eb) => {
      const seen = eb.case().when(atVisibleLocation(user, 'c.location_id'))
      return [
        'c.email',
        'c.name',
        seen.then(eb.ref('c.location_id')).end().as('locationId'),
        seen
          .then(eb.fn<string | null>('location_path', ['c.location_id']))
          .end()
          .as('locationName'),
        arrayFrom(
          eb
            .selectFrom('contact as x')
            .select('x.email')
            .whereRef('x.same_as', '=', 'c.email')
            .orderBy('x.email'),
        ).as('otherAddresses'),
        'counted.openTickets',
        'counted.tickets',
        'counted.lastTicketAt',
        eb
          .selectFrom('asset as a')
          .select(sql<number>`count(*)::int`.as('assets'))
          .where('a.user_email', '=', sql<string>`any(addresses_of(c.email))`)
          .where('a.removed_at', 'is', null)
          .where(atVisibleLocation(user, 'a.location_id'))
          .$asScalar()
          .$notNull()
          .as('assets'),
        byName.as('key'),
      ]
    })

export type ContactRow = InferResult<ReturnType<typeof contactRows>>[number]

export const contactOf = ({
  locationId,
  locationName,
  lastTicketAt,
  key: _,
  ...row
}: ContactRow): Contact => ({
  ...row,
  location: locationId === null ? null : { id: locationId, name: locationName ?? '' },
  lastTicketAt: lastTicketAt?.toISOString() ?? null,
})

/**
 * A person's page. Whether they may be seen is settled before: `authorisedContact`.
 * @param email under which they are listed.
 * @throws ProblemError 404
 */
export async function contactDetail(
  db: Database,
  user: SignedInUser,
  email: string,
): Promise<ContactDetail> {
  const row = await contactRows(db, user, contacts(db).where('c.email', '=', email))
    .select(['c.notes', 'c.noted_by as notedBy', 'c.noted_at as notedAt'])
    .executeTakeFirst()
  if (!row) throw notFound('such person')
  const { notes, notedBy, notedAt, ...listed } = row
  const { tickets: ticketCount, assets: _, ...contact } = contactOf(listed)
  const ownAddress = sql<string>`any(addresses_of(${email}))`
  const tickets = await summaries(db)
    .where('t.requester_email', '=', ownAddress)
    .where(seesTicket(user))
    .orderBy((eb) => eb('t.status', 'in', ['solved', 'closed']))
    .orderBy('t.updated_at', 'desc')
    .orderBy('t.number', 'desc')
    .limit(TICKETS)
    .execute()
  const theirAssets = await assets(db)
    .where('a.user_email', '=', ownAddress)
    .where(atVisibleLocation(user, 'a.location_id'))
    .orderBy(byAssetName)
    .orderBy('a.id')
    .limit(MOST)
    .execute()
  const theirDocuments = await documents(db)
    .where(atVisibleLocation(user, 'd.location_id'))
    .where('d.id', 'in', (eb) =>
      eb
        .selectFrom('asset_document as x')
        .innerJoin('asset as a', 'a.id', 'x.asset_id')
        .select('x.document_id')
        .where('a.user_email', '=', ownAddress)
        .where('a.removed_at', 'is', null)
        .where(atVisibleLocation(user, 'a.location_id'))
        .union(
          eb
            .selectFrom('ticket_document as x')
            .innerJoin('ticket as t', 't.number', 'x.ticket_number')
            .select('x.document_id')
            .where('t.requester_email', '=', ownAddress)
            .where(seesTicket(user)),
        ),
    )
    .orderBy(byTitle)
    .orderBy('d.id')
    .limit(MOST)
    .execute()
  const asked = await confirmations(db)
    .innerJoin('ticket as t', 't.number', 'c.ticket_number')
    .where((eb) => eb(eb.fn<string>('lower', ['c.person_email']), '=', ownAddress))
    .where(seesTicket(user))
    .orderBy('c.created_at', 'desc')
    .orderBy('c.id')
    .limit(MOST)
    .execute()
  return {
    ...contact,
    ticketCount,
    notes,
    notedBy,
    notedAt: notedAt?.toISOString() ?? null,
    tickets: tickets.map(summaryOf),
    assets: theirAssets.map(assetOf),
    documents: theirDocuments.map(documentOf),
    confirmations: asked.map(confirmationOf),
  }
}
