import { type Expression, type InsertQueryBuilder, type InsertResult, sql } from 'kysely'
import type { DB } from '../../prisma/generated/database.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { recordset } from '../../platform/postgres/json.ts'
import { statementText } from '../../platform/postgres/statement-text.ts'

/** Somebody by their address, lower case. */
export interface KnownPerson {
  email: string
  name: string | null
}

/**
 * Makes people known as contacts. What is known of somebody stays, but a name is taken where there
 * was none.
 */
export async function knowContacts(db: Database, people: readonly KnownPerson[]): Promise<void> {
  const rows = recordset('r', people, { email: 'text', name: 'text' })
  await known(db, sql`(SELECT r.email, r.name FROM ${rows})`).execute()
}

/**
 * The same as text, for a raw statement.
 * @param people a SELECT of their addresses, lower case, and names.
 */
export const knownContact = (people: string): string =>
  statementText((db) => known(db, sql`(${sql.raw(people)})`))

function known(
  db: Database,
  people: Expression<unknown>,
): InsertQueryBuilder<DB, 'contact', InsertResult> {
  const none = sql.lit('')
  const p = sql<KnownPerson>`${people}`.as<'p'>(sql`p(email, name)`)
  return db
    .insertInto('contact')
    .columns(['email', 'name'])
    .expression((eb) =>
      eb
        .selectFrom(p)
        .distinctOn('p.email')
        .select(['p.email', (e) => e.fn.coalesce('p.name', none).as('name')])
        .where('p.email', '<>', none)
        .orderBy('p.email')
        .orderBy((e) => e(e.fn.coalesce('p.name', none), '=', none)),
    )
    .onConflict((conflict) =>
      conflict
        .column('email')
        .doUpdateSet((eb) => ({ name: eb.ref('excluded.name') }))
        .where('contact.name', '=', none)
        .where('excluded.name', '<>', none),
    )
}
