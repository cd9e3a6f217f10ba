import { type Expression, expressionBuilder, type SqlBool } from 'kysely'
import type {
  Asset,
  DocumentView,
  TicketAssets,
  TicketDocuments,
} from '../../domain/assets/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { DB } from '../../prisma/generated/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { atVisibleLocation } from '../access/visible-locations.ts'
import { assetOf, assets, byName } from './asset-view.ts'
import { byTitle, documentOf, documents } from './document-view.ts'

const LINKED = 500
/** More are not proposed: the search finds the rest. */
const SUGGESTED = 10

/** The assets on a ticket, and those that its requester has. */
export async function assetsOfTicket(
  db: Database,
  user: SignedInUser,
  number: number,
): Promise<TicketAssets> {
  const found = async (where: Expression<SqlBool>, most: number): Promise<Asset[]> => {
    const rows = await assets(db)
      .where(where)
      .where(atVisibleLocation(user, 'a.location_id'))
      .orderBy(byName)
      .orderBy('a.id')
      .limit(most)
      .execute()
    return rows.map(assetOf)
  }
  const isLinked = isLinkedAsset(number)
  const [linked, suggested] = await Promise.all([
    found(isLinked, LINKED),
    found(onAsset.and([onAsset.not(isLinked), isRequesters(number)]), SUGGESTED),
  ])
  return { linked, suggested }
}

/** The documents on a ticket, and those of the assets on it or of its requester. */
export async function documentsOfTicket(
  db: Database,
  user: SignedInUser,
  number: number,
): Promise<TicketDocuments> {
  const shown = documents(db).where(atVisibleLocation(user, 'd.location_id'))
  const isLinked = onDocument(
    'd.id',
    'in',
    onDocument
      .selectFrom('ticket_document')
      .select('document_id')
      .where('ticket_number', '=', number),
  )
  const ofLinkedAsset = ofAsset(isLinkedAsset(number))
  const ofRequester = ofAsset(
    onAsset.and([atVisibleLocation(user, 'a.location_id'), isRequesters(number)]),
  )
  const listed = async (found: typeof shown, most: number): Promise<DocumentView[]> => {
    const rows = await found.orderBy(byTitle).orderBy('d.id').limit(most).execute()
    return rows.map(documentOf)
  }
  const [linked, suggested] = await Promise.all([
    listed(shown.where(isLinked), LINKED),
    listed(
      shown
        .where(onDocument.not(isLinked))
        .where(onDocument.or([ofLinkedAsset, ofRequester]))
        // First the papers of what the ticket is about.
        .orderBy(ofLinkedAsset, 'desc'),
      SUGGESTED,
    ),
  ])
  return { linked, suggested }
}

const onAsset = expressionBuilder<DB & { a: DB['asset'] }, 'a'>()
const onDocument = expressionBuilder<DB & { d: DB['document'] }, 'd'>()

/** Whether asset `a` is on the ticket. */
const isLinkedAsset = (number: number): Expression<SqlBool> =>
  onAsset(
    'a.id',
    'in',
    onAsset.selectFrom('ticket_asset').select('asset_id').where('ticket_number', '=', number),
  )

/** Whether the ticket's requester has asset `a` and still uses it. */
const isRequesters = (number: number): Expression<SqlBool> =>
  onAsset.and([
    onAsset('a.user_email', '<>', ''),
    onAsset(
      'a.user_email',
      '=',
      onAsset
        .selectFrom('ticket')
        .select((eb) => eb.fn<string>('lower', ['requester_email']).as('email'))
        .where('number', '=', number),
    ),
    onAsset('a.status', 'not in', ['retired', 'lost']),
  ])

/** Whether document `d` is one of an asset `a` that the condition holds for. */
const ofAsset = (which: Expression<SqlBool>): Expression<SqlBool> =>
  onDocument(
    'd.id',
    'in',
    onDocument
      .selectFrom('asset_document as x')
      .innerJoin('asset as a', 'a.id', 'x.asset_id')
      .select('x.document_id')
      .where('a.removed_at', 'is', null)
      .where(which),
  )
