import { sql } from 'kysely'
import type { Database } from '../../../platform/postgres/database.ts'
import { recordset } from '../../../platform/postgres/json.ts'
import type { RoutingFacts } from '../../../domain/mail-in/routing/facts.ts'

/** What the tickets named by a batch have to do with others. */
export interface NamedMerges {
  merged: readonly number[]
  holding: readonly number[]
}

/**
 * Where merged tickets go on, and who takes part in those that hold others. Nearly every batch
 * names none of either, and then nothing is asked.
 * @param load fetches tickets into the facts. Writes into `facts`.
 */
export async function readMerges(
  db: Database,
  facts: RoutingFacts,
  { merged, holding }: NamedMerges,
  load: (numbers: readonly number[]) => Promise<NamedMerges>,
): Promise<void> {
  if (merged.length > 0) {
    const targets = await db
      .selectFrom(numbersOf(merged))
      .select((eb) => ['n.number', eb.fn<number>('merge_target', ['n.number']).as('target')])
      .execute()
    for (const { number, target } of targets)
      if (target !== number) facts.mergeTargets.set(number, target)
    const further = [...new Set(facts.mergeTargets.values())].filter(
      (number) => !facts.tickets.has(number),
    )
    if (further.length > 0) await load(further)
  }
  const holders = [...new Set([...holding, ...facts.mergeTargets.values()])]
  if (holders.length === 0) return
  const member = sql<{ number: number }>`ticket_with_merged(n.number)`.as<'member'>(
    sql`member(number)`,
  )
  const families = await db
    .selectFrom(numbersOf(holders))
    .crossJoinLateral(member)
    .innerJoin('participant as p', 'p.ticket_number', 'member.number')
    .select((eb) => ['n.number', eb.fn.agg<string[]>('array_agg', ['p.address']).as('people')])
    .groupBy('n.number')
    .execute()
  for (const { number, people } of families)
    facts.participants.set(number, new Set([...(facts.participants.get(number) ?? []), ...people]))
}

const numbersOf = (tickets: readonly number[]) =>
  recordset(
    'n',
    tickets.map((number) => ({ number })),
    { number: 'integer' },
  )
