import { type InferResult, sql } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { DocumentDetail, DocumentView } from '../../domain/assets/contract.ts'
import { seesLocation } from '../../domain/permissions.ts'
import type { Database } from '../../platform/postgres/database.ts'
import type { SignedInUser } from '../access/sessions.ts'
import { atVisibleLocation } from '../access/visible-locations.ts'
import { seesTicket } from '../access/visible-tickets.ts'
import { attachmentsOf } from '../conversation/message-view.ts'
import { notFound, ProblemError, unprocessable } from '../http/problem.ts'

/** Documents `d` with what their view needs. */
export const documents = (db: Database) =>
  db
    .selectFrom('document as d')
    .select((eb) => [
      'd.id',
      'd.kind',
      'd.title',
      'd.number',
      'd.supplier',
      eb.cast<string | null>('d.issued_on', 'text').as('issuedOn'),
      eb.cast<string | null>('d.ends_on', 'text').as('endsOn'),
      'd.version',
      'd.seats',
      eb
        .case()
        .when('d.seats', 'is not', null)
        .then(
          eb
            .selectFrom('asset_document as u')
            .innerJoin('asset as s', 's.id', 'u.asset_id')
            .select(sql<number>`count(*)::int`.as('used'))
            .whereRef('u.document_id', '=', 'd.id')
            .where('s.removed_at', 'is', null)
            .where('s.status', 'not in', ['retired', 'lost'])
            .$asScalar(),
        )
        .end()
        .as('seatsUsed'),
      'd.amount',
      'd.currency',
      'd.location_id as locationId',
      eb.fn<string | null>('location_path', ['d.location_id']).as('locationName'),
      'd.notes',
      'd.created_at as createdAt',
      'd.updated_at as updatedAt',
    ])
    .where('d.removed_at', 'is', null)

/** The order of lists. */
export const byTitle = sql<string>`lower(d.title)`

export type DocumentRow = InferResult<ReturnType<typeof documents>>[number]

export const documentOf = ({
  locationId,
  locationName,
  createdAt,
  updatedAt,
  ...row
}: DocumentRow): DocumentView => ({
  ...row,
  location: locationId === null ? null : { id: locationId, name: locationName ?? '' },
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
})

/**
 * The one door to a document.
 * @param what was asked for, when it is something on the document.
 * @throws ProblemError 404 when it does not exist, was removed, or is at a location that the person
 *   does not see.
 */
export async function authorisedDocument(
  db: Database,
  user: SignedInUser,
  id: string,
  what = 'such document',
): Promise<DocumentView> {
  const row = await documents(db).where('d.id', '=', id).executeTakeFirst()
  if (!row || !seesLocation(user, row.locationId)) throw notFound(what)
  return documentOf(row)
}

/**
 * A document that a request names in its body.
 * @param pointer of the field that names it.
 * @throws ProblemError 422 when the person does not see it.
 */
export const namedDocument = (
  db: Database,
  user: SignedInUser,
  id: string,
  pointer: string,
): Promise<DocumentView> =>
  authorisedDocument(db, user, id).catch((error: unknown) => {
    throw error instanceof ProblemError
      ? unprocessable(
          'document-not-found',
          'This document does not exist, or you may not see it.',
          pointer,
        )
      : error
  })

/** A document with everything that hangs on it, as far as the person sees that. */
export async function documentWithLinks(
  db: Database,
  user: SignedInUser,
  id: string,
): Promise<DocumentDetail> {
  const document = await authorisedDocument(db, user, id)
  const links = await db
    .selectNoFrom((eb) => [
      attachmentsOf('document_id', eb.val(id)).as('files'),
      jsonArrayFrom(
        eb
          .selectFrom('asset_document as x')
          .innerJoin('asset as a', 'a.id', 'x.asset_id')
          .select(['a.id', 'a.name'])
          .where('x.document_id', '=', id)
          .where('a.removed_at', 'is', null)
          .where(atVisibleLocation(user, 'a.location_id'))
          .orderBy((e) => e.fn('lower', ['a.name'])),
      ).as('assets'),
      jsonArrayFrom(
        eb
          .selectFrom('document_link as x')
          .innerJoin('document as o', (join) =>
            join.on((on) =>
              on(
                'o.id',
                '=',
                on
                  .case()
                  .when('x.one_id', '=', id)
                  .then(on.ref('x.other_id'))
                  .else(on.ref('x.one_id'))
                  .end(),
              ),
            ),
          )
          .select(['o.id', 'o.title', 'o.kind'])
          .where((e) => e.or([e('x.one_id', '=', id), e('x.other_id', '=', id)]))
          .where('o.removed_at', 'is', null)
          .where(atVisibleLocation(user, 'o.location_id'))
          .orderBy((e) => e.fn('lower', ['o.title'])),
      ).as('documents'),
      jsonArrayFrom(
        eb
          .selectFrom('ticket_document as x')
          .innerJoin('ticket as t', 't.number', 'x.ticket_number')
          .select(['t.number', 't.subject', 't.status'])
          .where('x.document_id', '=', id)
          .where(seesTicket(user))
          .orderBy('t.updated_at', 'desc'),
      ).as('tickets'),
    ])
    .executeTakeFirstOrThrow()
  return { ...document, ...links }
}
