import type pg from 'pg'
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
  db: Pick<pg.ClientBase, 'query'>,
  facts: RoutingFacts,
  { merged, holding }: NamedMerges,
  load: (numbers: readonly number[]) => Promise<NamedMerges>,
): Promise<void> {
  if (merged.length > 0) {
    const { rows } = await db.query<{ number: number; target: number }>(
      'SELECT n.number, merge_target(n.number) AS target FROM unnest($1::int[]) AS n (number)',
      [merged],
    )
    for (const { number, target } of rows)
      if (target !== number) facts.mergeTargets.set(number, target)
    const further = [...new Set(facts.mergeTargets.values())].filter(
      (number) => !facts.tickets.has(number),
    )
    if (further.length > 0) await load(further)
  }
  const holders = [...new Set([...holding, ...facts.mergeTargets.values()])]
  if (holders.length === 0) return
  const { rows } = await db.query<{ number: number; people: string[] }>(
    `SELECT n.number, array_agg(p.address) AS people FROM unnest($1::int[]) AS n (number), LATERAL ticket_with_merged(n.number) AS member (number)
       JOIN participant p ON p.ticket_number = member.number GROUP BY n.number`,
    [holders],
  )
  for (const { number, people } of rows)
    facts.participants.set(number, new Set([...(facts.participants.get(number) ?? []), ...people]))
}
