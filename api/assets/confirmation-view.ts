import { type InferResult, sql } from 'kysely'
import type { Confirmation } from '../../domain/assets/contract.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { notFound } from '../http/problem.ts'

/**
 * Confirmations `c` that are part of a ticket's history. One whose time is over says so, also when
 * its ticket was closed before.
 */
export const confirmations = (db: Database) =>
  db
    .selectFrom('confirmation as c')
    .select((eb) => [
      'c.id',
      'c.ticket_number as ticketNumber',
      'c.kind',
      'c.person_email as personEmail',
      'c.person_name as personName',
      'c.text',
      'c.assets',
      'c.asked_by as askedBy',
      eb
        .case()
        .when(
          eb.and([
            eb('c.state', '=', sql.lit<Confirmation['state']>('asked')),
            eb('c.expires_at', '<=', sql<Date>`now()`),
          ]),
        )
        .then(sql.lit<Confirmation['state']>('expired'))
        .else(eb.ref('c.state'))
        .end()
        .as('state'),
      'c.expires_at as expiresAt',
      'c.created_at as createdAt',
      'c.ended_at as endedAt',
      'c.answered_from as answeredFrom',
      'c.reason',
    ])
    .where('c.event_no', 'is not', null)

export type ConfirmationRow = InferResult<ReturnType<typeof confirmations>>[number]

export const confirmationOf = ({
  personEmail: email,
  personName: name,
  expiresAt,
  createdAt,
  endedAt,
  ...row
}: ConfirmationRow): Confirmation => ({
  ...row,
  person: { email, name },
  expiresAt: expiresAt.toISOString(),
  createdAt: createdAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
})

/** @throws ProblemError 404 when there is none of this id. */
export async function confirmationWith(db: Database, id: string): Promise<Confirmation> {
  const row = await confirmations(db)
    .where((eb) => eb(eb.cast<string>('c.id', 'text'), '=', id))
    .executeTakeFirst()
  if (!row) throw notFound('such page')
  return confirmationOf(row)
}
