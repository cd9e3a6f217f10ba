import { assetEvents } from '../../domain/assets/events.ts'
import type { AssetStatus } from '../../domain/assets/vocabulary.ts'
import type { TicketEvent } from '../../domain/events.ts'
import type { Ticket } from '../../domain/ticket.ts'
import { knowContacts } from '../../application/contacts/known-contact.ts'
import { allOf, anyOf } from '../../platform/postgres/any-of.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { jsonb } from '../../platform/postgres/json.ts'
import { type AreaWriter, rowsOf, typesOf } from '../projection/area-writer.ts'

type Confirming = Extract<
  TicketEvent,
  {
    type:
      | 'confirmationAsked'
      | 'confirmationGiven'
      | 'confirmationRefused'
      | 'confirmationRevoked'
      | 'confirmationExpired'
  }
>

/**
 * Brings the rows of this area in line with the ticket and its new events. In the events' own
 * transaction; running it twice changes nothing.
 */
const persistAssets: AreaWriter['write'] = async (db, ticket, events) => {
  await linkAssets(
    db,
    ticket.number,
    ticket.assets.map(({ id }) => id),
  )
  await linkDocuments(
    db,
    ticket.number,
    ticket.documents.map(({ id }) => id),
  )
  for (const event of events) if (isConfirming(event)) await persistConfirmation(db, ticket, event)
}

async function linkAssets(db: Database, number: number, ids: readonly string[]): Promise<void> {
  await db
    .deleteFrom('ticket_asset')
    .where('ticket_number', '=', number)
    .where('asset_id', '<>', allOf(ids, 'uuid'))
    .execute()
  if (ids.length === 0) return
  await db
    .insertInto('ticket_asset')
    .values(ids.map((id) => ({ ticket_number: number, asset_id: id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function linkDocuments(db: Database, number: number, ids: readonly string[]): Promise<void> {
  await db
    .deleteFrom('ticket_document')
    .where('ticket_number', '=', number)
    .where('document_id', '<>', allOf(ids, 'uuid'))
    .execute()
  if (ids.length === 0) return
  await db
    .insertInto('ticket_document')
    .values(ids.map((id) => ({ ticket_number: number, document_id: id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

const endOf = {
  confirmationGiven: 'given',
  confirmationRefused: 'refused',
  confirmationRevoked: 'revoked',
  confirmationExpired: 'expired',
} as const

const isConfirming = (event: TicketEvent): event is Confirming =>
  event.type.startsWith('confirmation')

async function persistConfirmation(db: Database, ticket: Ticket, event: Confirming): Promise<void> {
  const { id } = event.data
  if (event.type === 'confirmationAsked') {
    await db.updateTable('confirmation').set({ event_no: event.no }).where('id', '=', id).execute()
    return
  }
  await db
    .updateTable('confirmation')
    .set({
      state: endOf[event.type],
      ended_at: event.at,
      answered_from: 'from' in event.data ? event.data.from : '',
      reason: 'reason' in event.data ? event.data.reason : '',
    })
    .where('id', '=', id)
    .execute()
  if (event.type === 'confirmationGiven') await handOver(db, ticket.number, event)
}

/**
 * What a confirmed hand-over or return changes on the assets, and a line of their history for each
 * change. It happened once: when the projection is built anew, the line is there already, and what
 * was changed on the asset since then stays.
 */
async function handOver(db: Database, ticketNumber: number, confirmed: Given): Promise<void> {
  const { at, data } = confirmed
  const given = data.kind === 'handOver'
  const person = given ? data.person : { email: '', name: '' }
  if (given) await knowContacts(db, [{ ...person, email: person.email.toLowerCase() }])
  const before = await db
    .selectFrom('asset')
    .select(['id', 'status', 'user_email', 'user_name'])
    .where(
      'id',
      '=',
      anyOf(
        data.assets.map((a) => a.id),
        'uuid',
      ),
    )
    .where('removed_at', 'is', null)
    .forUpdate()
    .execute()
  const after = {
    status: given ? ('inUse' as const) : ('inStock' as const),
    user_email: person.email,
    user_name: person.name,
  }
  const lines = before.flatMap((asset) => linesOf(asset, after, ticketNumber, confirmed))
  if (lines.length === 0) return
  const noted = await db
    .insertInto('asset_history')
    .values(lines)
    .onConflict((conflict) => conflict.column('source').doNothing())
    .returning(['asset_id', 'change'])
    .execute()
  const changed = noted.flatMap(({ asset_id, change }) =>
    change === 'confirmed' && asset_id !== null ? [asset_id] : [],
  )
  await db
    .updateTable('asset')
    .set({ ...after, updated_at: at })
    .where('id', '=', anyOf(changed, 'uuid'))
    .execute()
}

type Given = Extract<Confirming, { type: 'confirmationGiven' }>

/** Who has an asset, and what state it is in. */
interface Holding {
  status: AssetStatus
  user_email: string
  user_name: string
}

/** That it was confirmed, and each change that this means. */
function linesOf(
  asset: Holding & { id: string },
  after: Holding,
  ticketNumber: number,
  { no, at, actor, data }: Given,
) {
  const line = (field: string) => ({
    asset_id: asset.id,
    at,
    actor: jsonb(actor),
    ticket_number: ticketNumber,
    source: `ticket-${ticketNumber}-${no}-${asset.id}-${field}`,
  })
  const changes = [
    { field: 'status', from: asset.status, to: after.status },
    { field: 'userEmail', from: asset.user_email, to: after.user_email },
    { field: 'userName', from: asset.user_name, to: after.user_name },
  ].filter(({ from, to }) => from !== to)
  return [
    {
      ...line('confirmed'),
      change: 'confirmed' as const,
      field: data.kind,
      from: null,
      to: data.from,
    },
    ...changes.map((changed) => ({
      ...line(changed.field),
      change: 'changed' as const,
      ...changed,
    })),
  ]
}

export const assetWriter: AreaWriter = {
  events: typesOf(assetEvents),
  write: persistAssets,
  clear: async (db, ticketNumber) => {
    await rowsOf('ticket_asset', 'ticket_document')(db, ticketNumber)
    await db
      .updateTable('confirmation')
      .set({ event_no: null, state: 'asked', ended_at: null, answered_from: '', reason: '' })
      .where('ticket_number', '=', ticketNumber)
      .execute()
  },
}
